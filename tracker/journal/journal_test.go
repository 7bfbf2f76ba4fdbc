package journal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// clock is a clock that tests set.
func clock() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) }

// newWriter returns a writer into the ledger at dir, signing with key.
func newWriter(t testing.TB, dir string, key *Key) *Writer {
	t.Helper()
	w, err := Create(dir, Options{Key: key, Writer: "test", Gemba: "test", Host: "test", Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// fill appends n cells, each with its source as a blob.
func fill(t testing.TB, w *Writer, n int) {
	t.Helper()
	session := tracker.NewID()
	for i := range n {
		text := fmt.Appendf(nil, "fmt.Println(%d) // %s", i, session)
		source, err := w.Put(text)
		if err != nil {
			t.Fatal(err)
		}
		e := &tracker.CellStartedEntry{Header: w.head(), Count: i + 1, Source: source, SourceSize: int64(len(text))}
		e.Session, e.Execution = session, tracker.NewID()
		if err := w.Append(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
}

func closeWriter(t testing.TB, w *Writer) {
	t.Helper()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestWriteAndRead(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".gemba")
	w := newWriter(t, dir, NewKey())
	fill(t, w, 10)
	l, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if s, err := l.State(w.ID()); s != Live || err != nil {
		t.Errorf("state of a journal being written: %s, %v", s, err)
	}
	closeWriter(t, w)
	if s, err := l.State(w.ID()); s != Closed || err != nil {
		t.Errorf("state of a closed journal: %s, %v", s, err)
	}
	ids, err := l.Journals()
	if err != nil || len(ids) != 1 || ids[0] != w.ID() {
		t.Fatalf("journals: %v, %v", ids, err)
	}
	var half Position
	var kinds []tracker.Kind
	for r, err := range l.Entries(w.ID(), Position{}) {
		if err != nil {
			t.Fatal(err)
		}
		if kinds = append(kinds, r.Entry.Head().Kind); len(kinds) == 6 {
			half = Position{r.N, r.End}
		}
		if e, ok := r.Entry.(*tracker.CellStartedEntry); ok {
			if _, err := l.Blob(e.Source); err != nil {
				t.Error(err)
			}
		}
	}
	if len(kinds) != 12 || kinds[0] != tracker.KindJournalOpened || kinds[11] != tracker.KindJournalClosed {
		t.Errorf("kinds: %v", kinds)
	}
	n := int64(6)
	for r, err := range l.Entries(w.ID(), half) {
		if n++; err != nil || r.N != n || r.Entry.Head().Kind != kinds[n-1] {
			t.Errorf("from the middle: entry %d: %+v, %v", n, r, err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, ".gitignore")); err != nil {
		t.Error(err)
	}
}

// TestTwoKeys writes into one ledger with two keys, as two people who share a folder do.
func TestTwoKeys(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".gemba")
	keys := map[string]bool{}
	for range 2 {
		key := NewKey()
		keys[key.ID()] = true
		w := newWriter(t, dir, key)
		fill(t, w, 1)
		closeWriter(t, w)
	}
	report, err := Verify(t.Context(), dir)
	if err != nil || !report.OK() || report.Unsigned != 0 {
		t.Fatalf("%+v, %v", report, err)
	}
	for _, j := range report.Journals[1:] {
		delete(keys, j.Key)
	}
	if len(keys) != 0 {
		t.Errorf("journals signed by %v are missing", keys)
	}
}

// TestTornLedgerWideJournal cuts the ledger-wide journal where a killed process may leave it.
func TestTornLedgerWideJournal(t *testing.T) {
	tests := map[string]func(lines, hashes, checkpoint string) error{
		"torn line": func(lines, _, _ string) error {
			f, err := os.OpenFile(lines, os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				return err
			}
			_, err = f.WriteString(`{"kind":"journal.check`)
			return errors.Join(err, f.Close())
		},
		"hashes lag":     func(_, hashes, _ string) error { return os.Truncate(hashes, 40) },
		"hashes missing": func(_, hashes, _ string) error { return os.Remove(hashes) },
	}
	for name, tear := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSample(t)
			if err := tear(s.lines(LedgerWide), s.hashes(LedgerWide), s.checkpoint(LedgerWide)); err != nil {
				t.Fatal(err)
			}
			closeWriter(t, newWriter(t, s.dir, s.key))
			report, err := Verify(t.Context(), s.dir)
			if err != nil || !report.OK() || len(report.Journals) != 4 {
				t.Errorf("%+v, %v", report, err)
			}
		})
	}
}

// TestKilledWhileOpening leaves the ledger at each step of making its first journal.
func TestKilledWhileOpening(t *testing.T) {
	whole := filepath.Join(t.TempDir(), ".gemba")
	key := NewKey()
	w := newWriter(t, whole, key)
	steps := [][]string{ // what is not there yet
		{"format", ".gitignore", "keys", "packs", "journals"},
		{"keys", "packs", "journals"},
		{"keys", "journals/ledger.jsonl", "journals/ledger.hashes", "journals/ledger.checkpoint", "journals/" + w.name + ".hashes", "journals/" + w.name + ".checkpoint"},
		{"journals/ledger.jsonl", "journals/ledger.hashes", "journals/ledger.checkpoint", "journals/" + w.name + ".checkpoint"},
		{"journals/ledger.jsonl", "journals/ledger.hashes", "journals/ledger.checkpoint"},
	}
	for i, missing := range steps {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), ".gemba")
			if err := os.CopyFS(dir, os.DirFS(whole)); err != nil {
				t.Fatal(err)
			}
			for _, path := range missing {
				if err := os.RemoveAll(filepath.Join(dir, path)); err != nil {
					t.Fatal(err)
				}
			}
			next := newWriter(t, dir, key)
			fill(t, next, 1)
			closeWriter(t, next)
			if report, err := Verify(t.Context(), dir); err != nil || !report.OK() {
				t.Errorf("%+v, %v", report, err)
			}
		})
	}
	closeWriter(t, w)
}

// TestSyncSignsOnlyWhatItMadeDurable appends an entry while a sync makes blobs durable: what it names
// may not be durable yet, so the checkpoint must not speak of it.
func TestSyncSignsOnlyWhatItMadeDurable(t *testing.T) {
	w := newWriter(t, filepath.Join(t.TempDir(), ".gemba"), NewKey())
	fill(t, w, 1)
	if err := w.sync(func() error { fill(t, w, 1); return w.pack.Sync() }); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int64{2, 3} {
		file, err := os.ReadFile(w.checkpoint(w.name))
		if err != nil {
			t.Fatal(err)
		}
		if c, err := openCheckpoint(file, verifierOf(w.verifier())...); err != nil || c.size != want {
			t.Errorf("signed %d entries, %v; want %d", c.size, err, want)
		}
		if err := w.Sync(); err != nil {
			t.Fatal(err)
		}
	}
	closeWriter(t, w)
}

// TestAbandonKeepsWhatIsListed gives a journal up after it was listed, as happens on a disk that
// becomes full in between: were it removed, the ledger would look altered.
func TestAbandonKeepsWhatIsListed(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".gemba")
	newWriter(t, dir, NewKey()).abandon()
	if report, err := Verify(t.Context(), dir); err != nil || !report.OK() || len(report.Journals) != 2 {
		t.Errorf("%+v, %v; want the journal", report, err)
	}
	unlisted, err := newLayout(dir).newWriter(Options{Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	unlisted.abandon()
	if report, err := Verify(t.Context(), dir); err != nil || !report.OK() || len(report.Journals) != 2 {
		t.Errorf("%+v, %v; want no trace of what was never listed", report, err)
	}
}
