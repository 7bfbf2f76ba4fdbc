package web_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/web"
)

// listed compares data that are lists of words: the tests' own stand-in for package lineage, which web must not know.
type listed struct{}

func (listed) Trees(context.Context, tracker.Digest, tracker.Digest) ([]account.FileChange, error) {
	return []account.FileChange{{Kind: "changed", Path: "a.csv", Tabular: true}}, nil
}
func (listed) Tabular(name string) bool { return strings.HasSuffix(name, ".csv") }
func (listed) Table(_ context.Context, name string, _, _ tracker.Digest, o account.TableOptions) (*account.TableDifference, error) {
	return &account.TableDifference{Name: name, Columns: []account.ColumnChange{{Column: "x"}}, Rows: &account.RowDifference{Key: o.Key, Changed: 1}}, nil
}

func TestDataOfTwoSides(t *testing.T) {
	h := furnished(t)
	a, b := strings.Repeat("a", 64), strings.Repeat("b", 64)
	kept := strings.TrimPrefix(h.put("x,y\n1,2\n").String(), "sha256:")
	one := h.cell("one", "read(1)", account.File{Path: "/d/same.csv", Read: true, Before: a, Size: 7}, account.File{Path: "/d/in.csv", Read: true, Before: a, Size: 7},
		account.File{Path: "/d/out", Written: true, After: a}, account.File{Path: "/d/gone", Read: true, Removed: true, Before: a})
	two := h.cell("one", "read(2)", account.File{Path: "/d/same.csv", Read: true, Before: a, Size: 7}, account.File{Path: "/d/in.csv", Read: true, Before: kept, Size: 8, Kept: true},
		account.File{Path: "/d/out", Written: true, After: b})
	time.Sleep(150 * time.Millisecond) // what was recorded may be missing for that long
	page := get[struct{ Items []account.DataChange }](h, fmt.Sprintf("/api/compare/data?a=%s&b=%s", one, two))
	var got []string
	for _, d := range page.Items {
		got = append(got, fmt.Sprintf("%s %s %t %t tabular %t", d.Kind, d.Path, d.A != nil && d.A.Kept, d.B != nil && d.B.Kept, d.Tabular))
	}
	want := []string{"read /d/gone false false tabular false", "read /d/in.csv false true tabular true", "wrote /d/out false false tabular false"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for path, status := range map[string]int{
		"/api/compare/tables?a=sha256:" + a + "&b=sha256:" + b + "&name=/x/in.csv&key=id&key=n": 200,
		"/api/compare/tables?a=sha256:" + a + "&b=sha256:" + b + "&name=/x/in.png":              400,
		"/api/compare/tables?a=in.csv&b=sha256:" + b + "&name=in.csv":                           400,
		"/api/compare/data?a=" + one.String() + "&b=first":                                      400,
		"/api/compare/snapshots?a=" + one.String() + "&b=" + one.String():                       400,
	} {
		if w := h.ask(http.MethodGet, path, ""); w.Code != status {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
}

func TestCellsSideBySide(t *testing.T) {
	h := furnished(t)
	one := h.showing([]string{"display_data", figure("<b>1</b>", "")})
	two := h.showing([]string{"display_data", figure("<b>2</b>", ""), "stream", `{"name":"stdout","text":"more"}`})
	pairs := get[struct{ Items []web.CellPair }](h, fmt.Sprintf("/api/compare/cells?a=%s&b=%s&all=true", one, two)).Items
	if len(pairs) != 1 || *pairs[0].A.Source != "show()" || pairs[0].CellPair.Source || len(pairs[0].AOutputs.Items) != 1 || len(pairs[0].BOutputs.Items) != 2 {
		t.Fatalf("%+v", pairs)
	}
	x, y := pairs[0].AOutputs.Items[0].Data, pairs[0].BOutputs.Items[0].Data
	if x[0].SHA256 == y[0].SHA256 || x[1].SHA256 != y[1].SHA256 || x[1].URL == y[1].URL {
		t.Errorf("%+v and %+v", x, y)
	}
	first := h.session
	h.session = tracker.NewID()
	h.append(&tracker.SessionOpenedEntry{Header: h.head(tracker.ID{}), Engine: "go", Notebook: "lab/plot.ipynb"})
	h.cell("one", "x := 3")
	h.cell("new", "z := 9")
	time.Sleep(150 * time.Millisecond) // as above
	pairs = get[struct{ Items []web.CellPair }](h, fmt.Sprintf("/api/compare/cells?a=%s&b=%s", first, h.session)).Items
	var got []string
	for _, p := range pairs {
		got = append(got, fmt.Sprint(p.Cell, " ", p.A != nil, " ", p.B != nil, " ", p.CellPair.Source))
	}
	if diff := cmp.Diff([]string{"two true false true", "show true false true", "new false true true"}, got); diff != "" {
		t.Error(diff)
	}
}
