package source

import (
	"slices"
	"strings"
)

// Named is what a cell's code names, by the keys of declarations; but a method is "Type.Method", and what C text defines is "C.name".
type Named struct {
	Bound     []string // what it declares, sorted
	Unchanged []string // what of that was declared just so before, sorted
	Used      []string // what of earlier cells its program depends on, sorted
}

// Named tells what the cell declares and what of earlier cells it depends on: the declarations that its code refers to, those that they
// refer to in turn, the methods of types among them, and what runs in every program (nameless imports only where the cell
// itself runs something). A variable that is only initialised does not count.
// The declarations are those in force before the cell and with it.
func (c *Cell) Named(before, with Declarations) Named {
	r := newReacher(with)
	own := map[string]bool{}
	for _, key := range c.Declarations.Names() {
		own[key] = true
		r.visit(key)
	}
	r.follow(c.Main.mentions, c.Main.refs)
	for key, e := range r.byKey {
		if e.runs && (e.kind != Import || c.Test || !c.Main.empty()) || c.runsTest(key, e) {
			r.visit(key)
		}
	}
	n := Named{Bound: []string{}, Used: []string{}}
	was, is := before.wordings(own), c.Declarations.wordings(own)
	for key := range own {
		n.Bound = append(n.Bound, r.spelled(key))
		if w, known := was[key]; known && w.same(is[key]) {
			n.Unchanged = append(n.Unchanged, r.spelled(key))
		}
		delete(r.seen, key)
	}
	for key := range r.seen {
		n.Used = append(n.Used, r.spelled(key))
	}
	slices.Sort(n.Bound)
	slices.Sort(n.Unchanged)
	slices.Sort(n.Used)
	return n
}

// spelled writes a key as people write what it stands for.
func (r *reacher) spelled(key string) string {
	e := r.byKey[key]
	if e != nil && (e.kind == Func && !e.runs || e.path == "C") {
		return strings.Replace(key, "~", ".", 1)
	}
	return key
}
