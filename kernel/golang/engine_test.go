package golang

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// A page is a front end that keeps what it is shown, as a person would read it from top to bottom.
type page struct {
	mu      sync.Mutex
	shown   []shown
	answers []string // to input requests, in order
	asked   []string // prompts
}

type shown struct {
	Type wire.Type
	Text string // of a stream "stdout: …", of a display "text/html: …"
}

func (p *page) Publish(t wire.Type, content any, _ ...[]byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch c := content.(type) {
	case wire.StreamContent:
		p.stream(c)
	case wire.Display:
		if id, _ := c.Transient["display_id"].(string); strings.HasPrefix(id, "gemba-build-") {
			return // of a build that is slow on this machine
		}
		for mime, data := range c.Data {
			p.shown = append(p.shown, shown{t, fmt.Sprintf("%s: %v", mime, data)})
		}
	default:
		text, _ := json.Marshal(content)
		p.shown = append(p.shown, shown{t, string(text)})
	}
}

// stream appends to the last output when it is of the same stream, as front ends do.
func (p *page) stream(c wire.StreamContent) {
	if n := len(p.shown); n > 0 && p.shown[n-1].Type == wire.Stream && strings.HasPrefix(p.shown[n-1].Text, c.Name+": ") {
		p.shown[n-1].Text += c.Text
		return
	}
	p.shown = append(p.shown, shown{wire.Stream, c.Name + ": " + c.Text})
}

func (p *page) Input(ctx context.Context, prompt string, _ bool) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked = append(p.asked, prompt)
	if len(p.answers) == 0 {
		return "", wire.ErrNoStdin
	}
	answer := p.answers[0]
	p.answers = p.answers[1:]
	return answer, nil
}

// text is all that was shown, an output a paragraph.
func (p *page) text() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var b strings.Builder
	for _, s := range p.shown {
		b.WriteString(s.Text)
	}
	return b.String()
}

// A notebook runs cells in an engine of its own.
type notebook struct {
	*testing.T
	engine *Engine
	count  int
}

func newNotebook(t *testing.T) *notebook {
	t.Helper()
	engine, err := New(Options{Dir: t.TempDir(), Version: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := engine.Close(); err != nil {
			t.Error(err)
		}
	})
	return &notebook{T: t, engine: engine}
}

// guard bounds a cell, so that a hanging test ends; it decides nothing.
const guard = 3 * time.Minute

// run executes a cell and returns what the page showed and the outcome.
func (n *notebook) run(source string, answers ...string) (*page, wire.Outcome) {
	n.Helper()
	return n.runCell(wire.Cell{Source: source, AllowStdin: true}, answers...)
}

func (n *notebook) runCell(cell wire.Cell, answers ...string) (*page, wire.Outcome) {
	n.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), guard)
	defer cancel()
	n.count++
	cell.Count = n.count
	front := &page{answers: answers}
	outcome := n.engine.Execute(ctx, cell, front)
	if ctx.Err() != nil {
		n.Fatalf("cell %d did not end within %s:\n%s", n.count, guard, cell.Source)
	}
	return front, outcome
}

// prints runs a cell that has to succeed and to show want.
func (n *notebook) prints(source, want string) {
	n.Helper()
	front, outcome := n.run(source)
	if outcome.Error != nil {
		n.Fatalf("cell %d failed: %s\n%s", n.count, outcome.Error.Value, strings.Join(outcome.Error.Traceback, "\n"))
	}
	if got := front.text(); got != want {
		n.Errorf("cell %d showed\n%s\nwant\n%s", n.count, got, want)
	}
}

// fails runs a cell that has to fail with an error of this name whose traceback holds want.
func (n *notebook) fails(source, name, want string) wire.Outcome {
	n.Helper()
	_, outcome := n.run(source)
	if outcome.Error == nil {
		n.Fatalf("cell %d succeeded, want %s", n.count, name)
	}
	if got := strings.Join(outcome.Error.Traceback, "\n"); outcome.Error.Name != name || !strings.Contains(got, want) {
		n.Errorf("cell %d failed with %s:\n%s\nwant %s with\n%s", n.count, outcome.Error.Name, got, name, want)
	}
	return outcome
}
