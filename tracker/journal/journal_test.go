package journal

import (
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
