package web_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/web"
)

// watched is an index that counts what it is asked, and answers with faults that it is told.
type watched struct {
	*index.Index
	mu     sync.Mutex
	asked  map[string]int
	faults map[string]error
}

// watch serves the house's ledger from an index that is watched.
func (h *house) watch() *watched {
	w := &watched{asked: map[string]int{}, faults: map[string]error{}}
	h.server = serveWatched(h.t, h.dir, func(x *index.Index) web.Index {
		w.Index = x
		return w
	})
	return w
}

func (w *watched) ask(what string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.asked[what]++
	return w.faults[what]
}

// fail has the index answer so from now on.
func (w *watched) fail(what string, fault error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults[what] = fault
}

// taken returns what was asked since the last time.
func (w *watched) taken() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	was := maps.Clone(w.asked)
	clear(w.asked)
	return was
}

func (w *watched) Outputs(ctx context.Context, cell tracker.ID) ([]index.Batch, error) {
	if err := w.ask("outputs"); err != nil {
		return nil, err
	}
	return w.Index.Outputs(ctx, cell)
}

func (w *watched) Find(ctx context.Context, prefix string) (index.Match, error) {
	if err := w.ask("find"); err != nil {
		return index.Match{}, err
	}
	return w.Index.Find(ctx, prefix)
}

func (w *watched) Runs(ctx context.Context, ids []tracker.ID) ([]index.Run, error) {
	if err := w.ask("runs"); err != nil {
		return nil, err
	}
	return w.Index.Runs(ctx, ids)
}

func (w *watched) Cell(ctx context.Context, id tracker.ID) (index.Cell, error) {
	if err := w.ask("cell"); err != nil {
		return index.Cell{}, err
	}
	return w.Index.Cell(ctx, id)
}

// widget is an execution that showed a widget.
func widget(model string) execution {
	return result(1, "application/vnd.jupyter.widget-view+json", fmt.Sprintf(`{"model_id":%q}`, model))
}

func TestOutputsAreReadOnceThatTellNothing(t *testing.T) {
	h := newHouse(t)
	h.append(&tracker.SessionOpenedEntry{Header: h.head(tracker.ID{}), Engine: "go", Notebook: "lab/again.ipynb"})
	h.execute("a", widget("a"))
	h.execute("a", widget("b"))
	w := h.watch()
	path := "/api/sessions/" + h.session.String() + "/cells"
	h.ask(http.MethodGet, path, "")
	if w.taken()["outputs"] == 0 {
		t.Error("nobody looked at what was shown")
	}
	h.ask(http.MethodGet, path, "")
	if again := w.taken()["outputs"]; again != 0 {
		t.Errorf("outputs were read %d times more", again)
	}
	h.execute("b", prints("1"))
	h.execute("b", prints("2").but(func(x *execution) { x.unstored = true }))
	time.Sleep(150 * time.Millisecond) // what was recorded may be missing for that long
	h.ask(http.MethodGet, path, "")
	h.put(h.unstored)
	if err := h.w.Flush(); err != nil {
		t.Fatal(err)
	}
	var verdicts []account.Verdict
	for _, x := range get[web.Page[web.TimelineCell]](h, path).Items {
		if x.Again != nil {
			verdicts = append(verdicts, x.Again.Verdict)
		}
	}
	if diff := cmp.Diff([]account.Verdict{account.Differs}, verdicts); diff != "" {
		t.Errorf("when bytes came back: %s", diff)
	}
}

func TestPairsOfCellsAreFoundOnce(t *testing.T) {
	h := newHouse(t)
	var sessions [2]tracker.ID
	for i := range sessions {
		h.session = tracker.NewID()
		sessions[i] = h.session
		h.append(&tracker.SessionOpenedEntry{Header: h.head(tracker.ID{}), Engine: "go", Notebook: "lab/again.ipynb"})
		for cell := range 9 {
			h.execute(fmt.Sprint(cell), prints(fmt.Sprint(i)))
		}
	}
	w := h.watch()
	path := fmt.Sprintf("/api/compare/cells?a=%s&b=%s&limit=3", sessions[0], sessions[1])
	failed := fmt.Errorf("disk on fire")
	w.fail("outputs", failed)
	for _, path := range []string{path, fmt.Sprintf("/api/compare?a=%s&b=%s", sessions[0], sessions[1])} {
		if answer := h.ask(http.MethodGet, path, ""); answer.Code < http.StatusInternalServerError {
			t.Errorf("%s with an index that fails: %d %s", path, answer.Code, answer.Body)
		}
	}
	w.fail("outputs", nil)
	w.taken()
	var asked []int
	for after, more := "", true; more; more = after != "" {
		p := get[web.Page[web.CellPair]](h, path+"&after="+after)
		for _, x := range p.Items {
			if x.A.Source == nil || *x.A.Source != "f()" || len(x.BOutputs.Items) != 1 {
				t.Errorf("a page has %+v", x)
			}
		}
		after, asked = p.Next, append(asked, w.taken()["outputs"])
	}
	if diff := cmp.Diff([]int{2 * 3, 2 * 3}, asked[1:]); diff != "" {
		t.Errorf("how often outputs were asked for, by page behind the first: %s", diff)
	}
}

func TestNamesOfSubjectsAreRemembered(t *testing.T) {
	h := furnished(t)
	h.many(20)
	twice := h.cells[2]
	h.append(&tracker.SnapshotEntry{Header: h.head(h.cells[1]), Snapshot: twice, Name: "twice", Path: "/d", Tree: h.put("{}\n"), Files: 1})
	for _, id := range append(h.runs, h.cells[0], twice) {
		h.append(&tracker.ReviewEntry{Header: h.head(tracker.ID{}), Subject: id, Verdict: tracker.Approved})
	}
	w := h.watch()
	const path = "/api/reviews/subjects"
	want := []string{"cell x := 1 approved 0"}
	if diff := cmp.Diff(want, h.subjectsAt(path, 100, "x :=")); diff != "" {
		t.Error(diff)
	}
	if asked := w.taken(); asked["find"] != 24 || asked["runs"] != 1 {
		t.Errorf("to name all of it the index was asked %v", asked)
	}
	if got := h.subjectsAt(path, 100, "run 1"); len(got) != 11 {
		t.Errorf("found %q", got)
	}
	if asked := w.taken(); asked["find"]+asked["runs"] > 0 {
		t.Errorf("for the next letter the index was asked %v", asked)
	}
	if diff := cmp.Diff([]string{"  approved 0"}, h.subjectsAt(path, 100, twice.String())); diff != "" {
		t.Errorf("an id of two things: %s", diff)
	}
	h.say(h.cells[1], "approved", "good")
	if diff := cmp.Diff([]string{"cell y := 2 approved 1"}, h.subjectsAt(path, 100, "y :=")); diff != "" {
		t.Errorf("what is new: %s", diff)
	}
	w.fail("cell", fmt.Errorf("find it: %w", index.ErrNotFound))
	if got := h.subjectsAt(path, 100, ""); len(got) != 25 || got[0] != "cell  approved 1" {
		t.Errorf("with cells that are gone: %q", got)
	}
}
