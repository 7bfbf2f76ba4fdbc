package kernel

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/magics"
)

// Commander is an Engine that knows which lines of a cell are commands, as it knows where its strings end.
type Commander interface {
	Commands(source string) []magics.Line
}

// Placed is an Engine that knows in which folder cells run now.
type Placed interface {
	Dir() string
}

// commands finds the lines of a cell that may be magics.
func (s *Session) commands(source string) []magics.Line {
	if s.options.Magics == nil {
		return nil
	}
	if engine, ok := s.options.Engine.(Commander); ok {
		return engine.Commands(source)
	}
	return magics.Lines(source)
}

// magic does what the magics of a cell say, and returns the cell without them. An error ends the cell.
func (s *Session) magic(ctx context.Context, cell wire.Cell, front wire.Front) (wire.Cell, *wire.Error) {
	if s.options.Magics == nil || !magics.Mentioned(cell.Source) {
		return cell, nil
	}
	calls, rest, err := magics.Take(cell.Source, s.commands(cell.Source))
	if err != nil {
		return cell, magicError(ctx, cell, err)
	}
	at := magics.Place{Host: s.options.Magics, Dir: s.dir(), Out: streamWriter{front}, Show: shower(front)}
	for _, call := range calls {
		if err := call.Action(ctx, at); err != nil {
			return cell, magicError(ctx, cell, &magics.LineError{Line: call.Line, Err: fmt.Errorf("%%%s: %w", call.Magic.Name, err)})
		}
	}
	cell.Source = rest
	return cell, nil
}

// dir is the folder that paths in magics are relative to.
func (s *Session) dir() string {
	if engine, ok := s.options.Engine.(Placed); ok {
		return engine.Dir()
	}
	return s.options.Dir
}

// magicError words why a magic did not do what it should, with its line.
func magicError(ctx context.Context, cell wire.Cell, err error) *wire.Error {
	if ctx.Err() != nil {
		return &wire.Error{Name: wire.Interrupted, Value: "interrupted", Traceback: []string{wire.Interrupted + ": the cell was interrupted"}}
	}
	e := &wire.Error{Name: "MagicError", Value: err.Error()}
	var at *magics.LineError
	if !errors.As(err, &at) {
		e.Traceback = []string{e.Value}
		return e
	}
	text := strings.TrimRight(strings.Split(cell.Source, "\n")[at.Line-1], "\r")
	e.Traceback = []string{fmt.Sprintf("\x1b[31mCell[%d]:%d: %s\x1b[0m", cell.Count, at.Line, e.Value), fmt.Sprintf("%5d | %s", at.Line, text)}
	return e
}

// streamWriter is the standard output of a cell.
type streamWriter struct{ front wire.Front }

func (w streamWriter) Write(p []byte) (int, error) {
	w.front.Publish(wire.Stream, wire.StreamContent{Name: "stdout", Text: string(p)})
	return len(p), nil
}

// shower shows what a magic answers, in all its forms.
func shower(front wire.Front) func(magics.Reply) {
	return func(r magics.Reply) {
		front.Publish(wire.DisplayData, wire.Display{Data: map[string]any{"text/plain": r.Text, "text/html": r.HTML}, Metadata: map[string]any{}})
	}
}

// thinking is how long a completion of a magic may wait for the disk.
const thinking = 400 * time.Millisecond

// proposed asks for the completions of a magic's line, which a slow disk may not hold up.
func (s *Session) proposed(ctx context.Context, before string) (start int, list []string) {
	ctx, cancel := context.WithTimeout(ctx, thinking)
	defer cancel()
	type answer struct {
		start int
		list  []string
	}
	done := make(chan answer, 1)
	go func() {
		start, list := magics.Completer{Host: s.options.Magics, Dir: s.dir()}.Complete(ctx, before)
		done <- answer{start, list}
	}()
	select {
	case a := <-done:
		return a.start, a.list
	case <-ctx.Done():
		return 0, nil
	}
}

// CompleteMagic adds magics to what the engine proposes.
func (s *Session) CompleteMagic(ctx context.Context, code string, cursor int, c wire.Completion) wire.Completion {
	before, _, ok := s.commandAt(code, cursor)
	if !ok {
		return c
	}
	begin, names := s.proposed(ctx, before)
	start := cursor - utf8.RuneCountInString(before[min(begin, len(before)):])
	if begin > 0 {
		c.Matches, c.Metadata = nil, map[string]any{} // inside a magic the engine knows nothing
	}
	same := c.CursorStart == start && c.CursorEnd == cursor
	if len(names) == 0 || len(c.Matches) > 0 && !same {
		return c
	}
	c.Matches = append(slices.Clone(c.Matches), names...)
	slices.Sort(c.Matches)
	c.CursorStart, c.CursorEnd = start, cursor
	c.Metadata = typed(c.Metadata, names, start, cursor)
	return c
}

// typesKey is where IPython, and engines like it, tell the kinds of matches; JupyterLab then proposes those that are here and no others.
const typesKey = "_jupyter_types_experimental"

// typed adds names of magics to the kinds of matches, where the engine tells them.
func typed(metadata map[string]any, names []string, start, end int) map[string]any {
	list, told := metadata[typesKey].([]any)
	if !told {
		return metadata
	}
	list = slices.Clone(list)
	for _, name := range names {
		list = append(list, map[string]any{"start": start, "end": end, "text": name, "type": "magic", "signature": ""})
	}
	metadata = maps.Clone(metadata)
	metadata[typesKey] = list
	return metadata
}

// InspectMagic documents the magic of the cursor's line, false where there is none.
func (s *Session) InspectMagic(code string, cursor int) (wire.Inspection, bool) {
	_, line, ok := s.commandAt(code, cursor)
	text := magics.Describe(line)
	if !ok || text == "" {
		return wire.Inspection{}, false
	}
	return wire.Inspection{Found: true, Data: map[string]any{"text/plain": text}}, true
}

// OnCommand reports whether the cursor, which counts code points, stands on a line that is a command.
func (s *Session) OnCommand(code string, cursor int) bool {
	_, _, ok := s.commandAt(code, cursor)
	return ok
}

// commandAt returns the line that the cursor stands on, and its part before the cursor, where the line is a command.
func (s *Session) commandAt(code string, cursor int) (before, line string, ok bool) {
	runes := []rune(code)
	head := string(runes[:min(max(cursor, 0), len(runes))])
	number := strings.Count(head, "\n") + 1
	if whole, is := magics.CellLine(code); is && whole != number {
		return "", "", false // what stands below is the magic's, whatever it looks like
	} else if !is && !slices.ContainsFunc(s.commands(code), func(l magics.Line) bool { return l.Number == number }) {
		return "", "", false
	}
	before = head[strings.LastIndexByte(head, '\n')+1:]
	after, _, _ := strings.Cut(code[len(head):], "\n")
	return before, strings.TrimRight(before+after, "\r"), true
}
