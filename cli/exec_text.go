package cli

import (
	"sync"
	"time"
	"unicode/utf8"
)

const (
	// gatherSize is how much a program says until it is recorded, in bytes.
	gatherSize = 64 << 10
	// gatherTime is how long what it said may wait for that.
	gatherTime = 100 * time.Millisecond
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
}

func newTranscript(tell func(stream, text string)) *transcript {
	return &transcript{tell: tell, rest: map[string][]byte{}}
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
	n := whole(b)
	t.rest[t.stream], t.text = append([]byte(nil), b[n:]...), nil
	if n > 0 {
		t.tell(t.stream, valid(b[:n]))
	}
}

// close tells what is left. Nothing is taken in afterwards.
func (t *transcript) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.flush()
	for _, stream := range []string{"stdout", "stderr"} {
		if b := t.rest[stream]; len(b) > 0 {
			t.tell(stream, valid(b))
		}
	}
	t.over = true
}

// whole returns the length of b without a character that is cut at its end.
func whole(b []byte) int {
	for i := len(b) - 1; i >= 0 && i > len(b)-utf8.UTFMax; i-- {
		if utf8.RuneStart(b[i]) {
			if utf8.FullRune(b[i:]) {
				return len(b)
			}
			return i
		}
	}
	return len(b)
}

// valid returns b as text, with U+FFFD for each byte that is none.
func valid(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	return string([]rune(string(b)))
}
