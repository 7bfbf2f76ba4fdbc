package web_test

import (
	"database/sql"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "modernc.org/sqlite"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/web"
)

// TestWhoUsedWhatWasBound: a name that was used is as the last execution before made it, also in one that then binds it anew.
func TestWhoUsedWhatWasBound(t *testing.T) {
	h := newHouse(t)
	h.append(&tracker.SessionOpenedEntry{Header: h.head(tracker.ID{}), Engine: "python", Notebook: "lab.ipynb"})
	cells := []struct{ source, bound, used string }{
		{"early", "", "x"},
		{"first", "x y x", ""},
		{"read", "", "x y"},
		{"add", "x", "x"},
		{"apart", "z", ""},
		{"show", "", "x y z"},
		{"last", "y", ""},
	}
	var ids []tracker.ID
	for _, c := range cells {
		ids = append(ids, h.naming(c.source, c.source, tracker.Names{Bound: strings.Fields(c.bound), Used: strings.Fields(c.used)}))
	}
	time.Sleep(150 * time.Millisecond) // what was recorded may be missing for that long
	first := []string{"first used add x", "first used read x,y", "first used show y"}
	rest := []string{"add used show x", "apart used show z"}
	tests := []struct {
		cell int
		way  string
		want []string
	}{
		{0, "upstream", nil}, {0, "downstream", nil}, {6, "upstream", nil}, {6, "downstream", nil}, {4, "downstream", rest[1:]},
		{1, "downstream", append(rest[:1:1], first...)},
		{3, "upstream", first[:1]},
		{2, "upstream", []string{"first used read x,y"}},
		{5, "upstream", append(rest[:2:2], first[0], first[2])},
	}
	for _, test := range tests {
		g := get[web.Graph](h, "/api/lineage?id="+ids[test.cell].String()+"&direction="+test.way)
		if diff := cmp.Diff(test.want, drawn(g)); diff != "" {
			t.Errorf("%s %s: %s", test.way, cells[test.cell].source, diff)
		}
	}
}

// TestASessionThatCannotBeRead: what engine it had is not guessed.
func TestASessionThatCannotBeRead(t *testing.T) {
	h := newHouse(t)
	h.append(&tracker.SessionOpenedEntry{Header: h.head(tracker.ID{}), Engine: "go", Notebook: "lab.ipynb"})
	id := h.naming("a", "x", tracker.Names{Bound: []string{"x"}})
	time.Sleep(150 * time.Millisecond) // as above
	path := "/api/lineage?direction=all&id=" + id.String()
	get[web.Graph](h, path)
	db, err := sql.Open("sqlite", filepath.Join(h.dir, index.File))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.ExecContext(t.Context(), "ALTER TABLE sessions RENAME COLUMN engine TO motor"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if w := h.ask(http.MethodGet, path, ""); w.Code != http.StatusInternalServerError {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}
