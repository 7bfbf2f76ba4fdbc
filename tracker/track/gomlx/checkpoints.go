package gomlx

import (
	"os"
	"path/filepath"
	"time"

	"github.com/gomlx/gomlx/ml/model"

	"github.com/gemba-ml/gemba/tracker/track"
)

// handler is what we need of GoMLX's *checkpoint.Handler, which registers itself as the loader of its store.
type handler interface {
	Dir() string
	ListCheckpoints() ([]string, error)
}

// checkpoints keeps the checkpoints of a loop.
type checkpoints struct {
	handler handler // nil while there is none
	changed time.Time
	seen    map[string]bool
}

// find looks for the handler that saves what the store holds. What it saved before belongs to another run.
func (c *checkpoints) find(store *model.Store) {
	if c.handler != nil {
		return
	}
	h, ok := store.Loader().(handler)
	if !ok {
		return
	}
	c.handler, c.seen = h, map[string]bool{}
	list, _ := h.ListCheckpoints() // there may be no folder yet
	for _, name := range list {
		c.seen[name] = true
	}
}

// keepNew keeps the checkpoints that were saved since it was last called, as artifacts.
func (c *checkpoints) keepNew(run *track.Run) {
	if c.handler == nil {
		return
	}
	info, err := os.Stat(c.handler.Dir())
	if err != nil || info.ModTime().Equal(c.changed) {
		return
	}
	list, err := c.handler.ListCheckpoints()
	if err != nil {
		return
	}
	c.changed = info.ModTime()
	for _, name := range list {
		if c.seen[name] {
			continue
		}
		c.seen[name] = true
		for _, suffix := range []string{".json", ".bin"} {
			run.Model("checkpoints/"+name+suffix, filepath.Join(c.handler.Dir(), name+suffix))
		}
	}
}
