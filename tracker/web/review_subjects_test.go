package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/web"
)

// subjectsAt reads all pages of a list of subjects, and returns a line of each.
func (h *house) subjectsAt(path string, limit int, text string) (lines []string) {
	h.t.Helper()
	for after := ""; ; {
		p := get[web.Page[web.ReviewSubject]](h, fmt.Sprintf("%s?limit=%d&text=%s&after=%s", path, limit, url.QueryEscape(text), after))
		if len(p.Items) > limit || len(p.Items) < limit && p.Next != "" {
			h.t.Errorf("a page of %d has %d items, and behind it comes %q", limit, len(p.Items), p.Next)
		}
		for _, x := range p.Items {
			lines = append(lines, fmt.Sprintf("%s %s %s %d", x.Kind, x.Name, x.Verdict, x.Comments))
		}
		if after = p.Next; after == "" {
			return lines
		}
	}
}

// many records runs that ended, number by number, without points.
func (h *house) many(n int) {
	for i := range n {
		id := tracker.NewID()
		h.append(&tracker.RunEntry{Header: h.head(tracker.ID{}), Run: id, Name: fmt.Sprintf("run %d", i), Status: tracker.RunRunning, Started: h.now},
			&tracker.RunEntry{Header: h.head(tracker.ID{}), Run: id, Status: tracker.RunFinished, Ended: h.now})
		h.runs = append(h.runs, id)
	}
}

func (h *house) say(subject tracker.ID, verdict, comment string) {
	h.t.Helper()
	if w := h.ask(http.MethodPost, "/api/reviews", fmt.Sprintf(`{"subject":%q,"verdict":%q,"comment":%q}`, subject, verdict, comment)); w.Code != http.StatusOK {
		h.t.Fatalf("say: %d %s", w.Code, w.Body)
	}
}

func TestWhatWaitsForReview(t *testing.T) {
	h := newHouse(t)
	h.append(&tracker.SessionOpenedEntry{Header: h.head(tracker.ID{}), Engine: "go", Notebook: "lab/plot.ipynb"})
	h.many(25)
	running := tracker.NewID()
	h.append(&tracker.RunEntry{Header: h.head(tracker.ID{}), Run: running, Name: "running", Status: tracker.RunRunning, Started: h.now})
	time.Sleep(150 * time.Millisecond) // what was recorded may be missing for that long
	for i, id := range h.runs {
		switch {
		case i%2 == 1 || i >= 20:
			h.say(id, "approved", "")
		case i == 4:
			h.say(id, "commented", "why?")
		}
	}
	var want []string
	for i := 18; i >= 0; i -= 2 {
		want = append(want, fmt.Sprintf("run run %d  %d", i, map[bool]int{true: 1}[i == 4]))
	}
	for _, limit := range []int{1, 3, 5, 10, 11, 1000} {
		if diff := cmp.Diff(want, h.subjectsAt("/api/reviews/waiting", limit, "")); diff != "" {
			t.Errorf("in pages of %d: %s", limit, diff)
		}
	}
	if diff := cmp.Diff([]string{"run run 18  0", "run run 16  0", "run run 14  0", "run run 12  0", "run run 10  0"}, h.subjectsAt("/api/reviews/waiting", 2, "RUN 1")); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"run run 6  0"}, h.subjectsAt("/api/reviews/waiting", 2, h.runs[6].Short())); diff != "" {
		t.Error(diff)
	}
	for _, text := range []string{"(", `\`, "%", "'"} {
		if got := h.subjectsAt("/api/reviews/waiting", 2, text); got != nil {
			t.Errorf("%q finds %q", text, got)
		}
	}
}

func TestWhatWasReviewed(t *testing.T) {
	h := furnished(t)
	time.Sleep(150 * time.Millisecond) // as above
	snapshot := get[struct{ Items []struct{ ID tracker.ID } }](h, "/api/snapshots").Items[0].ID
	elsewhere := tracker.NewID()
	h.append(&tracker.ReviewEntry{Header: h.head(tracker.ID{}), Subject: elsewhere, Verdict: tracker.Approved})
	h.say(h.runs[0], "approved", "")
	h.say(h.cells[1], "commented", "what is y?")
	h.say(h.session, "rejected", "not again")
	h.say(snapshot, "approved", "good")
	h.say(h.runs[0], "commented", "still good")
	h.say(h.runs[0], "rejected", "no, bad")
	want := []string{"run first rejected 2", "snapshot data approved 1", "session plot.ipynb rejected 1", "cell y := 2  1", "  approved 0"}
	for _, limit := range []int{1, 2, 5, 100} {
		if diff := cmp.Diff(want, h.subjectsAt("/api/reviews/subjects", limit, "")); diff != "" {
			t.Errorf("in pages of %d: %s", limit, diff)
		}
	}
	for text, want := range map[string][]string{"DATA": want[1:2], "y :=": want[3:4], elsewhere.String(): want[4:], "nothing": nil} {
		if diff := cmp.Diff(want, h.subjectsAt("/api/reviews/subjects", 2, text)); diff != "" {
			t.Errorf("with %s: %s", text, diff)
		}
	}
	if said := get[web.Page[web.Review]](h, "/api/reviews?subject="+elsewhere.String()).Items; len(said) != 1 {
		t.Errorf("of what is elsewhere was said %+v", said)
	}
	if w := h.ask(http.MethodGet, "/api/reviews?subject=nothing", ""); w.Code != http.StatusNotFound {
		t.Errorf("of nothing: %d %s", w.Code, w.Body)
	}
}
