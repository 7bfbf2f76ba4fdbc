package journal

import (
	"bytes"
	"errors"
	"io"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
)

// copyOf returns the signed part of a ledger's only journal.
func copyOf(t *testing.T, dir string) (Copy, Signed) {
	t.Helper()
	ledger, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := ledger.Journals()
	if err != nil || len(ids) != 1 {
		t.Fatalf("journals %v, %v", ids, err)
	}
	signed, err := ledger.Signed(ids[0])
	if err != nil {
		t.Fatal(err)
	}
	var lines bytes.Buffer
	err = signed.Each(0, func(line []byte) error { lines.Write(append(line, '\n')); return nil })
	if n := int64(bytes.Count(lines.Bytes(), []byte("\n"))); err != nil || n != signed.Entries {
		t.Fatalf("%d lines, want %d; %v", n, signed.Entries, err)
	}
	return Copy{ids[0], signed.Checkpoint, &lines}, signed
}

// wrote returns a ledger with one journal of so many cells, closed or not.
func wrote(t *testing.T, key *Key, cells int) (string, *Writer) {
	t.Helper()
	dir := t.TempDir()
	w, err := Create(dir, Options{Key: key, Writer: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	addCells(t, w, cells)
	return dir, w
}

func addCells(t *testing.T, w *Writer, cells int) {
	t.Helper()
	for range cells {
		if err := w.Append(&tracker.CellStartedEntry{Header: tracker.Header{Execution: tracker.NewID()}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(w.Flush(), w.Sync()); err != nil {
		t.Fatal(err)
	}
}

func newKey(t *testing.T) *Key {
	t.Helper()
	key, err := LoadKey(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func TestImport(t *testing.T) {
	theirs, ours := newKey(t), newKey(t)
	from, w := wrote(t, theirs, 3)
	to, _ := wrote(t, ours, 1)
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	take := func(wantGain bool) {
		t.Helper()
		c, _ := copyOf(t, from)
		gained, err := Import(to, c, ours, now)
		if err != nil || gained != wantGain {
			t.Fatalf("gained %v, %v", gained, err)
		}
		report, err := Verify(t.Context(), to)
		if err != nil || !report.OK() {
			t.Fatalf("%+v, %v", report, err)
		}
	}
	take(true)
	take(false)
	addCells(t, w, 2)
	take(true)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	take(true)
	take(false)

	there, _ := Open(from)
	here, _ := Open(to)
	a, errA := there.Signed(w.ID())
	b, errB := here.Signed(w.ID())
	if err := errors.Join(errA, errB, b.Agrees(a.Checkpoint)); err != nil || a.Entries != b.Entries {
		t.Errorf("%d entries there, %d here, %v", a.Entries, b.Entries, err)
	}
	if _, err := os.Stat(here.key(theirs.ID())); err != nil {
		t.Errorf("their key is not here: %v", err)
	}
	if state, err := here.State(w.ID()); err != nil || state != Closed {
		t.Errorf("it is %s, %v", state, err)
	}
}

func TestImportRefuses(t *testing.T) {
	key := newKey(t)
	from, _ := wrote(t, key, 3)
	other, _ := wrote(t, newKey(t), 3)
	good, _ := copyOf(t, from)
	lines := good.Lines.(*bytes.Buffer).Bytes()
	foreign, _ := copyOf(t, other)
	altered := bytes.Replace(lines, []byte("cell.started"), []byte("cell.Started"), 1)
	for name, c := range map[string]Copy{
		"an altered line":       {good.Journal, good.Checkpoint, bytes.NewReader(altered)},
		"a missing line":        {good.Journal, good.Checkpoint, bytes.NewReader(lines[:bytes.LastIndexByte(lines[:len(lines)-1], '\n')+1])},
		"a torn line":           {good.Journal, good.Checkpoint, bytes.NewReader(lines[:len(lines)-3])},
		"a line too many":       {good.Journal, good.Checkpoint, bytes.NewReader(append(bytes.Clone(lines), "{}\n"...))},
		"lines without end":     {good.Journal, good.Checkpoint, io.MultiReader(bytes.NewReader(lines), endless{})},
		"nothing":               {good.Journal, good.Checkpoint, bytes.NewReader(nil)},
		"another id":            {tracker.NewID(), good.Checkpoint, bytes.NewReader(lines)},
		"another's checkpoint":  {good.Journal, foreign.Checkpoint, bytes.NewReader(lines)},
		"an unsigned statement": {good.Journal, bytes.SplitAfter(good.Checkpoint, []byte("\n\n"))[0], bytes.NewReader(lines)},
		"no checkpoint":         {good.Journal, nil, bytes.NewReader(lines)},
	} {
		t.Run(name, func(t *testing.T) {
			to := t.TempDir()
			if gained, err := Import(to, c, key, time.Now()); !errors.Is(err, ErrCorrupt) || gained {
				t.Errorf("gained %v, %v", gained, err)
			}
			wantEmpty(t, to)
		})
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = '\n'
	}
	return len(b), nil
}

func wantEmpty(t *testing.T, dir string) {
	t.Helper()
	files, err := os.ReadDir(newLayout(dir).journals())
	if err != nil || len(files) > 0 {
		t.Errorf("journals has %v, %v", files, err)
	}
}

// TestImportConflict has two ledgers with different journals under one id, both in order by themselves.
func TestImportConflict(t *testing.T) {
	key := newKey(t)
	from, w := wrote(t, key, 3)
	to := t.TempDir()
	c, _ := copyOf(t, from)
	if _, err := Import(to, c, key, time.Now()); err != nil {
		t.Fatal(err)
	}
	forged := forge(t, w.ID(), key)
	if _, err := Import(to, forged, key, time.Now()); !errors.Is(err, ErrConflict) {
		t.Errorf("got %v", err)
	}
	ledger, _ := Open(to)
	signed, err := ledger.Signed(w.ID())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c.Checkpoint, signed.Checkpoint); diff != "" {
		t.Error(diff)
	}
}

// forge makes another journal with the same id and key.
func forge(t *testing.T, id tracker.ID, key *Key) Copy {
	t.Helper()
	var lines bytes.Buffer
	var tr tree
	for n := range 9 {
		e := tracker.Entry(&tracker.CellStartedEntry{Count: n})
		if n == 0 {
			e = &tracker.JournalOpenedEntry{Format: Format, Journal: id, Key: key.verifierKey(origin(id))}
		}
		line, err := tracker.EncodeEntry(e)
		if err != nil {
			t.Fatal(err)
		}
		lines.Write(append(line, '\n'))
		tr.add(leafOf(line, nil))
	}
	said, err := tr.checkpoint(id).sign(key)
	if err != nil {
		t.Fatal(err)
	}
	return Copy{id, said, &lines}
}

func TestReadListing(t *testing.T) {
	key := newKey(t)
	from, w := wrote(t, key, 3)
	ledger, _ := Open(from)
	register, err := ledger.SignedRegister()
	if err != nil {
		t.Fatal(err)
	}
	read := func(change func([]byte) []byte) (Listing, error) {
		var lines []byte
		if err := register.Each(0, func(line []byte) error { lines = append(append(lines, line...), '\n'); return nil }); err != nil {
			t.Fatal(err)
		}
		return ReadListing(from, register.Origin, register.Checkpoint, bytes.NewReader(change(lines)))
	}
	list, err := read(func(b []byte) []byte { return b })
	if diff := cmp.Diff(Listing{{w.ID(), 1}}, list); diff != "" || err != nil {
		t.Error(diff, err)
	}
	if _, err := read(func(b []byte) []byte { return b[:bytes.IndexByte(b, '\n')+1] }); !errors.Is(err, ErrCorrupt) {
		t.Errorf("a listing cut short: %v", err)
	}
}
