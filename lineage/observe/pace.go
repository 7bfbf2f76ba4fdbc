package observe

import (
	"context"
	"io"
	"time"
)

// pace says for how many times as long as the work took to rest after it.
type pace func() float64

// The paces: no cell waits for the machine; a cell runs, and has nine tenths of it; nobody asked for it, and a cell runs.
const (
	atOnce = 0.0
	idly   = 4.0
	beside = 9.0
	hardly = 49.0
)

// piece is how much is read between two rests.
const piece = 1 << 20

// paced reads and rests in turns, so that a running cell has the machine for itself for most of the time.
type paced struct {
	ctx   context.Context
	from  io.Reader
	pace  pace
	begun time.Time
	read  int
	err   error // of reading
}

func (p *paced) Read(b []byte) (int, error) {
	if p.err = p.ctx.Err(); p.err != nil {
		return 0, p.err
	}
	if p.begun.IsZero() {
		p.begun = time.Now()
	}
	n, err := p.from.Read(b[:min(len(b), piece)])
	if err != nil && err != io.EOF {
		p.err = err
	}
	if p.read += n; p.read >= piece {
		rest(p.ctx, p.owed())
		p.read, p.begun = 0, time.Now()
	}
	return n, err
}

// owed is how long to rest for what was done since the last rest.
func (p *paced) owed() time.Duration {
	if p.begun.IsZero() {
		return 0
	}
	return time.Duration(p.pace() * float64(time.Since(p.begun)))
}

// rest waits, at most a second.
func rest(ctx context.Context, d time.Duration) {
	if d <= 0 {
		return
	}
	select {
	case <-ctx.Done():
	case <-time.After(min(d, time.Second)):
	}
}
