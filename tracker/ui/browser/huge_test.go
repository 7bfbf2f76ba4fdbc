package browser

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestHugeOutputs opens outputs of 100 MB in the timeline and compares them: what is shown is said, the rest is offered, and the page answers
// meanwhile.
func TestHugeOutputs(t *testing.T) {
	b := enter(t)
	dir := filepath.Join(t.TempDir(), "lab")
	if err := os.MkdirAll(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := b.command(b.root, "go", "run", "./tracker/ui/browser/testdata/huge", filepath.Join(dir, ".gemba")); err != nil {
		t.Fatal(err)
	}
	s := b.serve(t, dir)
	cells := s.sql(t, "SELECT id FROM cells ORDER BY started")
	sessions := s.sql(t, "SELECT id FROM sessions ORDER BY started")

	w := s.open(t, "/timeline?cell="+cells[0])
	w.sees("The first 65.5 kB of 100 MB", "Save all")
	if w.has("button", "Show all") {
		t.Error("a text of 100 MB may be shown whole")
	}
	w.settled()
	w.isSmall("a log of 100 MB")
	w.goTo("/timeline?cell=" + cells[1])
	w.sees("it is too large to be shown here", "HTML of")
	w.shot("page")
	w.click("button", "Text")
	w.sees("a table")
	w.goTo("/timeline?cell=" + cells[2])
	w.sees("Image of 100 MB: showing it may take a while")
	w.shot("figure")
	w.accessible("heavy outputs")
	if got := evaluate[int](w, "document.querySelectorAll('.gm-outputs img, .gm-outputs iframe').length"); got != 0 {
		t.Errorf("%d heavy outputs are loaded, which nobody asked for", got)
	}
	w.click("button", "Show it")
	w.until("the image is there", func() bool {
		return evaluate[bool](w, "document.querySelector('.gm-outputs img')?.naturalWidth === 10000")
	})
	w.goTo("/timeline?cell=" + cells[6])
	w.sees("Show more outputs", "Save all text")
	shown := evaluate[int](w, "document.querySelector('.gm-output-text').textContent.length")
	evaluate[bool](w, "((ask) => (window.fetch = () => ((window.fetch = ask), Promise.reject(new TypeError('broken'))), true))(fetch)")
	w.click("button", "Show more outputs")
	w.sees("gemba does not answer. This is how it was before.")
	w.click("button", "Show more outputs")
	w.until("more is shown", func() bool {
		return evaluate[int](w, "document.querySelector('.gm-output-text').textContent.length") > shown
	})
	w.isSmall("a log that came in pieces")

	w.goTo("/compare?a=" + sessions[0] + "&b=" + sessions[1])
	w.sees("log", "page", "figure", "outputs differ")
	w.until("the outputs of both sides are told", func() bool { return strings.Count(w.text(), "The first 65.5 kB of 100 MB") == 2 })
	w.isSmall("the comparison")
	w.shot("compare")
}

// isSmall checks that the page holds no more than what it shows.
func (w *tab) isSmall(what string) {
	w.Helper()
	if got := evaluate[int](w, "document.body.textContent.length"); got > 4<<20 {
		w.Errorf("%s: the page has a text of %d bytes", what, got)
	}
}
