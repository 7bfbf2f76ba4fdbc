package golang

import (
	"fmt"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// progress shows what a long build is doing, in one line of the cell's output that is rewritten in place.
// A build that takes less than a second shows nothing.
type progress struct {
	show  func(t wire.Type, content any)
	id    string // display_id of the line
	start time.Time

	mu      sync.Mutex
	started bool
}

func (x *execution) progress() *progress {
	return &progress{show: x.publish, id: fmt.Sprintf("gemba-build-%s-%d", x.cell.CellID, x.cell.Count), start: time.Now()}
}

// line shows what is done now.
func (p *progress) line(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.start) < time.Second {
		return
	}
	t := wire.UpdateDisplayData
	if !p.started {
		t, p.started = wire.DisplayData, true
	}
	p.show(t, wire.Display{
		Data: map[string]any{"text/plain": text}, Metadata: map[string]any{}, Transient: map[string]any{"display_id": p.id},
	})
}

// done leaves behind how long it took, if anything was shown at all.
func (p *progress) done(err error) {
	if !p.started {
		return
	}
	took := time.Since(p.start).Round(100 * time.Millisecond)
	if err != nil {
		p.line(fmt.Sprintf("the build failed after %s", took))
		return
	}
	p.line(fmt.Sprintf("modules fetched and compiled in %s; the next cells need not wait for them", took))
}
