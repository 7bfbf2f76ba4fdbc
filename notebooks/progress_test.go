package notebooks

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"
)

// seen is a writer that closes its channel when it is written a text.
type seen struct {
	mu   sync.Mutex
	all  bytes.Buffer
	text string
	ch   chan struct{}
}

func (s *seen) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := strings.Contains(s.all.String(), s.text)
	n, err := s.all.Write(b)
	if !before && strings.Contains(s.all.String(), s.text) {
		close(s.ch)
	}
	return n, err
}

// patient is an Executor whose cell shows some lines and goes on until the test has seen what it waits for.
type patient struct{ until <-chan struct{} }

func (p patient) Tell(Message) {}

func (p patient) Execute(_ context.Context, _ *Cell, show func(Message)) Reply {
	content, _ := json.Marshal(map[string]string{"name": "stderr", "text": "first\n\x1b[32mfetching\x07 it\x1b[0m\n"})
	show(Message{Type: "stream", Content: content})
	select {
	case <-p.until:
	case <-time.After(time.Minute): // a guard: the test then fails on what was written
	}
	return Reply{Count: 1}
}

func TestProgressOfALongCell(t *testing.T) {
	for _, test := range []struct {
		name     string
		terminal bool
		want     string // how the line about the running cell begins
	}{
		{"elsewhere", false, "[1/1] Wait."},
		{"on a terminal", true, "\r\x1b[K[1/1] Wait."},
	} {
		t.Run(test.name, func(t *testing.T) {
			out := &seen{text: "fetching  it", ch: make(chan struct{})}
			p := &Progress{W: out, Every: time.Millisecond, Terminal: test.terminal, Width: 80,
				Name: func(string) string { return "Wait." }}
			r := Runner{Executor: patient{out.ch}, Watcher: p, Now: time.Now}
			if _, err := r.Run(t.Context(), source("wait")); err != nil {
				t.Fatal(err)
			}
			text := out.all.String()
			if !strings.Contains(text, test.want) || !strings.Contains(text, "fetching  it") {
				t.Errorf("progress is %q, want it to hold %q and what the cell showed last", text, test.want)
			}
			if !strings.HasSuffix(strings.TrimSpace(text), "s") || strings.Contains(text, "\x07") {
				t.Errorf("progress is %q, want it to end with the time, without control characters", text)
			}
			for line := range strings.SplitSeq(text, "\r\x1b[K") {
				if test.terminal && len([]rune(stripColours(line))) > 80 {
					t.Errorf("line %q is wider than the terminal", line)
				}
			}
		})
	}
}
