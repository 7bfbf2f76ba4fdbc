package cli

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel/golang"
	"github.com/gemba-ml/gemba/kernel/kerneltest"
	"github.com/gemba-ml/gemba/lineage/environ"
	"github.com/gemba-ml/gemba/lineage/settings"
	"github.com/gemba-ml/gemba/tracker"
)

// locked is a session of a notebook that is locked to Go 1.25, on a machine with another Go.
type locked struct {
	*pinned
	recorder *kerneltest.Recorder
	warnings *bytes.Buffer
	session  tracker.ID
	looked   chan struct{} // closed when the machine may be looked at
}

func lockedSession(t *testing.T, strict bool) *locked {
	t.Helper()
	notebook := filepath.Join(t.TempDir(), "a.ipynb")
	l := environ.NewLock(notebook, environ.Environment{{Name: "go.version", Value: "go1.25.0"}}, tracker.ID{}, "module x\n\nrequire a.com/x v1.0.0\n", "")
	if err := l.Write(environ.LockPath(notebook)); err != nil {
		t.Fatal(err)
	}
	s := &locked{recorder: &kerneltest.Recorder{}, warnings: &bytes.Buffer{}, session: tracker.NewID(), looked: make(chan struct{})}
	a := &app{stderr: s.warnings, now: time.Now}
	s.pinned = a.pin(notebook, settings.Settings{Strict: strict}, func() (environ.Environment, error) {
		<-s.looked
		return environ.Environment{{Name: "go.version", Value: "go1.26.8"}}, nil
	})
	s.watch(s.recorder).Record(tracker.SessionOpened{Session: s.session})
	return s
}

// gaps are what the ledger is told, and when: events are counted from 0.
func (s *locked) gaps() (reasons []string) {
	for _, e := range s.recorder.Events() {
		if g, ok := e.(tracker.Gap); ok {
			reasons = append(reasons, g.Reason)
		}
	}
	return reasons
}

const otherGo = "this environment is not the one that a.gemba.lock pins: go.version is go1.26.8, and was go1.25.0"

// TestLockedCellsDoNotWait: cells run before it is known that the environment is another one; it is told before the session ends.
func TestLockedCellsDoNotWait(t *testing.T) {
	s := lockedSession(t, false)
	if err := s.ask()(t.Context()); err != nil {
		t.Error(err)
	}
	if len(s.gaps()) > 0 {
		t.Error(s.gaps())
	}
	close(s.looked)
	s.Record(tracker.SessionClosed{Session: s.session})
	events := s.recorder.Events()
	if _, last := events[len(events)-1].(tracker.SessionClosed); !last {
		t.Errorf("behind the end of the session: %v", events)
	}
	if diff := cmp.Diff([]string{otherGo}, s.gaps()); diff != "" {
		t.Error(diff)
	}
	if want := "gemba: warning: " + otherGo + "\n"; s.warnings.String() != want {
		t.Errorf("warned %q, want %q", s.warnings, want)
	}
	if o := s.start(golang.Options{}); !strings.Contains(o.GoMod, "a.com/x v1.0.0") || o.NoGet {
		t.Errorf("the engine starts with %+v", o)
	}
}

// TestStrictCellsWait: the first cell waits until it is known, or until it is interrupted, and none runs.
func TestStrictCellsWait(t *testing.T) {
	s := lockedSession(t, true)
	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.ask()(interrupted); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
	close(s.looked)
	for range 2 {
		if err := s.ask()(t.Context()); err == nil || !strings.HasPrefix(err.Error(), otherGo+"; gemba.json is strict, so no cell runs") {
			t.Errorf("a cell may run: %v", err)
		}
	}
	if o := s.start(golang.Options{}); !o.NoGet {
		t.Error("a strict session fetches modules")
	}
	if diff := cmp.Diff([]string{otherGo}, s.gaps()); diff != "" {
		t.Error(diff)
	}
}

// TestModulesThatDrift: a cell built with other modules is told of, once for each go.mod.
func TestModulesThatDrift(t *testing.T) {
	s := lockedSession(t, false)
	close(s.looked)
	s.await(kerneltest.Guard)
	cell := tracker.NewID()
	for _, mod := range []string{"", "module y\n\nrequire a.com/x v1.0.0\n", "module y\n\nrequire a.com/x v1.1.0\n", "module y\n\nrequire a.com/x v1.1.0\n", "broken here\n"} {
		s.Record(tracker.CellFinished{Execution: cell, GoMod: mod})
	}
	got := s.gaps()
	if len(got) != 3 || !strings.HasSuffix(got[1], "pins: module.a.com/x is v1.1.0, and was v1.0.0") || !strings.Contains(got[2], "read modules") {
		t.Errorf("told: %q", got)
	}
}

// TestNoLock: a notebook without a lock, or one that nobody named, is not held to anything.
func TestNoLock(t *testing.T) {
	a := &app{now: time.Now}
	for _, path := range []string{"", filepath.Join(t.TempDir(), "a.ipynb")} {
		p := a.pin(path, settings.Settings{Strict: true}, nil)
		recorder := &kerneltest.Recorder{}
		if p != nil || p.watch(recorder) != recorder || p.ask() != nil || p.start(golang.Options{Dir: "x"}).Dir != "x" {
			t.Errorf("%q is held to %+v", path, p)
		}
		p.await(0)
	}
	s := lockedSession(t, false)
	close(s.looked)
	s.await(kerneltest.Guard)
	s.watch(nil).Record(tracker.SessionOpened{}) // nothing is recorded
}
