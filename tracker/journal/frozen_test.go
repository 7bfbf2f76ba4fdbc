package journal

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
)

// frozen is a ledger that the first release of its format wrote. It must be readable for ever: a
// change that needs it to be written anew is a new format.
const frozen = "../testdata/format1"

var freeze = flag.Bool("freeze", false, "write the frozen ledger, of a format that is not released yet, anew")

// freezeLedger writes a ledger with one of each thing: a closed and a cut journal, entries that are
// not signed, a torn line, a kind from the future, blobs raw and compressed.
func freezeLedger(t *testing.T) {
	t.Helper()
	if err := os.RemoveAll(frozen); err != nil {
		t.Fatal(err)
	}
	key := NewKey()
	w := newWriter(t, frozen, key)
	fill(t, w, 3)
	text, err := w.Put(bytes.Repeat([]byte("epoch 1 loss 0.5\n"), 100))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Append(&tracker.CellOutputsEntry{Header: w.head(), Outputs: text, Size: 1700, Count: 1, Messages: 1}); err != nil {
		t.Fatal(err)
	}
	closeWriter(t, w)
	cut := newWriter(t, frozen, key)
	fill(t, cut, 2)
	if err := cut.Sync(); err != nil {
		t.Fatal(err)
	}
	fill(t, cut, 1)
	tail := `{"kind":"weather","time":"2026-01-02T03:04:05Z","rain":true}` + "\n" + `{"kind":"cell.fini`
	if _, err := cut.file.WriteAt([]byte(tail), cut.size); err != nil {
		t.Fatal(err)
	}
	_ = cut.file.Close()
	closeWriter(t, newWriter(t, frozen, key))                              // it lists the cut one
	if err := os.Remove(filepath.Join(frozen, ".gitignore")); err != nil { // it would keep the rest out of git
		t.Fatal(err)
	}
}

// describe tells what a reader finds in a ledger, one line for each thing.
func describe(t *testing.T, dir string) string {
	t.Helper()
	report, err := Verify(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	l, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%d problems, %d entries, %d unsigned, %d blobs\n", len(report.Problems), report.Entries, report.Unsigned, report.Blobs)
	for _, j := range report.Journals {
		fmt.Fprintf(&b, "%s %s %d entries, %d signed, %d bytes torn, root %s, key %s\n", j.Name, j.State, j.Entries, j.Signed, j.Torn, j.Root, j.Key)
		id, err := tracker.ParseID(j.Name)
		if err != nil {
			continue // the ledger-wide journal
		}
		for r, err := range l.Entries(id, Position{}) {
			if err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, "%d %T %s", r.N, r.Entry, r.Line)
			for d := range digestsIn(r.Line) {
				blob, err := l.Blob(d)
				fmt.Fprintf(&b, " %.24q %v", blob, err)
			}
			fmt.Fprintln(&b)
		}
	}
	return b.String()
}

func TestFrozenLedger(t *testing.T) {
	golden := frozen + ".golden"
	if *freeze {
		freezeLedger(t)
		if err := os.WriteFile(golden, []byte(describe(t, frozen)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), describe(t, frozen)); diff != "" {
		t.Error(diff)
	}
	if out, err := exec.CommandContext(t.Context(), python(t), "../testdata/verify.py", frozen).CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
