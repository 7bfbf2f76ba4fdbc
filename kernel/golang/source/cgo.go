package source

import (
	"fmt"
	"hash/fnv"
	"regexp"
	"slices"
)

// inC finds most of what C text defines: functions with a body, macros, structs, enums, unions and types.
var inC = regexp.MustCompile(`(\w+)\s*\([^;{}()]*\)\s*\{|#define\s+(\w+)|(?:struct|enum|union)\s+(\w+)\s*\{|typedef\s[^;]*?(\w+)\s*;`)

var notDefinitions = []string{"if", "for", "while", "switch"}

// definedInC lists the names that a preamble defines. They are how it is remembered: a cell with a preamble that
// defines one of them again replaces it, other preambles stay beside it. One without names is known by its text.
func definedInC(preamble string) []string {
	var names []string
	for _, m := range inC.FindAllStringSubmatch(preamble, -1) {
		for _, n := range m[1:] {
			if n != "" && !slices.Contains(notDefinitions, n) && !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
	}
	if len(names) == 0 {
		h := fnv.New32a()
		h.Write([]byte(preamble))
		names = []string{fmt.Sprintf("%06d", h.Sum32()%1_000_000)}
	}
	return names
}

// A Preamble is where C text of a program stands in its cell.
type Preamble struct {
	Cell        string
	First, Last int // lines
	Below       int // how many lines below it the C compiler is told that it stands
}

// preambles lists the C text that the program holds, in order.
func (c *composer) preambles() []Preamble {
	var list []Preamble
	for _, e := range c.entries {
		if e.path == "C" && e.doc.text != "" {
			list = append(list, Preamble{e.doc.cell, e.doc.line, e.body.line, max(2-e.doc.line, 0)})
		}
	}
	return list
}
