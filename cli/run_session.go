package cli

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/kernel/golang"
	"github.com/gemba-ml/gemba/kernel/golang/build"
	"github.com/gemba-ml/gemba/kernel/proxy"
	"github.com/gemba-ml/gemba/kernel/proxy/kernelspec"
	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/notebooks"
	"github.com/gemba-ml/gemba/tracker"
)

// headless executes a notebook's cells in a session of an engine and records them: it is the
// notebooks.Executor of `gemba run`.
type headless struct {
	*cellSession
}

// openRun starts an engine in the folder of the notebook and a record in its ledger: the kernel of a kernelspec, or of none the
// Go engine.
func (a *app) openRun(ctx context.Context, path string, spec kernelspec.Spec) (*headless, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("find notebook: %w", err)
	}
	h := &headless{cellSession: a.newCellSession(tracker.NewID(), filepath.Dir(path), path, "run")}
	engine, err := h.engine(ctx, spec)
	if err != nil {
		return nil, err
	}
	h.open(engine)
	h.lock.await(runPatience)
	return h, nil
}

// engine starts what executes the cells, and their record.
func (h *headless) engine(ctx context.Context, spec kernelspec.Spec) (kernel.Engine, error) {
	if spec.Dir != "" {
		h.record(time.Minute)
		link, err := h.wrap(ctx, spec.Dir, wire.Connection{Key: rand.Text()})
		if err != nil {
			return nil, errors.Join(err, h.finish())
		}
		return proxy.Headless(link), nil
	}
	engine, err := golang.New(h.lock.start(golang.Options{Meter: h.meter, Dir: h.dir, Version: buildVersion().Version, Log: h.logger(), Provide: []build.Provided{trackModule()}}))
	if err != nil {
		return nil, err
	}
	h.record(time.Minute)
	return engine, nil
}

// runPatience is how long the first cell of a run waits for what is to be said about its environment, so that it is said
// before the run's own lines.
const runPatience = 250 * time.Millisecond

// Execute runs a cell of a notebook in the session.
func (h *headless) Execute(ctx context.Context, c *notebooks.Cell, show func(notebooks.Message)) notebooks.Reply {
	cell := wire.Cell{Source: c.Source, CellID: c.ID}
	cell.Count = h.session.Number(cell)
	told := context.AfterFunc(ctx, func() { h.session.Interrupted(stoppedBy(context.Cause(ctx))) })
	defer told()
	outcome := h.session.Execute(ctx, cell, shower(show))
	reply := notebooks.Reply{Count: cell.Count}
	if e := outcome.Error; e != nil {
		reply.Error = &notebooks.Error{Name: e.Name, Value: e.Value, Traceback: e.Traceback}
	}
	return reply
}

// Tell sends the kernel what a widget says.
func (h *headless) Tell(m notebooks.Message) {
	comm := wire.Comm{Buffers: m.Buffers}
	if json.Unmarshal(m.Content, &comm) == nil {
		h.session.Comm(wire.Type(m.Type), comm, shower(func(notebooks.Message) {}))
	}
}

// stoppedBy names in the record what ended a cell.
func stoppedBy(cause error) string {
	var s stopped
	switch {
	case errors.As(cause, &s):
		return s.name()
	case errors.Is(cause, notebooks.ErrCellTimedOut):
		return "timeout"
	}
	return "run"
}

// close ends session and record, and returns the ledger, or nothing when not all of the run is in it.
// A record that cannot be written is told of and fails nothing: the notebook has run.
func (h *headless) close(a *app, runErr error) (ledger string, err error) {
	reason := "done"
	if s := (stopped{}); errors.As(runErr, &s) {
		reason = s.name()
	}
	err = h.session.Close(reason)
	if recordErr := h.finish(); recordErr != nil {
		a.warn("this run is not, or not wholly, recorded: %v", recordErr)
		return "", err
	}
	return h.ledger, err
}

// shower is the Front of a cell without a front end: it shows messages and can ask nobody.
type shower func(notebooks.Message)

// Publish shows a message; its content is JSON already when a session passes it on.
func (s shower) Publish(t wire.Type, content any, buffers ...[]byte) {
	raw, ok := content.(json.RawMessage)
	if !ok {
		var err error
		if raw, err = wire.Encode(content); err != nil {
			return
		}
	}
	s(notebooks.Message{Type: string(t), Content: raw, Buffers: buffers})
}

// Input fails: there is nobody to ask.
func (s shower) Input(context.Context, string, bool) (string, error) { return "", wire.ErrNoStdin }
