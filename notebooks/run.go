package notebooks

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// An Executor runs code cells, one at a time, in one session.
type Executor interface {
	// Execute runs the source of a code cell and hands everything it shows to show, in order and from
	// one goroutine at a time, before it returns. When ctx ends it stops the cell and returns.
	Execute(ctx context.Context, cell *Cell, show func(Message)) Reply
	// Tell sends the kernel a comm message, such as a front end's widget does. It does not wait for what comes of it.
	Tell(Message)
}

// Reply is how an Executor's work on a cell ended.
type Reply struct {
	Count int    // In [Count]
	Error *Error // nil when the cell succeeded
}

// Error is a cell's own error, as an error output carries it.
type Error struct {
	Name, Value string
	Traceback   []string
}

// Status is how a code cell of a run ended.
type Status string

// The statuses of a code cell.
const (
	OK          Status = "ok"
	Failed      Status = "failed"
	TimedOut    Status = "timed out"
	Interrupted Status = "interrupted"
)

// Step is one code cell of a run.
type Step struct {
	Index, Total int // 1 to Total, counting the code cells that are executed
	Cell         *Cell
	Status       Status // empty while it runs
	Took         time.Duration
	Error        *Error // nil unless Status is Failed or TimedOut or Interrupted and the engine said more
}

// A Watcher is told how a run goes on.
type Watcher interface {
	Started(Step)
	Shown(Step, Message)
	Finished(Step)
}

// Summary counts the code cells of a run.
type Summary struct {
	Total, Done, Failed int
	Took                time.Duration
}

// Runner executes a notebook without a front end.
type Runner struct {
	Executor    Executor
	Watcher     Watcher
	Now         func() time.Time
	Timeout     time.Duration // for each cell; 0 sets none
	AllowErrors bool          // go on behind a cell that fails
}

// What ends a run before its last cell; Run's error wraps one of them, or the cause of its context.
var (
	ErrCellFailed   = errors.New("cell failed")
	ErrCellTimedOut = errors.New("cell timed out")
)

// raisesException is the tag of a cell that is meant to fail, as nbclient knows it.
const raisesException = "raises-exception"

// Run executes the code cells of n in order and puts their results into n, also when it stops early:
// then the cells that did not run have no outputs. Blank cells are left out, as nbclient leaves them
// out. It stops at the first cell that fails, unless AllowErrors is set or the cell is tagged raises-exception.
func (r *Runner) Run(ctx context.Context, n *Notebook) (Summary, error) {
	steps, err := prepare(n)
	if err != nil {
		return Summary{}, err
	}
	begin := r.Now()
	outputs, sum := NewOutputs(r.Executor.Tell), Summary{Total: len(steps)}
	for _, step := range steps {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
			break
		}
		if err = r.step(ctx, &step, outputs); step.Status != OK {
			sum.Failed++
		}
		sum.Done++
		if err != nil {
			break
		}
	}
	sum.Took = r.Now().Sub(begin)
	return sum, errors.Join(err, n.setWidgets(outputs.widgets.metadata()))
}

// prepare empties all code cells, so that no output is left from another run, and lists those to run.
func prepare(n *Notebook) (steps []Step, err error) {
	for i, c := range n.Cells {
		if c.Type != Code {
			continue
		}
		if err := c.SetResult(0, nil); err != nil {
			return nil, fmt.Errorf("clear cell %d: %w", i+1, err)
		}
		if strings.TrimSpace(c.Source) != "" {
			steps = append(steps, Step{Index: len(steps) + 1, Cell: c})
		}
	}
	for i := range steps {
		steps[i].Total = len(steps)
	}
	return steps, nil
}

// step executes one cell. The error says that the run must stop.
func (r *Runner) step(ctx context.Context, s *Step, outputs *Outputs) error {
	r.Watcher.Started(*s)
	begin := r.Now()
	changed := map[*Cell]bool{}
	reply, status := r.execute(ctx, s.Cell, func(m Message) {
		for _, c := range outputs.Add(s.Cell, m) {
			changed[c] = true
		}
		r.Watcher.Shown(*s, m)
	})
	s.Took, s.Status, s.Error = r.Now().Sub(begin), status, reply.Error
	if reply.Error != nil && len(reply.Error.Traceback) > 0 && !outputs.Failed(s.Cell) { // ipykernel prints some, and leaves nothing to show
		outputs.Add(s.Cell, reply.Error.message())
	}
	outputs.EndCell()
	delete(changed, s.Cell)
	for c := range changed { // an earlier cell, whose display was updated
		if err := c.setOutputs(outputs.Of(c)); err != nil {
			return err
		}
	}
	r.Watcher.Finished(*s)
	if err := s.Cell.SetResult(reply.Count, outputs.Of(s.Cell)); err != nil {
		return err
	}
	return r.verdict(ctx, s)
}

// execute runs a cell under the timeout and tells apart why it did not succeed.
func (r *Runner) execute(ctx context.Context, c *Cell, show func(Message)) (Reply, Status) {
	limited, cancel := ctx, context.CancelFunc(func() {})
	if r.Timeout > 0 {
		limited, cancel = context.WithTimeoutCause(ctx, r.Timeout, ErrCellTimedOut)
	}
	defer cancel()
	reply := r.Executor.Execute(limited, c, show)
	switch {
	case reply.Error == nil:
		return reply, OK
	case ctx.Err() != nil:
		return reply, Interrupted
	case limited.Err() != nil:
		return reply, TimedOut
	}
	return reply, Failed
}

// verdict says whether the run ends with this step.
func (r *Runner) verdict(ctx context.Context, s *Step) error {
	switch {
	case s.Status == OK:
		return nil
	case s.Status == Interrupted:
		return context.Cause(ctx)
	case r.AllowErrors || s.Status == Failed && s.Cell.Tagged(raisesException):
		return nil
	case s.Status == TimedOut:
		return fmt.Errorf("%w: cell %d of %d ran longer than %v and was stopped; allow more with --timeout", ErrCellTimedOut, s.Index, s.Total, r.Timeout)
	}
	return fmt.Errorf("%w: cell %d of %d: %s: %s", ErrCellFailed, s.Index, s.Total, s.Error.Name, firstLine(s.Error.Value))
}

// message is the error output that a front end would have been sent.
func (e *Error) message() Message {
	traceback := []any{}
	for _, line := range e.Traceback {
		traceback = append(traceback, line)
	}
	fields := map[string]any{"ename": e.Name, "evalue": e.Value, "traceback": traceback}
	return Message{Type: "error", Content: appendValue(nil, fields)}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}
