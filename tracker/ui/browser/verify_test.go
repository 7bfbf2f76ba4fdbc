package browser

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestVerifyTellsWhatIsProven checks a sound ledger, flips one byte of an entry, and checks again.
func TestVerifyTellsWhatIsProven(t *testing.T) {
	b := enter(t)
	s := b.serve(t, b.copyLab(t))
	w := s.open(t, "/verify")
	w.sees("Nothing is checked since")
	w.click("button", "Check now")
	w.sees("Verified: nothing is wrong", "What this proves", "Every journal that the ledger-wide journal lists is there", "What it does not prove", "Whose keys they are")
	w.shot("verified")
	w.accessible("verified")

	journal := s.tamper(t)
	w.click("button", "Check now")
	w.sees("Corrupt: ", "What is wrong", "entry changed", "journal "+journal[:8], "entry 3")
	if text := w.text(); strings.Contains(text, "What this proves") {
		t.Errorf("a corrupt ledger proves something:\n%s", text)
	}
	for _, theme := range []string{"light", "dark"} {
		w.theme(theme)
		w.shot("corrupt-" + theme)
		w.accessible("corrupt, " + theme)
	}
}

// tamper changes a byte within the third entry of a journal, and returns the journal's id.
func (s *site) tamper(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(s.folder, ".gemba", "journals", "*.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		lines := bytes.SplitAfter(text, []byte("\n"))
		if filepath.Base(file) == "ledger.jsonl" || len(lines) < 5 {
			continue
		}
		at := bytes.Index(lines[2], []byte(`"time":"20`)) + len(`"time":"2`)
		if at < len(`"time":"2`) {
			continue
		}
		lines[2][at] ^= 1
		if err := os.WriteFile(file, bytes.Join(lines, nil), 0o644); err != nil {
			t.Fatal(err)
		}
		id, _, _ := strings.Cut(filepath.Base(file), ".")
		return id
	}
	t.Fatal("no journal has a third entry with a time")
	return ""
}
