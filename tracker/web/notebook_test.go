package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/web"
)

// described tells of a notebook's cells in a line each.
func described(n web.NotebookCells) (lines []string) {
	for _, c := range n.Items {
		lines = append(lines, fmt.Sprintf("%s #%d current %t repeat %d out of order %t gaps %d %v", c.CellID, c.Sequence, c.Current, c.Repeat, c.OutOfOrder, len(c.Gaps), c.Reviews))
	}
	return lines
}

func TestCellsOfANotebook(t *testing.T) {
	h := furnished(t)
	last := h.cells[len(h.cells)-1]
	h.append(&tracker.GapEntry{Header: h.head(last), Reason: "the disk was full"}, &tracker.GapEntry{Header: h.head(tracker.ID{}), Reason: "files were not watched"})
	h.ask(http.MethodPost, "/api/reviews", `{"subject":"`+last.String()+`","verdict":"approved"}`)
	time.Sleep(150 * time.Millisecond) // what was recorded may be missing for that long
	n := get[web.NotebookCells](h, "/api/notebooks/cells?notebook=plot.ipynb")
	want := []string{
		"two #2 current true repeat 1 out of order false gaps 0 []",
		"one #3 current true repeat 2 out of order true gaps 1 [approved]",
	}
	if diff := cmp.Diff(want, described(n)); diff != "" {
		t.Error(diff)
	}
	if n.Items[1].SourceDigest != tracker.DigestOf([]byte("x := 3")) || n.Items[1].Source != nil || n.Items[1].Execution != last || len(n.Gaps) != 1 {
		t.Errorf("%+v, gaps %+v", n.Items[1], n.Gaps)
	}
	h.session = tracker.NewID()
	h.append(&tracker.SessionOpenedEntry{Header: h.head(tracker.ID{}), Engine: "go", Notebook: "lab/plot.ipynb", PID: 8})
	h.cell("two", "y := 4")
	time.Sleep(150 * time.Millisecond) // as above
	n = get[web.NotebookCells](h, "/api/notebooks/cells?notebook=lab%2Fplot.ipynb&fields=cell_id,source,sequence,current,repeat,out_of_order,gaps,reviews")
	want = []string{
		"two #1 current true repeat 1 out of order false gaps 0 []",
		"one #0 current false repeat 0 out of order false gaps 1 [approved]",
	}
	if diff := cmp.Diff(want, described(n)); diff != "" || *n.Items[0].Source != "y := 4" || !n.Items[0].Execution.IsZero() || n.Sessions != 2 {
		t.Errorf("%s%+v", diff, n)
	}
	if n := get[web.NotebookCells](h, "/api/notebooks/cells?notebook=other.ipynb"); n.Newest != nil || len(n.Items) != 0 {
		t.Errorf("a notebook that is not recorded: %+v", n)
	}
}

// TestPagesStayWhereTheyAre goes through pages of executions while others are recorded: none is left out, none comes twice.
func TestPagesStayWhereTheyAre(t *testing.T) {
	h := furnished(t)
	for i := range 20 {
		h.cell(fmt.Sprint("cell-", i%5), fmt.Sprint("i := ", i))
	}
	time.Sleep(150 * time.Millisecond) // as above
	for _, path := range []string{"/api/cells?limit=4", "/api/sessions/" + h.session.String() + "/cells?limit=4"} {
		seen, after, total := map[tracker.ID]int{}, "", 0
		for {
			page := get[struct {
				Items []struct{ ID tracker.ID }
				Next  string
				Total int
			}](h, path+"&after="+after)
			for _, c := range page.Items {
				seen[c.ID]++
			}
			if total = page.Total; page.Next == "" {
				break
			}
			after = page.Next
			h.cell("new", "n := 1")
			time.Sleep(110 * time.Millisecond) // as above
		}
		for id, n := range seen {
			if n != 1 {
				t.Errorf("%s: %s comes %d times", path, id, n)
			}
		}
		if strings.HasPrefix(path, "/api/sessions") && len(seen) != total || len(seen) < 23 {
			t.Errorf("%s: %d of %d came", path, len(seen), total)
		}
	}
}

// Who searches in sources asks for them, and nobody else is sent them.
func TestTimelineSources(t *testing.T) {
	h := furnished(t)
	path := "/api/sessions/" + h.session.String() + "/cells"
	var got []string
	for _, x := range get[web.Page[web.TimelineCell]](h, path+"?fields=id,source").Items {
		got = append(got, *x.Text)
	}
	if diff := cmp.Diff([]string{"x := 1", "y := 2", "x := 3"}, got); diff != "" {
		t.Error(diff)
	}
	if x := get[web.Page[web.TimelineCell]](h, path).Items[0]; x.Text != nil {
		t.Errorf("sent the source %q without being asked", *x.Text)
	}
}
