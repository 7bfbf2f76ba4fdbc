package index

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// scribe writes sessions into a ledger as a kernel would, with a clock of its own.
type scribe struct {
	t       testing.TB
	w       *journal.Writer
	now     time.Time
	session tracker.ID
	count   int
}

func newScribe(t testing.TB, dir string, start time.Time) *scribe {
	t.Helper()
	s := &scribe{t: t, now: start, session: tracker.NewID()}
	w, err := journal.Create(dir, journal.Options{Writer: "test", Now: func() time.Time { return s.now }})
	if err != nil {
		t.Fatal(err)
	}
	s.w = w
	t.Cleanup(func() { _ = w.Close() }) // and until then the writer lives
	s.append(&tracker.SessionOpenedEntry{Header: s.head(tracker.ID{}), Engine: "go", Notebook: "lab/plot.ipynb", PID: 7})
	return s
}

// head advances the clock by a second.
func (s *scribe) head(execution tracker.ID) tracker.Header {
	s.now = s.now.Add(time.Second)
	return tracker.Header{Time: s.now, Session: s.session, Execution: execution}
}

func (s *scribe) append(e tracker.Entry) {
	s.t.Helper()
	if err := errors.Join(s.w.Append(e), s.w.Flush()); err != nil {
		s.t.Fatal(err)
	}
}

func (s *scribe) put(text string) tracker.Digest {
	s.t.Helper()
	d, err := s.w.Put([]byte(text))
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}

// start begins a cell execution and returns its id.
func (s *scribe) start(source string) tracker.ID {
	id := tracker.NewID()
	s.count++
	s.append(&tracker.CellStartedEntry{Header: s.head(id), Count: s.count, Notebook: "lab/plot.ipynb",
		Source: s.put(source), SourceSize: int64(len(source))})
	return id
}

func (s *scribe) print(id tracker.ID, text string) {
	content, _ := json.Marshal(map[string]string{"name": "stdout", "text": text})
	line, _ := json.Marshal(tracker.Output{Time: s.now, Type: "stream", Content: content})
	s.append(&tracker.CellOutputsEntry{Header: s.head(id), Outputs: s.put(string(line) + "\n"), Size: int64(len(line) + 1), Count: 1, Messages: 1})
}

func (s *scribe) finish(id tracker.ID, status tracker.Status) {
	s.append(&tracker.CellFinishedEntry{Header: s.head(id), Status: status, Wall: time.Second, Build: 100 * time.Millisecond, Run: 900 * time.Millisecond})
}

// cell records a whole cell execution.
func (s *scribe) cell(source, output string, status tracker.Status) tracker.ID {
	id := s.start(source)
	s.print(id, output)
	s.finish(id, status)
	return id
}

func (s *scribe) close() {
	s.t.Helper()
	s.append(&tracker.SessionClosedEntry{Header: s.head(tracker.ID{}), Reason: "done"})
	if err := s.w.Close(); err != nil {
		s.t.Fatal(err)
	}
}

func newLedger(t testing.TB) string { return filepath.Join(t.TempDir(), ".gemba") }

func open(t testing.TB, dir string) *Index {
	t.Helper()
	x, err := Open(context.Background(), dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = x.Close() })
	return x
}

// must returns a query's answer.
func must[T any](t testing.TB) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// answers is everything an index says, as text.
func answers(t testing.TB, x *Index) string {
	t.Helper()
	ctx := context.Background()
	var b strings.Builder
	say := func(v any, err error) {
		t.Helper()
		text, jerr := json.MarshalIndent(v, "", " ")
		if err := errors.Join(err, jerr); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%s\n", text)
	}
	cells, err := x.Cells(ctx, Filter{})
	say(cells, err)
	for _, c := range cells {
		outputs, err := x.Outputs(ctx, c.ID)
		say(outputs, err)
	}
	sessions, err := x.Sessions(ctx)
	say(sessions, err)
	gaps, err := x.Gaps(ctx, tracker.ID{})
	say(gaps, err)
	interruptions, err := x.Interruptions(ctx, tracker.ID{})
	say(interruptions, err)
	history, err := x.History(ctx, History{Access: Tail, Output: true})
	say(history, err)
	for _, table := range tables {
		rows, err := x.Query(ctx, "SELECT * FROM "+table+" ORDER BY 1, 2")
		say(rows, err)
	}
	return b.String()
}

