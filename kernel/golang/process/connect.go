package process

import (
	"context"
	"crypto/rand"
	_ "embed"
	"encoding/json"
	"errors"
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// ErrNoPage says that no notebook page in a browser answered.
var ErrNoPage = errors.New("no notebook page answered: widgets need the notebook open in a browser " +
	"(JupyterLab or Notebook 7); open it there and run the cell again")

// frontend is a JavaScript function expression; it is called with the kernel's id.
//
//go:embed frontend.js
var frontend string

// connect makes sure that the page listens: it was heard a moment ago, or it answers, or a script
// sent to it opens a comm. Pages name the cells that they send, programs like nbconvert do not, and have nobody who answers.
func (c *comms) connect(cell string, front wire.Front, displays *displays, wait await) bool {
	if c.kernelID == "" {
		return false // the script would not find its way
	}
	if c.holds(func() bool { return c.id != "" && c.now().Sub(c.heard) <= c.limits.quiet }) {
		return true
	}
	return c.ping(front, c.limits.ping, wait) || c.install(cell, front, displays, wait)
}

// ping reports whether the page answers in time.
func (c *comms) ping(front wire.Front, limit time.Duration, wait await) bool {
	sent, before := false, 0
	c.do(func() {
		sent, before = true, c.pongs
		c.send(front, commPing, true)
	})
	return sent && wait(limit, func() bool { return c.pongs > before })
}

// install displays the script that opens a comm, waits for the comm, and erases the script, so that
// it is neither saved with the notebook nor run again when the notebook is opened. What a page says meanwhile that was
// only too busy to answer is heard.
func (c *comms) install(cell string, front wire.Front, displays *displays, wait await) bool {
	limit, opens, pongs := c.limits.page, 0, 0
	c.holds(func() bool {
		if opens, pongs = c.opens, c.pongs; cell == "" || c.absent {
			limit = c.limits.guess
		}
		return true
	})
	display := "gemba_connect_" + rand.Text()
	publish(front, displays, display, "<script>"+c.script()+"</script>")
	ok := wait(limit, func() bool { return c.opens > opens && c.pongs > pongs }) // a page that opens need not hear yet
	publish(front, displays, display, "")
	if !ok {
		c.holds(func() bool { c.id, c.absent = "", true; return true })
	}
	return ok
}

func (c *comms) script() string {
	id, _ := json.Marshal(c.kernelID) // a string always encodes
	return frontend + "(" + string(id) + ");"
}

func publish(front wire.Front, displays *displays, id, html string) {
	front.Publish(displays.message(id, ""), wire.Display{
		Data:      map[string]any{"text/html": html},
		Metadata:  map[string]any{},
		Transient: map[string]any{"display_id": id},
	})
}

// waiting awaits without a program to serve meanwhile.
func (c *comms) waiting(ctx context.Context) await {
	return func(limit time.Duration, condition func() bool) bool {
		ctx, cancel := context.WithTimeout(ctx, limit)
		defer cancel()
		for {
			var changed chan struct{}
			if c.holds(func() bool { changed = c.changed; return condition() }) {
				return true
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return false
			}
		}
	}
}
