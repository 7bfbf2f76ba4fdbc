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
	s := &sample{layout: newLayout(filepath.Join(t.TempDir(), ".gemba")), t: t, key: NewKey()}
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
	if err := errors.Join(r.sync(nil), w.keepKey(w.key)); err != nil {
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
