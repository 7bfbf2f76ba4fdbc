package cli

import (
	"sync"
	"time"

	"github.com/gemba-ml/gemba/kernel/golang/process"
)

const (
	// gatherSize is how much a program says until it is recorded, in bytes.
	gatherSize = 64 << 10
	// gatherTime is how long what it said may wait for that.
	gatherTime = 100 * time.Millisecond
	// backlog is how much may wait to be recorded, in bytes: what comes faster is lost, since nothing that a program says is held up.
	backlog = 64 << 20
	// overPiece is what a piece of it takes beside its text, in bytes.
	overPiece = 128
)

// transcript is what a program says on its way into the record: prints that follow each other are put together, so that each
// need not be an entry. It may be used from several goroutines.
type transcript struct {
	tell func(stream, text string)

	mu     sync.Mutex
	stream string            // that text is of
	text   []byte            // not told yet
	rest   map[string][]byte // by stream: a character that was cut
	timer  *time.Timer
	over   bool

	pieces  []piece // to be told
	waiting int     // bytes of them
	lost    int     // bytes that were too many
	changed *sync.Cond
	done    chan struct{} // closed when all are told
}

// piece is what was said on one stream, without a break.
type piece struct {
	stream string
	text   []byte
}

func newTranscript(tell func(stream, text string)) *transcript {
	t := &transcript{tell: tell, rest: map[string][]byte{}, done: make(chan struct{})}
	t.changed = sync.NewCond(&t.mu)
	go t.work()
	return t
}

// work tells the pieces.
func (t *transcript) work() {
	defer close(t.done)
	for {
		t.mu.Lock()
		for len(t.pieces) == 0 && !t.over {
			t.changed.Wait()
		}
		list := t.pieces
		t.pieces = nil
		t.mu.Unlock()
		if list == nil {
			return
		}
		for _, p := range list {
			t.tell(p.stream, process.Valid(p.text))
			t.mu.Lock()
			t.waiting -= len(p.text) + overPiece
			t.mu.Unlock()
		}
	}
}

// put has a piece told, unless too many wait. The lock is held.
func (t *transcript) put(stream string, text []byte) {
	if t.waiting > backlog {
		t.lost += len(text)
		return
	}
	t.pieces = append(t.pieces, piece{stream, text})
	t.waiting += len(text) + overPiece
	t.changed.Signal()
}

// add takes in what was said on a stream. It does not keep b.
func (t *transcript) add(stream string, b []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.over {
		return
	}
	if t.stream != stream {
		t.flush()
		t.stream = stream
	}
	if t.text == nil {
		t.timer = time.AfterFunc(gatherTime, t.due)
	}
	if t.text = append(t.text, b...); len(t.text) >= gatherSize {
		t.flush()
	}
}

func (t *transcript) due() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.flush()
}

// flush tells what was gatherSize, but for a character that is cut at its end. The lock is held.
func (t *transcript) flush() {
	if t.text == nil {
		return
	}
	t.timer.Stop()
	b := append(t.rest[t.stream], t.text...)
	n := process.Complete(b)
	t.rest[t.stream], t.text = append([]byte(nil), b[n:]...), nil
	if n > 0 {
		t.put(t.stream, b[:n])
	}
}

// close returns when all is told, and how many bytes were too many. Nothing is taken in afterwards.
func (t *transcript) close() (lost int) {
	t.mu.Lock()
	t.flush()
	for _, stream := range []string{"stdout", "stderr"} {
		if b := t.rest[stream]; len(b) > 0 {
			t.put(stream, b)
		}
	}
	t.over = true
	t.changed.Signal()
	t.mu.Unlock()
	<-t.done
	return t.lost
}
