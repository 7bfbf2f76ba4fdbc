package web_test

import (
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

// goCell is a cell execution of Go: its cell, its text, and the names that it binds, leaves unchanged and uses.
type goCell struct{ cell, source, bound, unchanged, used string }

var goCells = []goCell{
	{"a", "rate, step", "rate step", "", ""},
	{"b", "grow", "grow", "", "rate"},
	{"c", "grow(step)", "", "", "grow rate step"},
}

// TestDeclarationsThatChanged executes three cells of Go, and then more: what is stale of the first three.
func TestDeclarationsThatChanged(t *testing.T) {
	tests := []struct {
		name  string
		then  []goCell
		stale []string
	}{
		{"nothing", nil, nil},
		{"the same", []goCell{{"a", "rate, step", "rate step", "rate step", ""}}, []string{"rate, step: it was executed again"}},
		{"one is changed", []goCell{{"a", "rate, step = 2", "rate step", "rate", ""}},
			[]string{"grow(step): step is declared in another way since rate, step was executed again", "rate, step: it was executed again"}},
		{"both are changed", []goCell{{"a", "rate = 2, step = 2", "rate step", "", ""}}, []string{
			"grow(step): rate, step are declared in another way since rate, step was executed again",
			"grow: rate is declared in another way since rate, step was executed again", "rate, step: it was executed again"}},
		{"a function is changed", []goCell{{"b", "grow again", "grow", "", "rate"}},
			[]string{"grow(step): grow is declared in another way since grow was executed again", "grow: it was executed again"}},
		{"changed and changed back", []goCell{{"a", "rate, step = 2", "rate step", "rate", ""}, {"a", "rate, step", "rate step", "rate", ""}},
			[]string{"rate, step: it was executed again"}},
		{"changed by another cell", []goCell{{"d", "step = 3", "step", "", ""}}, nil},
		{"taken out", []goCell{{"a", "rate", "rate", "rate", ""}},
			[]string{"grow(step): step is not declared any more since rate, step was executed again", "rate, step: it was executed again"}},
		{"moved", []goCell{{"a", "rate", "rate", "rate", ""}, {"d", "step", "step", "step", ""}}, []string{"rate, step: it was executed again"}},
		{"moved and changed", []goCell{{"a", "rate", "rate", "rate", ""}, {"d", "step = 2", "step", "", ""}},
			[]string{"grow(step): step is declared in another way since rate, step was executed again", "rate, step: it was executed again"}},
		{"changed by another cell, and here too", []goCell{{"d", "step = 3", "step", "", ""}, {"a", "rate = 2, step = 3", "rate step", "step", ""}}, []string{
			"grow(step): rate, step are declared in another way since rate, step was executed again",
			"grow: rate is declared in another way since rate, step was executed again", "rate, step: it was executed again"}},
		{"added and taken out", []goCell{{"a", "rate, step, more", "more rate step", "rate step", ""}, {"a", "rate", "rate", "rate", ""}},
			[]string{"grow(step): step is not declared any more since rate, step was executed again", "rate, step: it was executed again"}},
		{"broken", []goCell{{"a", "rate :=", "", "", "failed"}}, []string{"rate, step: it was executed again"}},
		{"all in order", goCells, []string{"grow(step): it was executed again", "grow: it was executed again", "rate, step: it was executed again"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h := newHouse(t)
			h.append(&tracker.SessionOpenedEntry{Header: h.head(tracker.ID{}), Engine: "go", Notebook: "lab.ipynb"})
			session := h.session
			for _, c := range goCells {
				h.goCell(c)
			}
			first := slices.Clone(h.cells)
			for _, c := range test.then {
				h.goCell(c)
			}
			time.Sleep(150 * time.Millisecond) // what was recorded may be missing for that long
			for _, direction := range []string{"all", "both"} {
				g := get[web.Graph](h, "/api/lineage?id="+session.String()+"&direction="+direction)
				if diff := cmp.Diff(test.stale, staleOf(g, first)); diff != "" {
					t.Errorf("%s: %s", direction, diff)
				}
			}
		})
	}
}

// TestDeclarationsOfUnknownCells: executions of which nobody knows the cells are no executions of one cell.
func TestDeclarationsOfUnknownCells(t *testing.T) {
	h := newHouse(t)
	h.append(&tracker.SessionOpenedEntry{Header: h.head(tracker.ID{}), Engine: "go", Notebook: "lab.ipynb"})
	h.naming("", "load", tracker.Names{Bound: []string{"load"}}, account.File{Path: "/data", Read: true, Before: hash("1")})
	user := h.naming("", "use", tracker.Names{Used: []string{"load"}})
	h.naming("", "write", tracker.Names{}, account.File{Path: "/data", Written: true, After: hash("2")})
	time.Sleep(150 * time.Millisecond) // as above
	g := get[web.Graph](h, "/api/lineage?id="+h.session.String()+"&direction=all")
	if stale := staleOf(g, []tracker.ID{user}); len(stale) > 0 || !slices.Contains(drawn(g), "load used use load") {
		t.Errorf("%q %q", stale, drawn(g))
	}
}

// TestStalenessEndsAtDeclarations: a cell that ran after a change is up to date, though what it uses is declared in a cell that ran before.
func TestStalenessEndsAtDeclarations(t *testing.T) {
	h := newHouse(t)
	h.append(&tracker.SessionOpenedEntry{Header: h.head(tracker.ID{}), Engine: "go", Notebook: "lab.ipynb"})
	for _, c := range append(slices.Clone(goCells), goCell{"a", "rate, step = 2", "rate step", "", ""}, goCell{"e", "grow(step) now", "", "", "grow rate step"}) {
		h.goCell(c)
	}
	last := h.cells[len(h.cells)-1]
	h.naming("bash", "%%bash", tracker.Names{}, account.File{Path: "/in", Read: true, Before: hash("1")})
	time.Sleep(150 * time.Millisecond) // as above
	for _, direction := range []string{"upstream", "both"} {
		g := get[web.Graph](h, "/api/lineage?id="+last.String()+"&direction="+direction)
		if stale := staleOf(g, []tracker.ID{last}); len(stale) > 0 {
			t.Errorf("%s: %q", direction, stale)
		}
		if !slices.Contains(drawn(g), "rate, step = 2 used grow(step) now rate,step") || !slices.Contains(drawn(g), "grow used grow(step) now grow") {
			t.Errorf("%s: %q", direction, drawn(g))
		}
		if lines := strings.Join(drawn(g), "\n"); strings.Contains(lines, "rate, step used") {
			t.Errorf("%s: what it does not depend on: %s", direction, lines)
		}
	}
}

// TestNothingPassesThroughDeclarations: a cell reads a file, declares what another one uses, and writes what a third one reads.
func TestNothingPassesThroughDeclarations(t *testing.T) {
	h := newHouse(t)
	h.append(&tracker.SessionOpenedEntry{Header: h.head(tracker.ID{}), Engine: "go", Notebook: "lab.ipynb"})
	first := h.naming("a", "settings", tracker.Names{Bound: []string{"rate"}})
	h.naming("b", "prepare", tracker.Names{Bound: []string{"load"}, Used: []string{"rate"}},
		account.File{Path: "/raw", Read: true, Before: hash("1")}, account.File{Path: "/clean", Written: true, After: hash("2")})
	user := h.naming("c", "use", tracker.Names{Used: []string{"load"}})
	reader := h.naming("d", "read", tracker.Names{Used: []string{"load"}}, account.File{Path: "/clean", Read: true, Before: hash("2")})
	time.Sleep(150 * time.Millisecond) // as above
	tests := []struct {
		id   string
		way  string
		want []string
	}{
		{user.String(), "upstream", []string{"prepare used use load"}},
		{reader.String(), "upstream", []string{"/clean@2 read read", "/raw@1 read prepare", "prepare used read load", "prepare wrote /clean@2", "settings used prepare rate"}},
		{"file:/raw@" + hash("1"), "downstream", []string{"/clean@2 read read", "/raw@1 read prepare", "prepare wrote /clean@2"}},
		{first.String(), "downstream", []string{"/clean@2 read read", "prepare wrote /clean@2", "settings used prepare rate"}},
	}
	for _, test := range tests {
		g := get[web.Graph](h, "/api/lineage?id="+url.QueryEscape(test.id)+"&direction="+test.way)
		if diff := cmp.Diff(test.want, drawn(g)); diff != "" || g.Cut {
			t.Errorf("%s %s: cut %t %s", test.way, test.id, g.Cut, diff)
		}
	}
}

func (h *house) goCell(c goCell) {
	n := tracker.Names{Bound: strings.Fields(c.bound), Unchanged: strings.Fields(c.unchanged), Used: strings.Fields(c.used)}
	if c.used != "failed" {
		h.naming(c.cell, c.source, n)
		return
	}
	id := tracker.NewID()
	h.append(&tracker.CellStartedEntry{Header: h.head(id), CellID: c.cell, Source: h.put(c.source)},
		&tracker.CellFinishedEntry{Header: h.head(id), Status: tracker.Failed, Names: h.put("{}")})
}

// staleOf tells of some executions why they are stale.
func staleOf(g web.Graph, of []tracker.ID) (lines []string) {
	for _, n := range g.Nodes {
		if id, err := tracker.ParseID(n.Of); err == nil && n.Stale && slices.Contains(of, id) {
			lines = append(lines, n.Name+": "+strings.Join(n.Because, "; "))
		}
	}
	slices.Sort(lines)
	return lines
}
