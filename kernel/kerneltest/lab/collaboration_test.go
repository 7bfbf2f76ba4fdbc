package lab

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/google/go-cmp/cmp"
)

// Two pages with one document: what one of them runs, edits, clears and restores, the other sees, and its marks with it.
func TestExtensionWithCollaboration(t *testing.T) {
	l := collaborating(t)
	name := l.write(t, "together", `fmt.Println("one")`, `fmt.Println("two")`)
	p := l.open(t, name)
	p.run(1)
	p.done(1, 1)
	p.run(2)
	p.done(2, 2)
	p.marked(2, "recorded")
	again := l.open(t, name)
	again.shows(2, "two")
	again.marked(1, "recorded")
	again.marked(2, "recorded")
	before := ask[any](p, "document")
	for _, page := range []*page{p, again} {
		page.openLedger()
		page.sees(ledgerPanel, "Recorded")
		page.sees(ledgerPanel, `fmt.Println("two")`)
	}
	again.screenshot("together")
	again.choose("Gemba", "Timeline")
	again.sees(ledgerView, `fmt.Println("two")`)
	if diff := cmp.Diff(before, ask[any](p, "document")); diff != "" {
		t.Errorf("looking at the ledger changed the document (-before +after):\n%s", diff)
	}
	t.Run("edit", func(t *testing.T) { editTogether(p, again) })
	t.Run("restore", func(t *testing.T) { restoreTogether(p, again) })
	t.Run("version", func(t *testing.T) { versionTogether(p, again) })
}

func editTogether(p, again *page) {
	p.edit(1)
	p.do(chromedp.KeyEvent(" // edited"))
	again.marked(1, "edited since it was run")
	p.marked(1, "edited since it was run")
	ask[bool](p, "setSource", 0, `fmt.Println("one")`)
	again.marked(1, "recorded")
	p.marked(1, "recorded")
}

func restoreTogether(p, again *page) {
	before := p.cell(1).Outputs
	p.choose("Edit", "Clear Outputs of All Cells")
	p.until("the outputs are gone", func() bool { return len(p.cell(1).Outputs)+len(p.cell(2).Outputs) == 0 })
	p.choose("Gemba", "Restore Outputs from the Ledger…")
	p.sees(".jp-Dialog", "2 cells lack what they showed")
	p.click(".jp-Dialog-buttonLabel", "Fill in")
	for _, page := range []*page{p, again} {
		page.shows(1, "one")
		page.shows(2, "two")
		if got, want := fmt.Sprint(page.cell(1).Outputs), fmt.Sprint(before); got != want {
			p.Errorf("restored are\n%s, want\n%s", got, want)
		}
	}
}

func versionTogether(p, again *page) {
	ask[bool](again, "setSource", 0, `fmt.Println("by another")`)
	p.marked(1, "edited")
	p.edit(1)
	p.choose("Gemba", "Open the Recorded Version of This Cell")
	p.sees(".gm-lab-version .cm-merge-a", `"one"`)
	p.sees(".gm-lab-version .cm-merge-b", `"by another"`)
	p.click(".gm-lab-version .gm-button", "Copy the recorded source into the cell")
	again.marked(1, "recorded")
}
