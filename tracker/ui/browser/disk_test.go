package browser

import "testing"

// TestDiskTellsWhatTakesHowMuch opens the view, which measures by itself.
func TestDiskTellsWhatTakesHowMuch(t *testing.T) {
	b := enter(t)
	w := b.serve(t, b.lab).open(t, "/disk")
	w.sees("By kind", "programs", "snapshots", "Largest sessions", "birds.ipynb", "gemba gc")
	w.click("button", "Measure again")
	w.sees("Measured just now")
	for _, theme := range []string{"light", "dark"} {
		w.theme(theme)
		w.shot(theme)
		w.accessible(theme)
	}
}
