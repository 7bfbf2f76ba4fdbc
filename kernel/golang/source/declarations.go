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
	m := &merger{at: map[string]int{}}
	_, replacesInit := new.KindOf("init")
	for _, e := range old.entries {
		if !replacesInit || !strings.HasPrefix(e.names[0].key, "init~") {
			m.put(e)
		}
	}
	for _, e := range new.entries {
		m.put(e)
	}
	return Declarations{slices.DeleteFunc(m.entries, func(e *entry) bool { return e == nil })}
}

// A merger collects entries; one that was replaced leaves a nil.
type merger struct {
	entries []*entry
	at      map[string]int // by key
}

// put adds an entry in the place of the first one that it replaces, else at the end.
func (m *merger) put(e *entry) {
	place := len(m.entries)
	for _, key := range e.keys() {
		if i, found := m.at[key]; found {
			m.remove(i, key)
			if m.entries[i] == nil && place == len(m.entries) {
				place = i
			}
		}
	}
	if place == len(m.entries) {
		m.entries = append(m.entries, nil)
	}
	m.entries[place] = e
	for _, key := range e.keys() {
		m.at[key] = place
	}
}

// remove takes one key of an entry away, and all that goes with it.
func (m *merger) remove(i int, key string) {
	for _, k := range m.entries[i].keys() {
		delete(m.at, k)
	}
	m.entries[i] = m.entries[i].without(key)
	if m.entries[i] != nil {
		for _, k := range m.entries[i].keys() {
			m.at[k] = i
		}
	}
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
// blank one, "_~000000" for a blank variable, "C~name" for what the preamble of an import of C defines.
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

// Line gives the line of a cell at which a remembered declaration stands, for messages: as far as the declaration
// goes, in its columns. A col of 0 is any column. False when nothing that is remembered stands there.
func (d Declarations) Line(cell string, line, col int) (string, bool) {
	for _, e := range d.entries {
		for _, p := range []piece{e.doc, e.body} {
			if text, from := p.lineAt(line); p.cell == cell && text != "" && (col == 0 || from <= col && col <= len(text)+1) {
				return text, true
			}
		}
	}
	return "", false
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
