package browser

import (
	"strings"
	"testing"
)

// TestLineageOfDeclarations changes a declaration of Go: what depends on it is stale, what ran since is not.
func TestLineageOfDeclarations(t *testing.T) {
	b := enter(t)
	dir := writeNotebook(t, "declared.ipynb", []cell{
		{"settings", "// Settings.\nconst rate = 0.5\nvar steps = 4"},
		{"grow", "// How it grows.\nfunc grow(x float64) float64 { return x * (1 + rate) }"},
		{"first", "%%\n// Grow.\nx := 1.0\nfor range steps {\n\tx = grow(x)\n}\nfmt.Println(x)"},
		{"apart", "%%\n// Steps.\nfmt.Println(steps)"},
		{"settings", "// Settings anew.\nconst rate = 0.25\nvar steps = 4"},
		{"later", "%%\n// Grow later.\nfmt.Println(grow(1))"}})
	if err := b.command(dir, b.gemba, "run", "declared.ipynb"); err != nil {
		t.Fatal(err)
	}
	s := b.serve(t, dir)
	w := s.open(t, "/lineage?id="+s.sql(t, "SELECT id FROM sessions")[0])
	w.click("button", "cell Grow.")
	w.find("heading", "Grow.")
	w.sees("rate is declared in another way since Settings. was executed again", "was used by this: grow", "was used by this: rate, steps")
	w.shot("stale")
	w.click("button", "cell Grow later.")
	w.find("heading", "Grow later.")
	w.sees("was used by this: grow", "was used by this: rate", "Settings anew.\n, lit", "How it grows.\n, lit")
	if strings.Contains(w.text(), "Settings.\n, lit") {
		t.Errorf("it came of settings that had changed before: %s", w.text())
	}
	if strings.Contains(w.text(), "in another way") {
		t.Errorf("it is told as stale: %s", w.text())
	}
	w.click("button", "cell Steps.")
	w.find("heading", "Steps.")
	if strings.Contains(w.text(), "in another way") {
		t.Errorf("it is told as stale: %s", w.text())
	}
	w.theme("dark")
	w.shot("dark")
	w.size(700, 900)
	w.shot("narrow")
}
