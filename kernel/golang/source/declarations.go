package source

import (
	"slices"
	"strings"
)

// Declarations are what a notebook remembers from cell to cell, by name. A value is never changed; the zero value is
// empty and ready.
type Declarations struct {
	entries []*entry // in the order of their first declaration
}

// Merge gives what is remembered after a cell that declares new: a name that new declares, of whatever kind, replaces
// the old one and takes its place. Neither argument changes, so that a caller may drop the result when a build fails.
func Merge(old, new Declarations) Declarations {
	if len(new.entries) == 0 {
		return old
	}
	merged := slices.Clone(old.entries)
	if _, found := new.KindOf("init"); found {
		merged = slices.DeleteFunc(merged, func(e *entry) bool { return strings.HasPrefix(e.names[0].key, "init~") })
	}
	for _, e := range new.entries {
		merged = place(merged, e)
	}
	return Declarations{merged}
}

// place puts e where the first entry that it replaces was, else at the end.
func place(entries []*entry, e *entry) []*entry {
	if e.path == "C" && e.doc.text == "" && slices.ContainsFunc(entries, func(o *entry) bool { return o.path == "C" }) {
		return entries // a further `import "C"` without preamble changes nothing
	}
	at := -1
	var kept []*entry
	for _, o := range entries {
		left := o
		for _, key := range e.keys() {
			if left != nil && slices.Contains(left.keys(), key) {
				left = left.without(key)
				if at < 0 {
					at = len(kept)
				}
			}
		}
		if left != nil {
			kept = append(kept, left)
		}
	}
	if at < 0 || at > len(kept) {
		at = len(kept)
	}
	return slices.Insert(kept, at, e)
}

// Remove forgets the declaration with that key, and says whether there was one. All variables of a tuple
// (var a, b = f()) go together.
func (d Declarations) Remove(key string) (Declarations, bool) {
	var kept []*entry
	found := false
	for _, e := range d.entries {
		if slices.Contains(e.keys(), key) {
			found = true
			if e = e.without(key); e == nil {
				continue
			}
		}
		kept = append(kept, e)
	}
	return Declarations{kept}, found
}

// Names lists all keys, sorted: a name for most, "Type~Method" for a method, ".~path" for a dot import, "_~path" for a
// blank one, "_~000000" for a blank variable.
func (d Declarations) Names() []string { return d.names(func(*entry) bool { return true }) }

// Keys lists the keys of one kind, sorted.
func (d Declarations) Keys(kind Kind) []string {
	return d.names(func(e *entry) bool { return e.kind == kind })
}

// KindOf gives the kind of the declaration with that key, and whether there is one.
func (d Declarations) KindOf(key string) (Kind, bool) {
	for _, e := range d.entries {
		if slices.Contains(e.keys(), key) {
			return e.kind, true
		}
	}
	return 0, false
}

// Empty says that nothing is declared.
func (d Declarations) Empty() bool { return len(d.entries) == 0 }

func (d Declarations) names(keep func(*entry) bool) []string {
	var keys []string
	for _, e := range d.entries {
		if keep(e) {
			keys = append(keys, e.keys()...)
		}
	}
	slices.Sort(keys)
	return keys
}

// declares is the set of identifiers that are declared outside of imports.
func (d Declarations) declares() map[string]bool {
	set := map[string]bool{}
	for _, e := range d.entries {
		for _, n := range e.names {
			if e.kind != Import && n.ident != "" && !strings.Contains(n.key, "~") {
				set[n.ident] = true
			}
		}
	}
	return set
}
