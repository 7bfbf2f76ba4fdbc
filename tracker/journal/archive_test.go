package journal

import (
	"archive/tar"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
)

// archiveAll archives what can be.
func archiveAll(t testing.TB, dir string) Archived {
	t.Helper()
	l, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	done, err := l.Archive(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// TestVerifyNamesWhatWasAlteredBeforeItWasArchived archives altered ledgers: all that is wrong still shows.
func TestVerifyNamesWhatWasAlteredBeforeItWasArchived(t *testing.T) {
	for name, test := range tampers {
		t.Run(name, func(t *testing.T) {
			s := newSample(t)
			test.alter(s)
			l, err := Open(s.dir)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := l.Archive(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, fault := range s.found() {
				if at := strings.Index(fault, ".tar/"); at >= 0 {
					fault = "journals/" + fault[at+len(".tar/"):]
				}
				got = append(got, strings.ReplaceAll(fault, s.ids[1].String(), "O"))
			}
			slices.Sort(got)
			if diff := cmp.Diff(slices.Sorted(slices.Values(test.want)), got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestArchiveKeepsEveryByte compares the members of archives, read as any tar, with the files as they were.
func TestArchiveKeepsEveryByte(t *testing.T) {
	s := newSample(t)
	live := newWriter(t, s.dir, s.key)
	fill(t, live, 2)
	defer closeWriter(t, live)
	want := map[string]string{}
	for _, id := range s.ids {
		for _, end := range fileEnds {
			b, err := os.ReadFile(filepath.Join(s.journals(), id.String()+end))
			if err != nil {
				t.Fatal(err)
			}
			want[id.String()+end] = string(b)
		}
	}
	before := describe(t, s.dir)
	if done := archiveAll(t, s.dir); done.Journals != 2 {
		t.Errorf("archived %+v, want two journals", done)
	}
	names, err := listArchives(s.journals())
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	file, err := os.Open(filepath.Join(s.journals(), names[0]))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	got := map[string]string{}
	for r := tar.NewReader(file); ; {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		got[h.Name] = string(b)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(before, describe(t, s.dir)); diff != "" {
		t.Error(diff)
	}
	if s.found() != nil {
		t.Error(s.found())
	}
	if archiveAll(t, s.dir) != (Archived{}) {
		t.Error("the second time archived something")
	}
}

// TestArchivesStayFew archives after every few sessions.
func TestArchivesStayFew(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".gemba")
	key := NewKey()
	for n := range 60 {
		w := newWriter(t, dir, key)
		fill(t, w, 1)
		closeWriter(t, w)
		if n%3 == 2 {
			archiveAll(t, dir)
		}
	}
	l, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	names, _ := listArchives(l.journals())
	if ids, err := l.Journals(); len(ids) != 60 || err != nil || len(names) > 4 {
		t.Errorf("%d journals in %d archives, %v", len(ids), len(names), err)
	}
	if report, err := Verify(t.Context(), dir); err != nil || !report.OK() {
		t.Error(report, err)
	}
}

// TestArchiveAfterACrash leaves journals both loose and archived, in several ways.
func TestArchiveAfterACrash(t *testing.T) {
	s := newSample(t)
	kept := map[string][]byte{}
	for _, id := range s.ids {
		for _, end := range fileEnds {
			path := filepath.Join(s.journals(), id.String()+end)
			kept[path], _ = os.ReadFile(path)
		}
	}
	archiveAll(t, s.dir)
	put := func(ends ...string) {
		for path, b := range kept {
			if slices.Contains(ends, filepath.Ext(path)) {
				if err := os.WriteFile(path, b, 0o644); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for _, ends := range [][]string{{".jsonl"}, {".jsonl", ".hashes"}, {".jsonl", ".hashes", ".checkpoint"}} {
		put(ends...)
		if s.found() != nil {
			t.Errorf("%v loose: %v", ends, s.found())
		}
		archiveAll(t, s.dir)
	}
	if loose, err := s.loose(); loose != nil || err != nil {
		t.Errorf("%v are still loose, %v", loose, err)
	}
	s.edit(s.archivePath(), func(b []byte) []byte { return b }) // it is there, once
	put(fileEnds[:]...)
	s.edit(s.lines(s.name), func(b []byte) []byte { return append(b, "{}\n"...) })
	archiveAll(t, s.dir)
	if got := s.found(); got == nil || !exists(s.lines(s.name)) {
		t.Errorf("an altered copy was taken for the archived one: %v", got)
	}
}

func exists(path string) bool { _, err := os.Lstat(path); return err == nil }

// archivePath returns the one archive.
func (s *sample) archivePath() string {
	s.t.Helper()
	names, err := listArchives(s.journals())
	if err != nil || len(names) != 1 {
		s.t.Fatal(names, err)
	}
	return filepath.Join(s.journals(), names[0])
}

// TestDamagedArchive damages a header: the journals whose headers are whole are still read, and verify tells.
func TestDamagedArchive(t *testing.T) {
	s := newSample(t)
	archiveAll(t, s.dir)
	s.edit(s.archivePath(), func(b []byte) []byte { b[5] ^= 1; return b })
	l, err := Open(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := l.Journals()
	if len(ids) != 1 || err != nil {
		t.Errorf("found %v, %v; want the journal behind the damage", ids, err)
	}
	var removed, unreadable bool
	for _, fault := range s.found() {
		removed = removed || strings.HasSuffix(fault, "journal removed")
		unreadable = unreadable || strings.HasSuffix(fault, "unreadable")
	}
	if !removed || !unreadable {
		t.Error(s.found())
	}
}

// TestReadersCopeWithMovingJournals reads without end while journals move into archives and archives merge.
func TestReadersCopeWithMovingJournals(t *testing.T) {
	s := newSample(t)
	for range 6 {
		w := newWriter(t, s.dir, s.key)
		fill(t, w, 2)
		closeWriter(t, w)
		s.ids = append(s.ids, w.ID())
	}
	l, err := Open(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	var readers sync.WaitGroup
	stop := make(chan struct{})
	for range 3 {
		readers.Go(func() {
			for n := 0; ; n++ {
				select {
				case <-stop:
					return
				default:
				}
				checkReader(t, l, s.ids)
			}
		})
	}
	for range 40 {
		archiveAll(t, s.dir)
		w := newWriter(t, s.dir, s.key)
		closeWriter(t, w)
	}
	close(stop)
	readers.Wait()
}

// checkReader reads all that the first journals hold.
func checkReader(t *testing.T, l *Ledger, want []tracker.ID) {
	ids, err := l.Journals()
	if err != nil {
		t.Error(err)
	}
	for _, id := range want {
		if !slices.Contains(ids, id) {
			t.Errorf("journal %s is not listed", id)
		}
		if state, err := l.State(id); state != Closed || err != nil {
			t.Errorf("journal %s is %s, %v", id, state, err)
		}
		n := 0
		for _, err := range l.Entries(id, Position{}) {
			if n++; err != nil {
				t.Error(err)
			}
		}
		if n < 4 {
			t.Errorf("journal %s has %d entries", id, n)
		}
		if _, err := l.readSmall(l.checkpoint(id.String())); err != nil {
			t.Error(err)
		}
	}
}
