package cli

import (
	"context"
	"errors"
	"strings"
)

// magicHost does what magics in cells ask for.
type magicHost struct {
	*app
	around surroundings
}

// Commit makes a commit of the work tree.
func (h *magicHost) Commit(context.Context, string) (string, error) {
	return "", errors.New("this gemba makes no commits: !git commit does")
}

// Snapshot takes files and folders into the ledger.
func (h *magicHost) Snapshot(context.Context, []string, string) (string, error) {
	return "", errors.New("this gemba takes no snapshots from cells: gemba snapshot does")
}

// Environment tells what the cells run on.
func (h *magicHost) Environment(ctx context.Context) (string, error) {
	found, err := h.around.within(ctx)
	if err != nil {
		return "", err
	}
	t := &table{columns: []column{{title: "FACT"}, {title: "VALUE"}}}
	for _, f := range found {
		t.add(cell{text: f.Name}, cell{text: f.Value})
	}
	var b strings.Builder
	err = t.print(&b)
	return b.String(), err
}
