//go:build unix

package journal

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// TestPipes puts pipes where files are, and beside them: nothing waits for one to be written.
func TestPipes(t *testing.T) {
	for name, path := range map[string]func(*sample) string{
		"format":              func(s *sample) string { return s.format() },
		"journal":             func(s *sample) string { return s.lines(s.name) },
		"hashes":              func(s *sample) string { return s.hashes(s.name) },
		"checkpoint":          func(s *sample) string { return s.checkpoint(s.name) },
		"ledger-wide journal": func(s *sample) string { return s.lines(LedgerWide) },
		"key":                 func(s *sample) string { return s.layout.key(s.key.ID()) },
		"pack":                func(s *sample) string { return s.pack(s.ids[0]) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSample(t)
			s.remove(path(s))
			if err := unix.Mkfifo(path(s), 0o644); err != nil {
				t.Fatal(err)
			}
			if report, err := Verify(t.Context(), s.dir); err == nil && report.OK() {
				t.Error("nothing found")
			}
		})
	}
	t.Run("a pack too many", func(t *testing.T) {
		s := newSample(t)
		if err := unix.Mkfifo(filepath.Join(s.packs(), "other.pack"), 0o644); err != nil {
			t.Fatal(err)
		}
		if faults := s.found(); faults != nil {
			t.Error(faults)
		}
	})
}

// TestLedgerJournalIsNoLink refuses to append to whatever a link points at.
func TestLedgerJournalIsNoLink(t *testing.T) {
	s := newSample(t)
	victim := filepath.Join(t.TempDir(), "victim")
	if err := os.WriteFile(victim, []byte("no line end"), 0o644); err != nil {
		t.Fatal(err)
	}
	s.remove(s.lines(LedgerWide), s.checkpoint(LedgerWide), s.hashes(LedgerWide))
	if err := os.Symlink(victim, s.lines(LedgerWide)); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(s.dir, Options{Key: s.key}); !errors.Is(err, errIrregular) {
		t.Errorf("got %v, want a refusal", err)
	}
	if b, err := os.ReadFile(victim); string(b) != "no line end" || err != nil {
		t.Errorf("the file that the link points at holds %q, %v", b, err)
	}
}
