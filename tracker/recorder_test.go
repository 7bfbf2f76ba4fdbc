package tracker_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// notebook is a recorder into a ledger of its own, and the events of one session in it.
type notebook struct {
	*tracker.Recorder
	t       testing.TB
	dir     string
	session tracker.ID
}

// newNotebook opens a session. Batches wait until a Flush, so that tests do not depend on time.
func newNotebook(t testing.TB, o tracker.Options) *notebook {
	t.Helper()
	dir := filepath.Join(t.TempDir(), ".gemba")
	key := journal.NewKey()
	if o.Open == nil {
		o.Open = func() (tracker.Journal, error) { return journal.Create(dir, journal.Options{Key: key, Writer: "test"}) }
	}
	o.Batch = time.Hour
	n := &notebook{tracker.NewRecorder(o), t, dir, tracker.NewID()}
	n.Record(tracker.SessionOpened{Session: n.session, Time: time.Now(), Engine: "go"})
	return n
}

func (n *notebook) start(source string) tracker.ID {
	id := tracker.NewID()
	n.Record(tracker.CellStarted{Session: n.session, Execution: id, Time: time.Now(), Count: 1, Source: source})
	return id
}

func (n *notebook) print(execution tracker.ID, name, text string) {
	content, err := json.Marshal(map[string]string{"name": name, "text": text})
	if err != nil {
		n.t.Fatal(err)
	}
	n.output(execution, "stream", string(content))
}

func (n *notebook) output(execution tracker.ID, kind, content string) {
	n.Record(tracker.CellOutput{Execution: execution, Time: time.Now(), Type: kind, Content: json.RawMessage(content)})
}

func (n *notebook) finish(execution tracker.ID) {
	n.Record(tracker.CellFinished{Execution: execution, Time: time.Now(), Status: tracker.OK})
}

func (n *notebook) flush() {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(n.t.Context(), 3*time.Minute)
	defer cancel()
	if err := n.Flush(ctx); err != nil {
		n.t.Fatal(err)
	}
}

func (n *notebook) close() {
	n.t.Helper()
	if err := n.Close(); err != nil {
		n.t.Fatal(err)
	}
}

// entries returns the entries of one kind.
func entries[T tracker.Entry](n *notebook) (all []T) {
	n.t.Helper()
	l, err := journal.Open(n.dir)
	if err != nil {
		n.t.Fatal(err)
	}
	ids, err := l.Journals()
	if err != nil || len(ids) != 1 {
		n.t.Fatalf("journals %v, %v; want one", ids, err)
	}
	for r, err := range l.Entries(ids[0], journal.Position{}) {
		if err != nil {
			n.t.Fatal(err)
		}
		if e, ok := r.Entry.(T); ok {
			all = append(all, e)
		}
	}
	return all
}

// blob returns a blob's bytes.
func (n *notebook) blob(d tracker.Digest) []byte {
	n.t.Helper()
	l, err := journal.Open(n.dir)
	if err != nil {
		n.t.Fatal(err)
	}
	b, err := l.Blob(d)
	if err != nil {
		n.t.Fatal(err)
	}
	return b
}

// shown returns the recorded outputs of all cells as "type content" lines.
func (n *notebook) shown() (lines []string) {
	n.t.Helper()
	for _, e := range entries[*tracker.CellOutputsEntry](n) {
		blob := n.blob(e.Outputs)
		count := 0
		for o, err := range tracker.Outputs(bytes.NewReader(blob)) {
			if err != nil {
				n.t.Fatal(err)
			}
			lines = append(lines, o.Type+" "+string(o.Content))
			count++
		}
		if int64(len(blob)) != e.Size || count != e.Count {
			n.t.Errorf("entry tells %d bytes, %d lines; the blob has %d, %d", e.Size, e.Count, len(blob), count)
		}
	}
	return lines
}

