package kernel

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/tracker"
)

// Execution is a cell execution being recorded: of the session's engine, or of a wrapped kernel that executes cells by itself.
type Execution struct {
	ID      tracker.ID
	session *Session
}

// Begin records that a cell starts. Finish must be called for it.
func (s *Session) Begin(cell wire.Cell) *Execution {
	x := &Execution{ID: tracker.NewID(), session: s}
	x.setCurrent(x.ID)
	s.record(tracker.CellStarted{
		Session: s.ID, Execution: x.ID, Time: s.options.Now(), Count: cell.Count, CellID: cell.CellID,
		Notebook: s.options.Notebook, Source: cell.Source, Silent: cell.Silent, Unseen: s.unseen(cell.Source),
	})
	return x
}

// Partial is an Engine that does not see every file that cells open; which ones it says by their source.
type Partial interface {
	Unseen(source string) bool
}

func (s *Session) unseen(source string) bool {
	engine, ok := s.options.Engine.(Partial)
	return ok && engine.Unseen(source)
}

// setCurrent says that an execution is under way; zero, that this one is not any more.
func (x *Execution) setCurrent(id tracker.ID) {
	x.session.mu.Lock()
	defer x.session.mu.Unlock()
	if !id.IsZero() || x.session.current == x.ID {
		x.session.current = id
	}
}

// Prepare asks whether the cell may run, shows what is to be said before it, and does what its magics say. It returns the cell
// without them, or why it does not run.
func (x *Execution) Prepare(ctx context.Context, cell wire.Cell, front wire.Front) (wire.Cell, *wire.Error) {
	s := x.session
	if refused := s.permit(ctx); refused != nil {
		return cell, refused
	}
	s.notice(ctx, front)
	cell, failed := s.magic(ctx, cell, front)
	if failed == nil && s.options.Environ != nil { // behind the magics, which may change it
		cell.Env = append(cell.Env, s.options.Environ(x.ID)...)
	}
	return cell, failed
}

// Output records a message that the cell published, if it is an output.
func (x *Execution) Output(t wire.Type, content json.RawMessage) {
	if t.IsOutput() {
		x.output(string(t), content)
	}
}

func (x *Execution) output(typ string, content json.RawMessage) {
	x.session.record(tracker.CellOutput{Execution: x.ID, Time: x.session.options.Now(), Type: typ, Content: content})
}

// Answered records what the cell asked, and what was answered, nil for nothing. What may be a secret is not in the record.
func (x *Execution) Answered(asked wire.Input, value *string) {
	a := answered{Input: asked}
	if value != nil && !asked.Password {
		a.Value = value
	}
	if value != nil && (asked.Password || asksForSecret.MatchString(asked.Prompt)) {
		x.session.options.Secret(*value)
	}
	if raw, err := wire.Encode(a); err == nil { // strings and booleans always encode
		x.output(string(wire.InputReply), raw)
	}
}

// Finish records how the cell ended. When it returns, what happened survives the death of this process, unless the
// ledger cannot be written in reasonable time.
func (x *Execution) Finish(o wire.Outcome) {
	x.setCurrent(tracker.ID{})
	e := tracker.CellFinished{
		Execution: x.ID, Time: x.session.options.Now(), Status: statusOf(o.Error),
		Build: o.Facts.Build, Run: o.Facts.Run, UserCPU: o.Facts.UserCPU, SystemCPU: o.Facts.SystemCPU,
		MaxRSS: o.Facts.MaxRSS, Reused: o.Facts.Reused, Declarations: o.Facts.Declarations,
		Backend: o.Facts.Backend, Program: o.Facts.Program, GoMod: o.Facts.GoMod, GoSum: o.Facts.GoSum,
		Seen: seen(o.Facts.Seen), Names: named(o.Facts),
	}
	if o.Error != nil {
		e.ErrorName, e.ErrorValue = o.Error.Name, o.Error.Value
	}
	x.session.record(e)
	x.session.scribe.flush()
}

// seen says in the ledger's words what the engine saw.
func seen(s wire.Seen) tracker.Seen {
	t := tracker.Seen{Opened: slices.Grow([]tracker.Opened(nil), len(s.Opened)), Hosts: s.Hosts, Children: s.Children, Missed: s.Missed}
	for _, o := range s.Opened {
		t.Opened = append(t.Opened, tracker.Opened(o))
	}
	for _, p := range s.Processes {
		t.Processes = append(t.Processes, tracker.Process(p))
	}
	return t
}

// named says in the ledger's words what the cell's code names.
func named(f wire.Facts) tracker.Names {
	n := tracker.Names{Bound: f.Bound, Unchanged: f.Unchanged, Used: f.Used}
	for _, m := range f.Imports {
		n.Imports = append(n.Imports, tracker.Module(m))
	}
	for _, s := range f.Seeds {
		n.Seeds = append(n.Seeds, tracker.Seed(s))
	}
	return n
}

func statusOf(err *wire.Error) tracker.Status {
	switch {
	case err == nil:
		return tracker.OK
	case err.Name == wire.Interrupted:
		return tracker.Interrupt
	}
	return tracker.Failed
}
