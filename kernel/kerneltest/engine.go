package kerneltest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// Engine is an engine for tests. Each line of a cell is a verb and its argument, see verbs. It
// remembers comms and what was asked of it.
type Engine struct {
	Slow chan struct{} // completion and inspection of "slow" wait until it is closed

	mu     sync.Mutex
	comms  map[string]string
	closed bool
}

// NewEngine returns an Engine.
func NewEngine() *Engine { return &Engine{Slow: make(chan struct{}), comms: map[string]string{}} }

// job is one cell at work.
type job struct {
	ctx     context.Context
	cell    wire.Cell
	front   wire.Front
	outcome *wire.Outcome
}

// verbs are the language of the cells.
var verbs = map[string]func(j job, arg string){
	"print":    func(j job, arg string) { j.stream("stdout", arg+"\n") },
	"warn":     func(j job, arg string) { j.stream("stderr", arg+"\n") },
	"result":   func(j job, arg string) { j.show(wire.ExecuteResult, "text/plain", arg, j.cell.Count) },
	"html":     func(j job, arg string) { j.show(wire.DisplayData, "text/html", arg, 0) },
	"clear":    func(j job, _ string) { j.front.Publish(wire.ClearOutput, map[string]bool{"wait": false}) },
	"sleep":    job.sleep, // a duration; an interrupt ends it
	"until":    job.until, // a file is there; an interrupt ends it
	"stuck":    func(_ job, arg string) { time.Sleep(duration(arg)) },
	"block":    func(j job, _ string) { <-j.ctx.Done() },
	"ask":      func(j job, arg string) { j.ask(arg, false) },
	"password": func(j job, arg string) { j.ask(arg, true) },
	"flood":    job.flood, // a number of bytes
	"fail":     func(j job, arg string) { j.outcome.Error = failure(arg) },
	"error":    job.publishedError, // fails and says so itself
	"panic":    func(_ job, arg string) { panic(arg) },
	"page":     job.page,
	"comm":     func(j job, arg string) { j.front.Publish(wire.CommOpen, wire.Comm{ID: "c1", TargetName: arg}) },
	"buffers": func(j job, arg string) {
		j.front.Publish(wire.CommMsg, wire.Comm{ID: "c1"}, []byte(arg), []byte{0, 255})
	},
	"unsound": func(j job, _ string) { j.front.Publish(wire.DisplayData, func() {}) },
	"late":    func(j job, arg string) { context.AfterFunc(j.ctx, func() { j.stream("stdout", arg) }) },
}

// Execute does what the lines of the cell say, until one fails or the context ends.
func (e *Engine) Execute(ctx context.Context, cell wire.Cell, front wire.Front) wire.Outcome {
	o := wire.Outcome{UserExpressions: map[string]any{}, Facts: wire.Facts{Run: time.Millisecond, Declarations: []string{"x"}}}
	for name, expression := range cell.UserExpressions {
		o.UserExpressions[name] = map[string]any{"status": "ok", "data": map[string]string{"text/plain": expression}, "metadata": map[string]any{}}
	}
	for line := range strings.Lines(cell.Source) {
		name, arg, _ := strings.Cut(strings.TrimSpace(line), " ")
		if verb := verbs[name]; verb != nil {
			verb(job{ctx, cell, front, &o}, arg)
		} else if name != "" {
			o.Error = failure("NameError " + name)
		}
		if ctx.Err() != nil {
			o.Error = failure(wire.Interrupted)
		}
		if o.Error != nil {
			break
		}
	}
	return o
}

func (j job) stream(name, text string) {
	j.front.Publish(wire.Stream, wire.StreamContent{Name: name, Text: text})
}

func (j job) show(t wire.Type, mime, text string, count int) {
	j.front.Publish(t, wire.Display{Data: map[string]any{mime: text}, Metadata: map[string]any{}, ExecutionCount: count})
}

func (j job) sleep(arg string) {
	select {
	case <-j.ctx.Done():
	case <-time.After(duration(arg)):
	}
}

func (j job) until(path string) {
	for j.ctx.Err() == nil {
		if _, err := os.Stat(path); err == nil {
			return
		}
		j.sleep("1ms")
	}
}

func (j job) ask(prompt string, password bool) {
	value, err := j.front.Input(j.ctx, prompt, password)
	switch {
	case errors.Is(err, wire.ErrNoStdin):
		j.outcome.Error = failure("StdinNotImplementedError " + err.Error())
	case err == nil:
		j.stream("stdout", "got "+value+"\n")
	}
}

