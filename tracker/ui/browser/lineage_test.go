package browser

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// TestLineageLeadsFromAFigureToItsData chooses a figure, walks to the data behind it by keyboard, and looks at its source.
func TestLineageLeadsFromAFigureToItsData(t *testing.T) {
	b := enter(t)
	s := b.serve(t, b.lab)
	sessions := s.sql(t, "SELECT id FROM sessions WHERE notebook <> '' ORDER BY started")
	w := s.open(t, "/lineage?id="+sessions[0])
	w.sees("Files", "Cells", "Runs", "Snapshots")
	w.click("button", "figure.svg")
	w.find("heading", "figure.svg")
	w.sees("Came of", "wrote this", "Draw the lengths.")
	for _, theme := range []string{"light", "dark"} {
		w.theme(theme)
		w.shot(theme)
		w.accessible(theme)
	}
	w.size(700, 900)
	w.shot("narrow")
	w.size(1440, 900)
	w.click("button", "cell Draw the lengths.")
	w.press(kb.ArrowLeft)
	w.find("heading", "clean.csv")
	w.press(kb.ArrowLeft)
	w.find("heading", "Read the raw measurements")
	w.press(kb.ArrowLeft)
	w.find("heading", "raw.csv")

	w.click("button", "Files")
	w.click("button", "cell Draw the lengths.")
	w.sees("led to this")
	w.click("button", "Files")
	w.click("button", "cell Read the raw measurements")
	w.click("button", "Only its way")
	w.find("combobox", "Direction")
	w.sees("what came of it")
	w.shot("upstream")
	w.click("link", "Show the source")
	w.sees("keep what is complete")
}