// TestRebuildAnswersTheSame compares the index that grew with the ledger with one made in one go.
func TestRebuildAnswersTheSame(t *testing.T) {
	dir := newLedger(t)
	a := newScribe(t, dir, epoch)
	b := newScribe(t, dir, epoch) // the same times: order has to come from elsewhere
	for i := range 30 {
		a.cell(fmt.Sprintf("x := %d", i), "printed\n", tracker.OK)
		id := b.start("panic(1)")
		open(t, dir) // the cell runs while the index grows
		b.append(&tracker.InterruptedEntry{Header: b.head(id), By: "SIGINT"})
		b.append(&tracker.GapEntry{Header: b.head(id), Reason: "the disk was full", Events: 3})
		b.finish(id, tracker.Interrupt)
	}
	a.close()
	open(t, dir)
	b.start("for {}")
	x := open(t, dir)
	grown := answers(t, x)
	if n := strings.Count(grown, `"status": "interrupted"`); n != 30 {
		t.Fatalf("%d interrupted cells among the answers, want 30", n)
	}
	if err := x.Rebuild(context.Background()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(grown, answers(t, x)); diff != "" {
		t.Errorf("answers after Rebuild (-grown +rebuilt):\n%s", diff)
	}
	removeIndex(t, dir)
	if diff := cmp.Diff(grown, answers(t, open(t, dir))); diff != "" {
		t.Errorf("answers of a new index (-grown +new):\n%s", diff)
	}
}

func removeIndex(t testing.TB, dir string) {
	t.Helper()
	if err := discard(filepath.Join(dir, File)); err != nil {
		t.Fatal(err)
	}
}

// TestFolderOfAnyName has in its path what means something in SQLite's file names.
func TestFolderOfAnyName(t *testing.T) {
	parent := t.TempDir()
	t.Chdir(parent)
	for _, dir := range []string{
		filepath.Join(parent, "a b", "50%20", ".gemba"),
		filepath.Join(parent, "größe #1", ".gemba"),
		filepath.Join("relative", ".gemba"),
		".gemba",
	} {
		s := newScribe(t, dir, epoch)
		s.cell("1", "1", tracker.OK)
		s.close()
		x := open(t, dir)
		if x.Temporary() || len(statuses(t, x)) != 1 {
			t.Errorf("%s: the index is temporary: %v, cells: %v", dir, x.Temporary(), statuses(t, x))
		}
		if _, err := os.Stat(filepath.Join(dir, File)); err != nil {
			t.Errorf("%s: %v", dir, err)
		}
		if _, err := x.Query(context.Background(), "SELECT 1"); err != nil {
			t.Errorf("%s: %v", dir, err)
		}
	}
}

// TestManyBatches crosses the border of a transaction within one journal.
func TestManyBatches(t *testing.T) {
	dir := newLedger(t)
	s := newScribe(t, dir, epoch)
	const cells = batchSize/2 + 7
	for range cells {
		id := tracker.NewID()
		err := errors.Join(
			s.w.Append(&tracker.CellStartedEntry{Header: s.head(id), Count: 1}),
			s.w.Append(&tracker.CellFinishedEntry{Header: s.head(id), Status: tracker.OK}))
		if err != nil {
			t.Fatal(err)
		}
	}
	s.close()
	x := open(t, dir)
	if got := must[int](t)(x.Count(context.Background(), Filter{Status: tracker.OK})); got != cells {
		t.Errorf("%d cells are ok, want %d", got, cells)
	}
	entries, journals, err := x.Entries(context.Background())
	if want := 2*cells + 4; entries != want || journals != 1 || err != nil {
		t.Errorf("Entries: %d of %d journals, %v; want %d of 1", entries, journals, err, want)
	}
}

// TestWriterGone copies a ledger whose writer lives: in the copy, it does not.
func TestWriterGone(t *testing.T) {
	dir := newLedger(t)
	s := newScribe(t, dir, epoch)
	s.cell("1", "1", tracker.OK)
	running := s.start("for {}")
	x := open(t, dir)
	if c := must[Cell](t)(x.Cell(context.Background(), running)); c.Status != tracker.Running {
		t.Errorf("while its writer lives, the cell is %q, want running", c.Status)
	}
	if session := must[Session](t)(x.Session(context.Background(), s.session)); session.Status != "open" {
		t.Errorf("while its writer lives, the session is %q, want open", session.Status)
	}
	_ = x.Close()

	elsewhere := newLedger(t)
	if err := os.CopyFS(elsewhere, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	y := open(t, elsewhere)
	if c := must[Cell](t)(y.Cell(context.Background(), running)); c.Status != tracker.Cut {
		t.Errorf("when its writer is gone, the cell is %q, want cut", c.Status)
	}
	if session := must[Session](t)(y.Session(context.Background(), s.session)); session.Status != "cut" {
		t.Errorf("when its writer is gone, the session is %q, want cut", session.Status)
	}
	if diff := cmp.Diff([]tracker.Status{tracker.Cut, tracker.OK}, statuses(t, y)); diff != "" {
		t.Errorf("statuses, newest first (-want +got):\n%s", diff)
	}
}

func statuses(t testing.TB, x *Index) (all []tracker.Status) {
	t.Helper()
	for _, c := range must[[]Cell](t)(x.Cells(context.Background(), Filter{})) {
		all = append(all, c.Status)
	}
	return all
}

func TestRemovedJournalIsForgotten(t *testing.T) {
	dir := newLedger(t)
	stays, goes := newScribe(t, dir, epoch), newScribe(t, dir, epoch)
	want := stays.cell("1", "1", tracker.OK)
	goes.cell("2", "2", tracker.OK)
	stays.close()
	goes.close()
	_ = open(t, dir).Close()
	if err := os.Remove(filepath.Join(dir, "journals", goes.w.ID().String()+".jsonl")); err != nil {
		t.Fatal(err)
	}
	cells := must[[]Cell](t)(open(t, dir).Cells(context.Background(), Filter{}))
	if len(cells) != 1 || cells[0].ID != want {
		t.Errorf("cells are %+v, want the one with id %s", cells, want)
	}
}

// TestSyncTogether lets several indexes of one ledger catch up while it grows.
func TestSyncTogether(t *testing.T) {
	dir := newLedger(t)
	s := newScribe(t, dir, epoch)
	const cells, readers = 200, 4
	var group sync.WaitGroup
	errs := make(chan error, readers)
	for range readers {
		group.Go(func() {
			for range 20 {
				x, err := Open(context.Background(), dir)
				if err == nil && x.Temporary() {
					err = errors.New("the index was not shared")
				}
				if err == nil {
					err = x.Close()
				}
				if err != nil {
					errs <- err
					return
				}
			}
		})
	}
	for i := range cells {
		s.cell(fmt.Sprint(i), "", tracker.OK)
	}
	group.Wait()
	s.close()
	close(errs)
	for err := range errs {
		t.Error(err)
	}
	x := open(t, dir)
	shared := answers(t, x)
	if err := x.Rebuild(context.Background()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(answers(t, x), shared); diff != "" {
		t.Errorf("answers of the shared index (-rebuilt +shared):\n%s", diff)
	}
}