// floodLine is what flood prints, with its number in front.
const floodLine = "0123456789012345678901234567890123456789012345678901234567890\n"

func (j job) flood(arg string) {
	total, _ := strconv.Atoi(arg) // a bad number floods nothing
	chunk := strings.Repeat(floodLine, 512)
	for sent := 0; sent < total && j.ctx.Err() == nil; sent += len(chunk) {
		j.stream("stdout", chunk[:min(len(chunk), total-sent)])
	}
}

func (j job) publishedError(arg string) {
	j.outcome.Error = failure(arg)
	j.front.Publish(wire.ErrorType, j.outcome.Error)
}

func (j job) page(arg string) {
	j.outcome.Payload = append(j.outcome.Payload, map[string]any{"source": "page", "start": 0,
		"data": map[string]string{"text/plain": arg}})
}

func failure(arg string) *wire.Error {
	name, value, _ := strings.Cut(arg, " ")
	return &wire.Error{Name: name, Value: value, Traceback: []string{arg}}
}

func duration(arg string) time.Duration {
	d, _ := time.ParseDuration(arg) // a bad duration is no time at all
	return d
}

// Info names the engine.
func (e *Engine) Info() wire.Info {
	return wire.Info{Implementation: "kerneltest", ImplementationVersion: "1.0", Banner: "A kernel for tests",
		HelpLinks: []wire.HelpLink{},
		Language:  wire.LanguageInfo{Name: "verbs", Version: "1.0", MIMEType: "text/plain", FileExtension: ".verbs"}}
}

// Complete proposes the verbs that begin with the word before the cursor.
func (e *Engine) Complete(ctx context.Context, code string, cursor int) wire.Completion {
	e.slow(ctx, code)
	before := string([]rune(code)[:cursor])
	word := before[strings.LastIndexAny(before, " \n")+1:]
	c := wire.Completion{CursorStart: cursor - len([]rune(word)), CursorEnd: cursor}
	for verb := range maps.Keys(verbs) {
		if strings.HasPrefix(verb, word) {
			c.Matches = append(c.Matches, verb)
		}
	}
	return c
}

func (e *Engine) slow(ctx context.Context, code string) {
	if code == "slow" {
		select {
		case <-e.Slow:
		case <-ctx.Done():
		}
	}
	if code == "panic" {
		panic("the editor asked for it")
	}
}

// Inspect finds verbs.
func (e *Engine) Inspect(ctx context.Context, code string, cursor, detail int) wire.Inspection {
	e.slow(ctx, code)
	if verbs[code] == nil {
		return wire.Inspection{}
	}
	return wire.Inspection{Found: true, Data: map[string]any{"text/plain": fmt.Sprintf("%s at %d, detail %d", code, cursor, detail)}}
}

// IsComplete finds a cell complete unless it ends with a backslash, and invalid when it is "?".
func (e *Engine) IsComplete(code string) wire.Completeness {
	switch {
	case code == "?":
		return wire.Completeness{Status: "invalid"}
	case strings.HasSuffix(code, `\`):
		return wire.Completeness{Status: "incomplete", Indent: "  "}
	}
	return wire.Completeness{Status: "complete"}
}

// Comm keeps the list of open comms and echoes messages. It refuses the target "unknown".
func (e *Engine) Comm(t wire.Type, comm wire.Comm, front wire.Front) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case t == wire.CommOpen && comm.TargetName == "unknown":
		front.Publish(wire.CommClose, wire.Comm{ID: comm.ID})
	case t == wire.CommOpen:
		e.comms[comm.ID] = comm.TargetName
	case t == wire.CommMsg:
		front.Publish(wire.CommMsg, comm, comm.Buffers...)
	case t == wire.CommClose:
		delete(e.comms, comm.ID)
	}
}

// Comms lists the open comms.
func (e *Engine) Comms(target string) map[string]string {
	e.mu.Lock()
	defer e.mu.Unlock()
	open := map[string]string{}
	for id, t := range e.comms {
		if target == "" || t == target {
			open[id] = t
		}
	}
	return open
}

// Close remembers that it was called; a second call fails.
func (e *Engine) Close() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return errors.New("closed twice")
	}
	e.closed = true
	return nil
}

// Closed reports whether Close was called.
func (e *Engine) Closed() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.closed
}