func TestCellIsRecorded(t *testing.T) {
	n := newNotebook(t, tracker.Options{})
	started := time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC)
	id := tracker.NewID()
	n.Record(tracker.CellStarted{
		Session: n.session, Execution: id, Time: started, Count: 3, CellID: "abc", Notebook: "a.ipynb", Source: "1/0",
	})
	n.print(id, "stdout", "hello\n")
	n.Record(tracker.CellFinished{
		Execution: id, Time: started.Add(time.Second), Status: tracker.Failed, ErrorName: "panic", ErrorValue: "divide by zero",
		Build: 2, Run: 3, Declarations: []string{"a", "b"}, Program: "package main",
		Names: tracker.Names{Bound: []string{"x"}, Imports: []tracker.Module{{Name: "numpy", Version: "2.1"}}, Seeds: []tracker.Seed{{Call: "np.random.seed", Value: "7"}}},
	})
	n.flush()
	l, err := journal.Open(n.dir)
	if err != nil {
		t.Fatal(err)
	}
	want := tracker.CellStartedEntry{
		Header: tracker.Header{Kind: tracker.KindCellStarted, Time: started, Session: n.session, Execution: id},
		Count:  3, CellID: "abc", Notebook: "a.ipynb", Source: tracker.DigestOf([]byte("1/0")), SourceSize: 3,
	}
	if diff := cmp.Diff(want, *entries[*tracker.CellStartedEntry](n)[0]); diff != "" {
		t.Error(diff)
	}
	f := entries[*tracker.CellFinishedEntry](n)[0]
	if f.Wall != time.Second || f.Status != tracker.Failed || f.Session != n.session || f.Messages != 1 {
		t.Errorf("finished: %+v", f)
	}
	for d, want := range map[tracker.Digest]string{
		f.ErrorValue: "divide by zero", f.Program: "package main", f.Declarations: `["a","b"]`,
		f.Names: `{"bound":["x"],"imports":[{"name":"numpy","version":"2.1"}],"seeds":[{"call":"np.random.seed","value":"7"}]}`,
	} {
		if got, err := l.Blob(d); string(got) != want || err != nil {
			t.Errorf("blob %q, %v; want %q", got, err, want)
		}
	}
	n.close()
}

// brokenJournal fails when told to, as a full disk does.
type brokenJournal struct {
	tracker.Journal
	broken chan error // holds why writing fails; empty: it does not
}

func (b *brokenJournal) Flush() error {
	select {
	case err := <-b.broken:
		b.broken <- err
		return err
	default:
		return b.Journal.Flush()
	}
}

func TestRecordOutlivesABrokenDisk(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".gemba")
	full := errors.New("no space left on device")
	broken := make(chan error, 1)
	n := newNotebook(t, tracker.Options{
		QueueBytes: 100_000, Retry: time.Millisecond,
		Open: func() (tracker.Journal, error) {
			w, err := journal.Create(dir, journal.Options{Key: journal.NewKey()})
			return &brokenJournal{w, broken}, err
		},
	})
	n.dir = dir
	n.flush()
	broken <- full
	first := n.start("first")
	n.finish(first)
	if err := n.Flush(t.Context()); !errors.Is(err, full) || n.Err() == nil {
		t.Fatalf("Flush on a full disk: %v, Err: %v", err, n.Err())
	}
	flood := n.start("flood")
	for range 1000 {
		n.print(flood, "stdout", strings.Repeat("x", 1000))
	}
	<-broken
	n.flush()
	n.finish(flood)
	n.close()
	if err := n.Err(); err != nil {
		t.Errorf("Err after the disk came back: %v", err)
	}
	if got := len(entries[*tracker.CellStartedEntry](n)); got != 2 {
		t.Errorf("%d cells, want 2: what fits into the queue is not lost", got)
	}
	gaps := entries[*tracker.GapEntry](n)
	if len(gaps) != 1 || gaps[0].Events == 0 || !strings.Contains(gaps[0].Reason, "no space left") || gaps[0].Execution != flood {
		t.Fatalf("gaps: %+v", gaps)
	}
	var kept int64
	for _, e := range entries[*tracker.CellOutputsEntry](n) {
		kept += e.Messages
	}
	if kept+gaps[0].Events != 1000 {
		t.Errorf("%d outputs kept, %d told lost, of 1000", kept, gaps[0].Events)
	}
	if f := entries[*tracker.CellFinishedEntry](n)[1]; f.OutputSHA256 != "" {
		t.Error("a digest of the whole output is claimed although some of it was lost")
	}
}

