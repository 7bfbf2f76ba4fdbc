package python

import (
	"slices"
	"strings"
)

// polling are words of cells that answer comms while they run: asynchronous ones, between whose steps ipykernel does, and those of
// libraries that have it done.
var polling = []string{"await", "async", "ui_events", "ui_poll", "do_one_iteration"}

// Polls says whether a cell answers comms while it runs. Others find them behind the cells that were sent before.
func (g *Guest) Polls(source string) bool {
	return slices.ContainsFunc(polling, func(word string) bool { return strings.Contains(source, word) })
}
