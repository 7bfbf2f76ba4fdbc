package journal

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/gemba-ml/gemba/tracker"
)

// sample is a ledger of two closed journals, the first of 22 entries, for tests to alter.
type sample struct {
	layout
	t    testing.TB
	key  *Key
	ids  []tracker.ID
	name string // of the first journal's files
}

func newSample(t testing.TB) *sample {
	t.Helper()
	s := &sample{layout: layout{filepath.Join(t.TempDir(), ".gemba")}, t: t, key: NewKey()}
	for _, n := range []int{20, 3} {
		w := newWriter(t, s.dir, s.key)
		fill(t, w, n)
		closeWriter(t, w)
		s.ids = append(s.ids, w.ID())
	}
	s.name = s.ids[0].String()
	return s
}

// edit changes a file.
func (s *sample) edit(path string, change func([]byte) []byte) {
	s.t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(path, change(b), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

// editLines changes the lines of a journal, which are numbered from 0 here.
func (s *sample) editLines(name string, change func([][]byte) [][]byte) {
	s.t.Helper()
	s.edit(s.lines(name), func(b []byte) []byte {
		return bytes.Join(change(bytes.SplitAfter(b, []byte("\n"))), nil)
	})
}

func (s *sample) remove(paths ...string) {
	s.t.Helper()
	for _, path := range paths {
		if err := os.Remove(path); err != nil {
			s.t.Fatal(err)
		}
	}
}

// found returns the problems of a ledger as "file, entry: fault", with "J" for the first journal's name.
func (s *sample) found() (faults []string) {
	s.t.Helper()
	report, err := Verify(s.t.Context(), s.dir)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, p := range report.Problems {
		p.Detail = ""
		faults = append(faults, strings.ReplaceAll(p.String(), s.name, "J"))
	}
	return faults
}

// forge signs a checkpoint over the journal's present lines, as someone with another key could.
func (s *sample) forge(key *Key) {
	s.t.Helper()
	e, err := s.gather(s.name, nil, func(int64, tlog.Hash, []byte) {})
	if err != nil {
		s.t.Fatal(err)
	}
	note, err := e.lines.checkpoint(s.ids[0]).sign(key)
	if err != nil {
		s.t.Fatal(err)
	}
	s.edit(s.checkpoint(s.name), func([]byte) []byte { return note })
}

// tampers are the ways to alter a ledger, and what Verify must say of each.
var tampers = map[string]struct {
	alter func(*sample)
	want  []string
}{
	"nothing": {func(s *sample) {}, nil},
	"change a byte": {
		func(s *sample) {
			s.editLines(s.name, func(l [][]byte) [][]byte {
				l[6] = bytes.Replace(l[6], []byte(`"count":6`), []byte(`"count":9`), 1)
				return l
			})
		},
		[]string{"journals/J.jsonl, entry 7: entry changed"},
	},
	"change the opening entry": {
		func(s *sample) {
			s.editLines(s.name, func(l [][]byte) [][]byte {
				l[0] = bytes.Replace(l[0], []byte(`"gemba":"test"`), []byte(`"gemba":"fake"`), 1)
				return l
			})
		},
		[]string{"journals/J.jsonl, entry 1: entry changed"},
	},
	"drop an entry": {
		func(s *sample) {
			s.editLines(s.name, func(l [][]byte) [][]byte { return append(l[:4:4], l[5:]...) })
		},
		[]string{"journals/J.jsonl, entry 5: entry dropped"},
	},
	"drop two": {
		func(s *sample) {
			s.editLines(s.name, func(l [][]byte) [][]byte { return append(append(l[:4:4], l[5:10]...), l[11:]...) })
		},
		[]string{"journals/J.jsonl, entry 5: entry dropped", "journals/J.jsonl, entry 11: entry dropped"},
	},
	"swap two": {
		func(s *sample) {
			s.editLines(s.name, func(l [][]byte) [][]byte { l[3], l[9] = l[9], l[3]; return l })
		},
		[]string{"journals/J.jsonl, entry 4: entry moved", "journals/J.jsonl, entry 10: entry moved"},
	},
	"insert an entry": {
		func(s *sample) {
			s.editLines(s.name, func(l [][]byte) [][]byte {
				fake := []byte(`{"kind":"gap","time":"2026-01-01T00:00:00Z","reason":"none"}` + "\n")
				return append(append(l[:8:8], fake), l[8:]...)
			})
		},
		[]string{"journals/J.jsonl, entry 9: entry inserted"},
	},
	"append an entry": {
		func(s *sample) {
			s.edit(s.lines(s.name), func(b []byte) []byte {
				return append(b, `{"kind":"gap","time":"2026-01-01T00:00:00Z","reason":"none"}`+"\n"...)
			})
		},
		[]string{"journals/J.jsonl, entry 23: entry inserted"},
	},
	"truncate": {
		func(s *sample) { s.edit(s.lines(s.name), func(b []byte) []byte { return b[:len(b)-500] }) },
		[]string{"journals/J.jsonl, entry 20: journal truncated"},
	},
	"truncate all three files, and sign what is left with the old key": {
		func(s *sample) {
			s.editLines(s.name, func(l [][]byte) [][]byte { return l[:10] })
			s.edit(s.hashes(s.name), func(b []byte) []byte { return b[:320] })
			s.forge(s.key)
		},
		[]string{"journals/J.jsonl, entry 11: journal rolled back"},
	},
	"remove a journal": {
		func(s *sample) { s.remove(s.lines(s.name), s.hashes(s.name), s.checkpoint(s.name)) },
		[]string{"journals/J.jsonl: journal removed"},
	},
	"remove the ledger-wide journal": {
		func(s *sample) { s.remove(s.lines(LedgerWide)) },
		[]string{"journals/J.jsonl: journal not listed ledger-wide", "journals/O.jsonl: journal not listed ledger-wide", "journals/ledger.jsonl: journal removed"},
	},
	"drop a journal and its lines ledger-wide": {
		func(s *sample) {
			s.remove(s.lines(s.name), s.hashes(s.name), s.checkpoint(s.name))
			s.editLines(LedgerWide, func(l [][]byte) [][]byte { return append(l[:1:1], l[3:]...) })
		},
		[]string{"journals/ledger.jsonl, entry 2: entry dropped", "journals/ledger.jsonl, entry 3: entry dropped"},
	},
	"remove a checkpoint": {
		func(s *sample) { s.remove(s.checkpoint(s.name)) },
		[]string{"journals/J.checkpoint: checkpoint removed"},
	},
	"remove the hashes": {
		func(s *sample) { s.remove(s.hashes(s.name)) },
		[]string{"journals/J.hashes: hashes damaged"},
	},
	"change a hash": {
		func(s *sample) { s.edit(s.hashes(s.name), func(b []byte) []byte { b[100]++; return b }) },
		[]string{"journals/J.hashes: hashes damaged"},
	},
	"change an entry and its hash": {
		func(s *sample) {
			s.edit(s.hashes(s.name), func(b []byte) []byte { b[100]++; return b })
			s.editLines(s.name, func(l [][]byte) [][]byte { l[3] = bytes.Replace(l[3], []byte(`3`), []byte(`4`), 1); return l })
		},
		[]string{"journals/J.jsonl: entry changed"},
	},
	"sign with another key": {
		func(s *sample) { s.forge(NewKey()) },
		[]string{"journals/J.checkpoint: checkpoint not signed by the journal's key"},
	},
	"another journal's checkpoint": {
		func(s *sample) {
			b, err := os.ReadFile(s.checkpoint(s.ids[1].String()))
			if err != nil {
				s.t.Fatal(err)
			}
			s.edit(s.checkpoint(s.name), func([]byte) []byte { return b })
		},
		[]string{"journals/J.checkpoint: checkpoint not signed by the journal's key"},
	},
	"write the journal anew with another key": {
		func(s *sample) {
			key := NewKey()
			s.editLines(s.name, func(l [][]byte) [][]byte {
				l[0] = bytes.Replace(l[0], []byte(s.key.verifierKey(origin(s.ids[0]))), []byte(key.verifierKey(origin(s.ids[0]))), 1)
				return l
			})
			s.remove(s.hashes(s.name))
			s.forge(key)
		},
		[]string{
			"journals/J.checkpoint: checkpoint not signed by the journal's key",
			"journals/J.jsonl: journal rolled back", "journals/J.jsonl: journal rolled back",
			"journals/J.jsonl, entry 1: key differs from the one recorded",
		},
	},
	"remove the public key": {
		func(s *sample) { s.remove(s.layout.key(s.key.ID())) },
		[]string{
			"journals/J.jsonl, entry 1: key not among the ledger's keys", "journals/O.jsonl, entry 1: key not among the ledger's keys",
			"journals/ledger.checkpoint: checkpoint not signed by the journal's key",
		},
	},
	"plant a journal of one entry": {
		func(s *sample) {
			cell := `{"kind":"cell.started","time":"2026-01-01T00:00:00Z","count":1}` + "\n"
			if err := os.WriteFile(s.lines(tracker.ID{1}.String()), []byte(cell), 0o644); err != nil {
				s.t.Fatal(err)
			}
		},
		[]string{"journals/01000000000000000000000000000000.jsonl, entry 1: journal not listed ledger-wide"},
	},
	"a folder instead of a journal": {
		func(s *sample) {
			s.remove(s.lines(s.name))
			if err := os.Mkdir(s.lines(s.name), 0o755); err != nil {
				s.t.Fatal(err)
			}
		},
		[]string{"journals/J.jsonl: journal removed"},
	},
	"garbage in the ledger-wide journal": {
		func(s *sample) {
			s.editLines(LedgerWide, func(l [][]byte) [][]byte { l[2] = []byte("\xff{[\n"); return l })
		},
		[]string{"journals/ledger.jsonl, entry 3: entry changed"},
	},
	"garbage in the public key": {
		func(s *sample) {
			s.edit(s.layout.key(s.key.ID()), func([]byte) []byte { return []byte("gemba+\xff+\xff") })
		},
		[]string{
			"journals/J.jsonl, entry 1: key not among the ledger's keys", "journals/O.jsonl, entry 1: key not among the ledger's keys",
			"journals/ledger.checkpoint: checkpoint not signed by the journal's key",
		},
	},
	"rename a journal": {
		func(s *sample) {
			other := tracker.ID{1}.String()
			for _, file := range []func(string) string{s.lines, s.hashes, s.checkpoint} {
				if err := os.Rename(file(s.name), file(other)); err != nil {
					s.t.Fatal(err)
				}
			}
		},
		[]string{
			"journals/01000000000000000000000000000000.jsonl: journal not listed ledger-wide",
			"journals/01000000000000000000000000000000.jsonl, entry 1: entry moved",
			"journals/J.jsonl: journal removed",
		},
	},
	"change a blob": {
		func(s *sample) { s.edit(s.pack(s.ids[1]), func(b []byte) []byte { b[8+headerSize+2] ^= 1; return b }) },
		[]string{"journals/O.jsonl, entry 2: blob corrupt", "packs/O.pack: blob corrupt"},
	},
	"remove a pack": {
		func(s *sample) { s.remove(s.pack(s.ids[1])) },
		[]string{"journals/O.jsonl, entry 2: blob missing", "journals/O.jsonl, entry 3: blob missing", "journals/O.jsonl, entry 4: blob missing"},
	},
}

// headerSize is that of a frame in a pack.
const headerSize = 64

func TestVerifyNamesWhatWasAltered(t *testing.T) {
	for name, test := range tampers {
		t.Run(name, func(t *testing.T) {
			s := newSample(t)
			test.alter(s)
			var got []string
			for _, fault := range s.found() {
				got = append(got, strings.ReplaceAll(fault, s.ids[1].String(), "O"))
			}
			slices.Sort(got)
			want := slices.Sorted(slices.Values(test.want))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestReport(t *testing.T) {
	s := newSample(t)
	w := newWriter(t, s.dir, s.key)
	fill(t, w, 5)
	report, err := Verify(t.Context(), s.dir)
	if err != nil || !report.OK() {
		t.Fatalf("%v, %v", report, err)
	}
	want := map[string]JournalReport{
		LedgerWide:        {Entries: 6, Signed: 6, Key: s.key.ID()},
		s.name:            {State: Closed, Entries: 22, Signed: 22, Key: s.key.ID()},
		s.ids[1].String(): {State: Closed, Entries: 5, Signed: 5, Key: s.key.ID()},
		w.ID().String():   {State: Live, Entries: 6, Signed: 1, Key: s.key.ID()},
	}
	for _, j := range report.Journals {
		name := j.Name
		j.Name, j.Root = "", ""
		if diff := cmp.Diff(want[name], j); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	if report.Unsigned != 5 || report.Entries != 39 || report.Blobs != 28 {
		t.Errorf("%d entries, %d unsigned, %d blobs", report.Entries, report.Unsigned, report.Blobs)
	}
	if err := w.Sync(); err != nil {
		t.Fatal(err)
	}
	if report, err = Verify(t.Context(), s.dir); err != nil || report.Unsigned != 0 || !report.OK() {
		t.Errorf("after Sync: %d unsigned, %v %v", report.Unsigned, report.Problems, err)
	}
	closeWriter(t, w)
}

// TestNothingIsSignedOnTopOfAnAlteredLedger alters the ledger-wide journal: a new session is still
// recorded, says so, and does not make the alteration look signed.
func TestNothingIsSignedOnTopOfAnAlteredLedger(t *testing.T) {
	s := newSample(t)
	s.editLines(LedgerWide, func(l [][]byte) [][]byte { return append(l[:1:1], l[2:]...) })
	w := newWriter(t, s.dir, s.key)
	fill(t, w, 1)
	if err := w.Close(); !errors.Is(err, ErrDamaged) {
		t.Errorf("Close: %v, want ErrDamaged", err)
	}
	want := []string{
		fmt.Sprintf("journals/%s.jsonl: journal not listed ledger-wide", w.ID()),
		"journals/ledger.jsonl, entry 2: entry dropped",
	}
	if diff := cmp.Diff(want, s.found()); diff != "" {
		t.Error(diff)
	}
}

// TestCutJournalIsListed leaves a journal without closing it: the next writer lists it, and from
// then on its signed entries cannot be taken away together with their checkpoint.
func TestCutJournalIsListed(t *testing.T) {
	s := newSample(t)
	w := newWriter(t, s.dir, s.key)
	early, err := os.ReadFile(s.checkpoint(w.name))
	if err != nil {
		t.Fatal(err)
	}
	fill(t, w, 5)
	if err := w.Sync(); err != nil {
		t.Fatal(err)
	}
	_ = w.file.Close() // as the end of the process does
	closeWriter(t, newWriter(t, s.dir, s.key))
	if faults := s.found(); faults != nil {
		t.Errorf("before: %v", faults)
	}
	s.editLines(w.name, func(l [][]byte) [][]byte { return l[:1] })
	s.edit(s.hashes(w.name), func(b []byte) []byte { return b[:32] })
	s.edit(s.checkpoint(w.name), func([]byte) []byte { return early })
	want := []string{fmt.Sprintf("journals/%s.jsonl, entry 2: journal rolled back", w.name)}
	if diff := cmp.Diff(want, s.found()); diff != "" {
		t.Error(diff)
	}
}

func TestUnsignedLedger(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".gemba")
	w, err := Create(dir, Options{KeyFault: errors.New("no home"), Now: clock})
	if err != nil {
		t.Fatal(err)
	}
	fill(t, w, 2)
	closeWriter(t, w)
	report, err := Verify(t.Context(), dir)
	if err != nil || !report.OK() || report.Unsigned != report.Entries {
		t.Errorf("%+v, %v", report, err)
	}
	l, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for r, err := range l.Entries(w.ID(), Position{N: 1, Offset: firstLine(t, l, w.ID())}) {
		gap, ok := r.Entry.(*tracker.GapEntry)
		if err != nil || !ok || !strings.Contains(gap.Reason, "no home") {
			t.Errorf("entry 2: %s, %v; want a gap that says why nothing is signed", r.Line, err)
		}
		break
	}
	closeWriter(t, newWriter(t, dir, NewKey())) // someone with a key goes on
	if report, err := Verify(t.Context(), dir); err != nil || !report.OK() {
		t.Errorf("%+v, %v", report, err)
	}
}

func firstLine(t *testing.T, l *Ledger, id tracker.ID) int64 {
	t.Helper()
	for r, err := range l.Entries(id, Position{}) {
		if err != nil {
			t.Fatal(err)
		}
		return r.End
	}
	return 0
}

// TestSignerIsNamed leaves a journal out of the ledger-wide one and signs that with another key, which
// is put among the ledger's: the report names that key, and not the one that the journal began with.
func TestSignerIsNamed(t *testing.T) {
	s, other := newSample(t), NewKey()
	s.remove(s.lines(s.name), s.hashes(s.name), s.checkpoint(s.name))
	s.editLines(LedgerWide, func(l [][]byte) [][]byte { return append(l[:1:1], l[3:]...) })
	s.remove(s.hashes(LedgerWide), s.checkpoint(LedgerWide))
	r := register{chain: chain{layout: s.layout, name: LedgerWide, key: other}}
	file, err := os.OpenFile(s.lines(LedgerWide), os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	r.file = file
	w := Writer{chain: chain{layout: s.layout, key: other}}
	signed := tree{}
	e, err := s.gather(LedgerWide, nil, func(_ int64, leaf tlog.Hash, _ []byte) { signed.add(leaf); r.leaves = append(r.leaves, leaf) })
	if err != nil {
		t.Fatal(err)
	}
	r.id, r.tree = e.first.(*tracker.LedgerOpenedEntry).Ledger, signed
	if err := errors.Join(r.sync(nil), w.keepKey()); err != nil {
		t.Fatal(err)
	}
	report, err := Verify(t.Context(), s.dir)
	if err != nil || !report.OK() {
		t.Fatalf("%+v, %v; only the key tells", report, err)
	}
	if got := report.Journals[0]; got.Name != LedgerWide || got.Key != other.ID() {
		t.Errorf("the ledger-wide journal is said to be signed by %s, not by %s", got.Key, other.ID())
	}
}
