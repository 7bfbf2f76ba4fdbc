package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"

	"github.com/gemba-ml/gemba/lineage/snapshot"
)

// bar shows how far a snapshot is, in one line of a terminal, when it takes longer than a second.
type bar struct {
	w       io.Writer // nil when there is no terminal
	p       painter
	title   string
	columns int
	started time.Time
	now     func() time.Time

	mu    sync.Mutex
	shown bool
}

func (a *app) newBar(title string) *bar {
	b := &bar{p: painterFor(a.stderr), title: oneLine(title), started: a.now(), now: a.now}
	if f, ok := a.stderr.(*os.File); ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb" {
		b.w, b.columns = f, width(f)
	}
	return b
}

// clearLine goes to the start of the line and erases it (ECMA-48 8.3.41).
const clearLine = "\r\x1b[K"

// show draws the bar.
func (b *bar) show(p snapshot.Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	took := b.now().Sub(b.started)
	if b.w == nil || took < time.Second {
		return
	}
	b.shown = true
	fmt.Fprint(b.w, clearLine, cutTo(b.text(p, took), max(20, b.columns-1)))
}

// barLength is how many columns the bar itself takes.
const barLength = 24

func (b *bar) text(p snapshot.Progress, took time.Duration) string {
	share := 0.0
	if p.FoundBytes > 0 {
		share = min(1, float64(p.Bytes)/float64(p.FoundBytes))
	}
	full := int(share * barLength)
	return fmt.Sprintf("%s%s %s  %s of %s, %s/s  %s", strings.Repeat("█", full), strings.Repeat("░", barLength-full),
		count(int(p.Files), "file", "files"), humanBytes(p.Bytes), humanBytes(p.FoundBytes),
		humanBytes(int64(float64(p.Bytes)/took.Seconds())), b.title)
}

// clear takes the bar away.
func (b *bar) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.shown {
		fmt.Fprint(b.w, clearLine)
	}
}
