package lineage

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/journal"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// sources tells code states and files of cells, and keeps what it was asked.
type sources struct {
	mu      sync.Mutex
	store   *Store
	started []tracker.ID
	gate    chan struct{} // when there is one, each Capture waits for it
	looks   int
	fail    error
	changes bool // each look finds others
}

func (s *sources) Started(c tracker.CellStarted) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.started = append(s.started, c.Execution)
}

func (*sources) Finished(tracker.CellFinished) {}

func (s *sources) Observe(ctx context.Context, c tracker.CellFinished) (tracker.FilesObserved, error) {
	_, err := s.store.Put([]byte("contents"))
	return tracker.FilesObserved{Read: len(c.Seen.Opened)}, errors.Join(err, s.fail)
}

func (s *sources) Capture(ctx context.Context, _ func() float64) (tracker.CodeCaptured, error) {
	if s.gate != nil {
		select {
		case <-s.gate:
		case <-ctx.Done():
			return tracker.CodeCaptured{}, ctx.Err()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looks++
	state := tracker.CodeCaptured{Time: epoch, Commit: "c0ffee"}
	if s.changes {
		state.Changes = fmt.Appendf(nil, "{\"path\":\"file-%d\",\"status\":\"untracked\"}\n", s.looks)
	}
	return state, s.fail
}

func (s *sources) environment(context.Context) (tracker.EnvironmentCaptured, error) {
	return tracker.EnvironmentCaptured{Time: epoch, Document: []byte("{}\n")}, s.fail
}

// ledger is a session's recorder over a real ledger.
type ledger struct {
	*Recorder
	t       *testing.T
	dir     string
	sources *sources
	next    *tracker.Recorder
	session tracker.ID
}

func newLedger(t *testing.T, s *sources) *ledger {
	dir := filepath.Join(t.TempDir(), ".gemba")
	l := &ledger{t: t, dir: dir, sources: s, session: tracker.NewID()}
	s.store = NewStore(filepath.Join(dir, "packs"))
	l.next = tracker.NewRecorder(tracker.Options{Open: func() (tracker.Journal, error) { return journal.Create(dir, journal.Options{}) }})
	l.Recorder = New(Options{Next: l.next, Store: s.store, Code: s, Files: s, Environment: s.environment})
	l.Record(tracker.SessionOpened{Session: l.session, Time: epoch})
	return l
}

func (l *ledger) cell(status tracker.Status, opened ...tracker.Opened) tracker.ID {
	id := tracker.NewID()
	l.Record(tracker.CellStarted{Session: l.session, Execution: id, Time: epoch})
	l.Record(tracker.CellFinished{Execution: id, Time: epoch, Status: status, Seen: tracker.Seen{Opened: opened}})
	return id
}

// entries ends the session and returns what the ledger has, in order.
func (l *ledger) entries() (all []tracker.Entry) {
	l.t.Helper()
	l.Record(tracker.SessionClosed{Session: l.session, Time: epoch})
	if err := l.next.Close(); err != nil {
		l.t.Fatal(err)
	}
	ledger, err := journal.Open(l.dir)
	if err != nil {
		l.t.Fatal(err)
	}
	ids, err := ledger.Journals()
	if err != nil || len(ids) != 1 {
		l.t.Fatalf("journals %v, %v", ids, err)
	}
	for record, err := range ledger.Entries(ids[0], journal.Position{}) {
		if err != nil {
			l.t.Fatal(err)
		}
		all = append(all, record.Entry)
	}
	return all
}

func of[E tracker.Entry](all []tracker.Entry) (some []E) {
	for _, e := range all {
		if e, ok := e.(E); ok {
			some = append(some, e)
		}
	}
	return some
}

func TestCellsAreToldOnWhatTheyRan(t *testing.T) {
	l := newLedger(t, &sources{})
	var ids []tracker.ID
	for n := range 5 {
		ids = append(ids, l.cell(tracker.OK, make([]tracker.Opened, n)...))
	}
	all := l.entries()

	var codes, files []tracker.ID
	for _, e := range of[*tracker.CodeEntry](all) {
		codes = append(codes, e.Execution)
		if e.Commit != "c0ffee" || e.Session != l.session {
			t.Errorf("code state is %+v", e)
		}
	}
	for n, e := range of[*tracker.FilesEntry](all) {
		files = append(files, e.Execution)
		if e.Read != n || e.Session != l.session || e.Missing != "" {
			t.Errorf("files are %+v", e)
		}
	}
	if diff := cmp.Diff([][]tracker.ID{ids, ids, ids}, [][]tracker.ID{codes, files, l.sources.started}); diff != "" {
		t.Error(diff)
	}
	if got := of[*tracker.EnvironmentEntry](all); len(got) != 1 || got[0].Session != l.session {
		t.Errorf("environments are %v", got)
	}
	if _, closed := all[len(all)-2].(*tracker.SessionClosedEntry); !closed {
		t.Errorf("the session does not close last: %T", all[len(all)-2])
	}
	if _, err := blob.OpenStore(filepath.Join(l.dir, "packs")).Get(tracker.DigestOf([]byte("contents"))); err != nil {
		t.Error(err)
	}
}

// TestOneLookForMany has cells start while the code is being looked at: one more look serves them all.
func TestOneLookForMany(t *testing.T) {
	s := &sources{gate: make(chan struct{})}
	l := newLedger(t, s)
	for range 50 {
		l.cell(tracker.OK)
	}
	close(s.gate)
	if got := of[*tracker.CodeEntry](l.entries()); len(got) != 50 {
		t.Errorf("%d code states for 50 cells", len(got))
	}
	if s.looks > 3 {
		t.Errorf("looked %d times", s.looks)
	}
}

func TestAbortedCellHasNoCode(t *testing.T) {
	s := &sources{gate: make(chan struct{})}
	l := newLedger(t, s)
	ran := l.cell(tracker.OK)
	s.gate <- struct{}{}
	aborted := l.cell(tracker.Aborted)
	close(s.gate)
	all := l.entries()
	has := func(id tracker.ID) bool {
		return slices.ContainsFunc(of[*tracker.FilesEntry](all), func(e *tracker.FilesEntry) bool { return e.Execution == id })
	}
	if !has(ran) || has(aborted) {
		t.Errorf("files of the cell that ran: %v, of the aborted one: %v", has(ran), has(aborted))
	}
}

func TestFailuresAreSaid(t *testing.T) {
	l := newLedger(t, &sources{fail: errors.New("it is broken")})
	l.cell(tracker.OK)
	all := l.entries()
	if got := of[*tracker.CodeEntry](all); len(got) != 1 || got[0].Missing != "it is broken" {
		t.Errorf("code states are %v", got)
	}
	if got := of[*tracker.FilesEntry](all); len(got) != 1 || got[0].Missing != "it is broken" {
		t.Errorf("files are %v", got)
	}
	if got := of[*tracker.GapEntry](all); len(got) == 0 || got[len(got)-1].Reason != "environment: it is broken" {
		t.Errorf("gaps are %v", got)
	}
}

// TestHangingSource ends a session whose code cannot be looked at: it waits for a while, and says so.
func TestHangingSource(t *testing.T) {
	s := &sources{gate: make(chan struct{})}
	l := newLedger(t, s)
	l.Recorder.options.Patience = 50 * time.Millisecond
	closed := make(chan struct{})
	l.Recorder.options.Close = func() error { close(closed); return nil }
	l.cell(tracker.OK)
	all := l.entries()
	if got := of[*tracker.GapEntry](all); len(got) == 0 || got[len(got)-1].Session != l.session {
		t.Errorf("gaps are %v", got)
	}
	if len(of[*tracker.SessionClosedEntry](all)) != 1 {
		t.Error("the session did not close")
	}
	close(s.gate)
	select {
	case <-closed:
	case <-time.After(time.Minute):
		t.Error("what the source had open stays open after it came back")
	}
}

// TestLedgerThatCannotBeWritten has a file where the ledger should be: cells run all the same.
func TestLedgerThatCannotBeWritten(t *testing.T) {
	s := &sources{}
	dir := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s.store = NewStore(filepath.Join(dir, "packs"))
	next := tracker.NewRecorder(tracker.Options{Open: func() (tracker.Journal, error) { return journal.Create(dir, journal.Options{}) }})
	r := New(Options{Next: next, Store: s.store, Code: s, Files: s, Environment: s.environment})
	session, id := tracker.NewID(), tracker.NewID()
	r.Record(tracker.SessionOpened{Session: session, Time: epoch})
	r.Record(tracker.CellStarted{Session: session, Execution: id, Time: epoch})
	r.Record(tracker.CellFinished{Execution: id, Time: epoch, Status: tracker.OK})
	r.Record(tracker.SessionClosed{Session: session, Time: epoch})
	if err := next.Close(); err == nil {
		t.Error("a ledger was written into a file")
	}
}

func TestCodeLookedAtLateIsToldSo(t *testing.T) {
	l := newLedger(t, &sources{changes: true})
	defer l.entries()
	var late []bool
	look := func(cells int) {
		for _, e := range l.codeOf(make([]tracker.CellStarted, cells)) {
			late = append(late, e.(tracker.CodeCaptured).Missing != "")
		}
	}
	look(1)
	look(2)
	l.sources.changes = false // from here on each look finds what the one before found, but for the first
	look(1)
	look(2)
	if diff := cmp.Diff([]bool{false, true, false, false, false, false}, late); diff != "" {
		t.Errorf("cells whose state is said to be from after others had begun (-want +got):\n%s", diff)
	}
}

func TestCodeIsLookedAtBetweenCells(t *testing.T) {
	l := newLedger(t, &sources{})
	defer l.entries()
	paces := []float64{l.pace()}
	id := tracker.NewID()
	l.Record(tracker.CellStarted{Session: l.session, Execution: id, Time: epoch})
	paces = append(paces, l.pace())
	l.Record(tracker.CellFinished{Execution: id, Time: epoch, Status: tracker.OK})
	if diff := cmp.Diff([]float64{0, beside}, paces); diff != "" {
		t.Errorf("paces before and beside a cell (-want +got):\n%s", diff)
	}
}