func TestLedgerThatCannotBeOpenedYet(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".gemba")
	fault := make(chan error, 1)
	fault <- errors.New("read-only file system")
	n := newNotebook(t, tracker.Options{
		Retry: time.Millisecond,
		Open: func() (tracker.Journal, error) {
			select {
			case err := <-fault:
				fault <- err
				return nil, err
			default:
				return journal.Create(dir, journal.Options{})
			}
		},
	})
	n.dir = dir
	id := n.start("x")
	if err := n.Flush(t.Context()); err == nil || !strings.Contains(err.Error(), "GEMBA_LEDGER") {
		t.Errorf("Flush: %v, want what to do", err)
	}
	<-fault
	n.flush()
	n.finish(id)
	n.close()
	if got := len(entries[*tracker.CellFinishedEntry](n)); got != 1 {
		t.Errorf("%d cells finished, want 1", got)
	}
}

func TestClosedRecorder(t *testing.T) {
	n := newNotebook(t, tracker.Options{})
	n.close()
	n.start("late")
	if err := n.Flush(t.Context()); !errors.Is(err, tracker.ErrClosed) {
		t.Errorf("Flush: %v, want ErrClosed", err)
	}
	n.close()
}

// TestTake fills a Recorder whose disk does not write: what is not taken is no loss, and is taken when the disk does.
func TestTake(t *testing.T) {
	open, dir := make(chan struct{}), filepath.Join(t.TempDir(), ".gemba")
	r := tracker.NewRecorder(tracker.Options{QueueBytes: 1, Open: func() (tracker.Journal, error) {
		<-open
		return journal.Create(dir, journal.Options{Key: journal.NewKey(), Writer: "test"})
	}})
	e := tracker.SessionOpened{Session: tracker.NewID(), Time: time.Now(), Engine: "go"}
	if !r.Take(e) || r.Take(e) {
		t.Error("there is room for one event")
	}
	close(open)
	if err := r.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !r.Take(e) {
		t.Error("there is no room after a flush")
	}
	n := &notebook{Recorder: r, t: t, dir: dir}
	n.close()
	if got, gaps := len(entries[*tracker.SessionOpenedEntry](n)), len(entries[*tracker.GapEntry](n)); got != 2 || gaps != 0 {
		t.Errorf("%d sessions and %d gaps, want 2 and 0", got, gaps)
	}
	if r.Take(e) {
		t.Error("a closed Recorder takes an event")
	}
}

// TestRunningOutputsReachTheLedger waits, without a Flush, for the outputs of a running cell.
func TestRunningOutputsReachTheLedger(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".gemba")
	r := tracker.NewRecorder(tracker.Options{
		Batch: 10 * time.Millisecond, SyncAfter: 10 * time.Millisecond, Strict: true,
		Open: func() (tracker.Journal, error) { return journal.Create(dir, journal.Options{Key: journal.NewKey()}) },
	})
	n := &notebook{r, t, dir, tracker.NewID()}
	id := n.start("sleep")
	n.flush()
	n.print(id, "stdout", "still here\n")
	for deadline := time.Now().Add(3 * time.Minute); len(entries[*tracker.CellOutputsEntry](n)) == 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("the outputs of a running cell were not written")
		}
	}
	n.close()
}

func TestClockThatJumpsBack(t *testing.T) {
	n := newNotebook(t, tracker.Options{})
	id := n.start("x")
	n.Record(tracker.CellFinished{Execution: id, Time: time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC), Status: tracker.OK})
	n.close()
	if f := entries[*tracker.CellFinishedEntry](n)[0]; f.Wall != 0 || f.Time.Year() != 1999 {
		t.Errorf("finished: %+v", f)
	}
}

