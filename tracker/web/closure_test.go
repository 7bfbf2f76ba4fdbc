package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/web"
)

// naming records a cell execution with what its code names.
func (h *house) naming(notebookID, source string, names tracker.Names, files ...account.File) tracker.ID {
	id := tracker.NewID()
	var document strings.Builder
	for _, f := range files {
		b, _ := json.Marshal(f)
		document.Write(append(b, '\n'))
	}
	b, _ := json.Marshal(names)
	h.append(&tracker.CellStartedEntry{Header: h.head(id), Count: len(h.cells) + 1, CellID: notebookID, Notebook: "lab/plot.ipynb", Source: h.put(source), SourceSize: int64(len(source))},
		&tracker.FilesEntry{Header: h.head(id), Observed: h.put(document.String()), Read: 1},
		&tracker.CellFinishedEntry{Header: h.head(id), Status: tracker.OK, Names: h.put(string(b))})
	h.cells = append(h.cells, id)
	return id
}

func hash(letter string) string { return strings.Repeat(letter, 64) }

// pipeline records a notebook that prepares data, and one that trains on them, and returns its run and the first cell.
func pipeline(h *house) (run, prepare, train tracker.ID) {
	h.session = tracker.NewID()
	h.append(&tracker.SessionOpenedEntry{Header: h.head(tracker.ID{}), Engine: "python", Notebook: "prepare.ipynb"})
	prepare = h.naming("p", "prepare()", tracker.Names{}, account.File{Path: "/raw.csv", Read: true, Before: hash("1")}, account.File{Path: "/clean.csv", Written: true, After: hash("2")})
	h.naming("q", "other()", tracker.Names{}, account.File{Path: "/other.csv", Read: true, Before: hash("3")})
	h.session = tracker.NewID()
	h.append(&tracker.SessionOpenedEntry{Header: h.head(tracker.ID{}), Engine: "python", Notebook: "train.ipynb"})
	h.naming("load", "d = load()", tracker.Names{Bound: []string{"d", "x"}}, account.File{Path: "/clean.csv", Read: true, Before: hash("2")})
	h.naming("rebind", "x = 1", tracker.Names{Bound: []string{"x"}})
	train = h.naming("train", "fit(d, x)", tracker.Names{Used: []string{"d", "x"}}, account.File{Path: "/log", Read: true, Written: true, Before: hash("4"), After: hash("5")})
	h.naming("apart", "print()", tracker.Names{})
	run = h.run("fit", train, "1", 1)
	return run, prepare, train
}

// drawn tells of a graph in words: its edges, and what is stale in it.
func drawn(g web.Graph) (lines []string) {
	names := map[string]string{}
	for _, n := range g.Nodes {
		if names[n.ID] = n.Name; n.Kind == "file" {
			names[n.ID] = n.Name + "@" + n.Digest[:1]
		}
		if n.Stale {
			lines = append(lines, "stale "+names[n.ID]+": "+strings.Join(n.Because, "; "))
		}
	}
	for _, e := range g.Edges {
		lines = append(lines, strings.TrimSpace(names[e.From]+" "+e.Kind+" "+names[e.To]+" "+strings.Join(e.Names, ",")))
	}
	slices.Sort(lines)
	return lines
}

func TestWhatIsBehindAFigure(t *testing.T) {
	h := newHouse(t)
	h.blob = h.put("<svg/>")
	run, prepare, _ := pipeline(h)
	time.Sleep(150 * time.Millisecond) // what was recorded may be missing for that long
	figure := "artifact:" + run.String() + "/out/page.html"
	ask := func(id, more string) web.Graph {
		return get[web.Graph](h, "/api/lineage?id="+url.QueryEscape(id)+"&direction="+more)
	}
	up := []string{
		"/clean.csv@2 read d = load()", "/log@4 read fit(d, x)", "/raw.csv@1 read prepare()", "d = load() used fit(d, x) d", "fit kept out/page.html",
		"fit(d, x) logged fit", "prepare() wrote /clean.csv@2", "x = 1 used fit(d, x) x",
	}
	g := ask(figure, "upstream")
	if diff := cmp.Diff(slices.Insert(up, 7, "stale /log@4: it was written again"), drawn(g)); diff != "" || g.Cut {
		t.Errorf("cut %t: %s", g.Cut, diff)
	}
	g = ask(figure, "upstream&depth=2")
	if diff := cmp.Diff([]string{"fit kept out/page.html", "fit(d, x) logged fit"}, drawn(g)); diff != "" || !g.Cut {
		t.Errorf("two steps: cut %t: %s", g.Cut, diff)
	}
	g = ask("file:/raw.csv@"+hash("1"), "downstream")
	down := []string{"/clean.csv@2 read d = load()", "/raw.csv@1 read prepare()", "d = load() used fit(d, x) d", "fit kept out/page.html", "fit(d, x) logged fit",
		"fit(d, x) wrote /log@5", "prepare() wrote /clean.csv@2"}
	if diff := cmp.Diff(down, drawn(g)); diff != "" {
		t.Error(diff)
	}
	if w := h.ask(http.MethodGet, "/api/lineage?id=file:/nothing@1&direction=both", ""); w.Code != http.StatusNotFound {
		t.Errorf("a file that is nowhere: %d %s", w.Code, w.Body)
	}
	// The data are prepared again: what was trained on them is stale, through names and runs.
	h.naming("p", "prepare()", tracker.Names{}, account.File{Path: "/clean.csv", Written: true, After: hash("9")})
	time.Sleep(150 * time.Millisecond) // as above
	var stale []string
	for _, line := range drawn(ask(prepare.String(), "downstream")) {
		if strings.HasPrefix(line, "stale") {
			stale = append(stale, line)
		}
	}
	want := []string{"stale /clean.csv@2: it was written again", "stale /log@5: fit(d, x) is stale", "stale d = load(): /clean.csv was written again",
		"stale fit(d, x): d = load() is stale", "stale fit: fit(d, x) is stale", "stale out/page.html: fit is stale"}
	if diff := cmp.Diff(want, stale); diff != "" {
		t.Error(diff)
	}
}

func TestNamesThatWereBoundAgain(t *testing.T) {
	h := newHouse(t)
	_, _, train := pipeline(h)
	h.naming("rebind", "x = 2", tracker.Names{Bound: []string{"x"}})
	time.Sleep(150 * time.Millisecond) // as above
	for _, direction := range []string{"all", "upstream"} {
		g := get[web.Graph](h, "/api/lineage?id="+train.String()+"&direction="+direction)
		lines := drawn(g)
		for _, want := range []string{"stale x = 1: it was executed again", "stale fit(d, x): x is bound anew since x = 1 was executed again", "x = 1 used fit(d, x) x"} {
			if !slices.Contains(lines, want) {
				t.Errorf("%s: no %q in %q", direction, want, lines)
			}
		}
	}
}
