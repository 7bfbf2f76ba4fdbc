package kernel

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/user"
	"runtime/debug"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/magics"
	"github.com/gemba-ml/gemba/tracker"
)

// SessionOptions set up a Session. Engine is required.
type SessionOptions struct {
	ID         tracker.ID // zero: a new one
	Engine     Engine
	Recorder   Recorder         // nil: nothing is recorded
	Notebook   string           // path of the notebook, empty when unknown
	Dir        string           // folder where cells run at first; empty: the working directory
	Command    string           // "kernel" or "run"
	Gemba      string           // version of this program
	Now        func() time.Time // nil: time.Now
	Log        *slog.Logger     // nil: silence
	Unrecorded func(error)      // told once when cells begin to go unrecorded; nil: logged
	Secret     func(string)     // told what a user typed where a secret was asked for, before a cell gets it; nil: nobody is

	Magics  magics.Host                         // does what gemba's magics in cells ask for; nil: such lines are the engine's
	Permit  func(context.Context) error         // asked before each cell: its error is why the cell does not run; nil: all run
	Notice  func(context.Context) string        // asked before each cell: what the cell shows before anything else; nil: nothing
	Environ func(execution tracker.ID) []string // asked before each cell, behind its magics: variables for what it runs; nil: none
}

// Session is one kernel life: an engine and the record of what it did. It needs no front end, so
// a headless run records what a kernel would.
type Session struct {
	ID      tracker.ID
	options SessionOptions
	scribe  *scribe

	mu      sync.Mutex
	count   int        // of the cells that counted
	current tracker.ID // the execution under way, zero between two; of several, the last that began
}

// OpenSession starts a session and records that it did.
func OpenSession(o SessionOptions) *Session {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Recorder == nil {
		o.Recorder = nobody{}
	}
	if o.Unrecorded == nil {
		o.Unrecorded = func(err error) { o.Log.Warn("cells run, but are not recorded", "why", err) }
	}
	if o.Secret == nil {
		o.Secret = func(string) {}
	}
	if o.ID.IsZero() {
		o.ID = tracker.NewID()
	}
	s := &Session{ID: o.ID, options: o, scribe: &scribe{Recorder: o.Recorder, report: o.Unrecorded}}
	s.record(s.opened())
	return s
}

func (s *Session) opened() tracker.SessionOpened {
	info := s.options.Engine.Info()
	dir := s.options.Dir
	if dir == "" {
		dir, _ = os.Getwd() // unknown when the folder was removed
	}
	host, _ := os.Hostname()
	return tracker.SessionOpened{
		Session: s.ID, Time: s.options.Now(), Engine: info.Language.Name, EngineVersion: info.Language.Version,
		Gemba: s.options.Gemba, Notebook: s.options.Notebook, Dir: dir, Host: host, User: username(),
		PID: os.Getpid(), Command: s.options.Command,
	}
}

// username is who runs this process; in a container without an entry for the user it is what the
// environment says.
func username() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return cmp.Or(os.Getenv("USER"), "unknown")
}

func (s *Session) record(e tracker.Event) { s.options.Recorder.Record(e) }

// Number returns the execution count of a cell about to be executed: the next one, or the last one
// for a cell that does not count.
func (s *Session) Number(cell wire.Cell) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !cell.Silent && !cell.Uncounted {
		s.count++
	}
	return s.count
}

// Execute runs one cell, shows front what comes of it and records it all; a Count of zero is
// replaced by Number. When it returns, what happened survives the death of this process, unless the
// ledger cannot be written in reasonable time. One cell runs at a time.
func (s *Session) Execute(ctx context.Context, cell wire.Cell, front wire.Front) wire.Outcome {
	if cell.Count == 0 {
		cell.Count = s.Number(cell)
	}
	x := s.Begin(cell)
	f := &recorded{front: front, execution: x, silent: cell.Silent, asks: cell.AllowStdin}
	if !cell.Silent {
		front.Publish(wire.ExecuteInput, wire.CellInput{Code: cell.Source, Count: cell.Count})
	}
	outcome := s.run(ctx, x, cell, f)
	f.finish(outcome)
	x.Finish(outcome)
	return outcome
}

// run does what the cell's magics say and then calls the engine. It turns a bug in either into a failed cell.
func (s *Session) run(ctx context.Context, x *Execution, cell wire.Cell, front wire.Front) (outcome wire.Outcome) {
	defer func() {
		if bug := recover(); bug != nil {
			s.options.Log.Error("the engine panicked", "panic", bug, "stack", string(debug.Stack()))
			outcome.Error = internal(bug)
		}
	}()
	cell, failed := x.Prepare(ctx, cell, front)
	if failed != nil {
		return wire.Outcome{Error: failed}
	}
	return s.options.Engine.Execute(ctx, cell, front)
}

// permit asks whether a cell may run.
func (s *Session) permit(ctx context.Context) *wire.Error {
	if s.options.Permit == nil {
		return nil
	}
	if err := s.options.Permit(ctx); err != nil {
		return &wire.Error{Name: "Refused", Value: err.Error(), Traceback: []string{"Refused: " + err.Error()}}
	}
	return nil
}

// notice shows what is to be said before a cell.
func (s *Session) notice(ctx context.Context, front wire.Front) {
	if s.options.Notice == nil {
		return
	}
	if text := s.options.Notice(ctx); text != "" {
		front.Publish(wire.Stream, wire.StreamContent{Name: "stderr", Text: text + "\n"})
	}
}

// internal is the error of a request that met a bug of ours.
func internal(bug any) *wire.Error {
	value := fmt.Sprintf("%v; this is a bug in gemba: the kernel goes on, its log has the stack", bug)
	return &wire.Error{Name: "InternalError", Value: value, Traceback: []string{"InternalError: " + value}}
}

// Current returns the execution under way, zero between two.
func (s *Session) Current() tracker.ID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.current
}

// Abort records a cell that never ran, because one before it in the queue failed.
func (s *Session) Abort(cell wire.Cell) {
	execution, now := tracker.NewID(), s.options.Now()
	s.record(tracker.CellStarted{Session: s.ID, Execution: execution, Time: now, CellID: cell.CellID,
		Notebook: s.options.Notebook, Source: cell.Source, Silent: cell.Silent})
	s.record(tracker.CellFinished{Execution: execution, Time: now, Status: tracker.Aborted})
}

// Interrupted records who stopped the running cell; cancelling its context is the caller's part.
func (s *Session) Interrupted(by string) {
	s.record(tracker.Interrupted{Session: s.ID, Execution: s.Current(), Time: s.options.Now(), By: by})
}

// Comm hands what the front end's half of a comm says to the engine.
func (s *Session) Comm(t wire.Type, comm wire.Comm, front wire.Front) {
	s.options.Engine.Comm(t, comm, front)
}

// Gap records what is missing in the record of an execution, for people.
func (s *Session) Gap(execution tracker.ID, why string) {
	s.record(tracker.Gap{Session: s.ID, Execution: execution, Time: s.options.Now(), Reason: why})
}

// Close ends the engine and records why the session ended, e.g. "shutdown", "restart", "SIGTERM".
// Closing the recorder is its owner's part.
func (s *Session) Close(reason string) error {
	err := s.options.Engine.Close()
	s.record(tracker.SessionClosed{Session: s.ID, Time: s.options.Now(), Reason: reason})
	s.scribe.flush()
	if err != nil {
		return fmt.Errorf("close engine: %w", err)
	}
	return nil
}