// TestExtremes records what no cell should be: the entries stay small, and nothing is lost or broken.
func TestExtremes(t *testing.T) {
	n := newNotebook(t, tracker.Options{OutputCap: 1 << 20, QueueBytes: 1 << 30})
	long := strings.Repeat("é", 100_000)
	id := tracker.NewID()
	year := time.Date(20_000, 1, 1, 0, 0, 0, 0, time.UTC)
	n.Record(tracker.CellStarted{Session: n.session, Execution: id, Time: year, CellID: long, Notebook: long, Source: long})
	n.Record(tracker.CellOutput{Execution: id, Time: year, Type: "display_data", Content: json.RawMessage(`{"data":"small"}`)})
	n.output(id, "display_data", `{"data":"`+long+long+long+long+long+`"}`) // larger than head and tail
	n.output(id, "", "")
	for i := range 30_000 {
		n.output(id, "update_display_data", fmt.Sprintf(`{"data":{"n":%d},"transient":{"display_id":"p"}}`, i))
	}
	n.print(id, "stdout", "the end\n")
	n.Record(tracker.Interrupted{Session: n.session, Execution: id, Time: year, By: long})
	n.Record(tracker.Gap{Session: n.session, Execution: id, Time: year, Reason: long})
	n.Record(tracker.CellFinished{Execution: id, Time: year, Status: tracker.Interrupt, ErrorName: long, Backend: long})
	n.Record(tracker.SessionClosed{Session: n.session, Time: year, Reason: long})
	n.close()
	for _, e := range entries[tracker.Entry](n) {
		if line, err := tracker.EncodeEntry(e); err != nil || len(line) > 64<<10 {
			t.Errorf("%s entry of %d bytes, %v", e.Head().Kind, len(line), err)
		}
	}
	lines := n.shown()
	want := []string{`display_data {"data":"small"}`, `unknown ""`, `stream {"name":"stdout","text":"the end\n"}`}
	for _, line := range want {
		if !slices.Contains(lines, line) {
			t.Errorf("%s is missing", line)
		}
	}
	last := `update_display_data {"data":{"n":29999},"transient":{"display_id":"p"}}`
	if !slices.Contains(lines, last) || len(lines) > 100 {
		t.Errorf("%d outputs kept; want few, and the last update among them", len(lines))
	}
	f := entries[*tracker.CellFinishedEntry](n)[0]
	if !f.Truncated || f.DroppedBytes < 1_000_000 || f.Messages != 30_004 {
		t.Errorf("finished: truncated %v, %d bytes dropped, %d messages", f.Truncated, f.DroppedBytes, f.Messages)
	}
	if gaps := entries[*tracker.GapEntry](n); len(gaps) != 1 {
		t.Errorf("%d gaps, want the one that was told", len(gaps))
	}
}

// TestTextThatLooksLikeADigest records texts of a front end that would name a blob: none is looked for.
func TestTextThatLooksLikeADigest(t *testing.T) {
	n := newNotebook(t, tracker.Options{})
	text := tracker.DigestOf([]byte("no blob")).String()
	id := tracker.NewID()
	n.Record(tracker.CellStarted{Session: n.session, Execution: id, Time: time.Now(), CellID: text, Notebook: text, Source: text})
	n.Record(tracker.CellFinished{Execution: id, Time: time.Now(), Status: tracker.Failed, ErrorName: text, ErrorValue: text})
	n.close()
	report, err := journal.Verify(t.Context(), n.dir)
	if err != nil || !report.OK() {
		t.Errorf("%+v, %v", report.Problems, err)
	}
	if got := entries[*tracker.CellStartedEntry](n)[0]; got.CellID != text+"…" || got.Notebook != text+"…" {
		t.Errorf("recorded as %q and %q", got.CellID, got.Notebook)
	}
}
