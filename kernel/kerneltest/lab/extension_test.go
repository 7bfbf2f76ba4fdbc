package lab

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// Where things of the extension are on the page.
const (
	ledgerTab   = `.jp-SideBar [data-id="gemba-ledger"]`
	ledgerPanel = "#gemba-ledger"
	ledgerView  = ".gm-lab-view"
)

// openLedger opens the side panel.
func (p *page) openLedger() {
	p.Helper()
	p.click(ledgerTab, "")
	p.sees(ledgerPanel, "VIEWS")
}

// marked waits until the mark of a code cell says a text; the first cell is 1.
func (p *page) marked(number int, text string) {
	p.Helper()
	p.until(fmt.Sprintf("cell %d is marked %q", number, text), func() bool {
		marks := try[[]string](p, "marks")
		return number <= len(marks) && strings.Contains(marks[number-1], text)
	})
}

// unsaved reports whether the notebook has changes that are not saved.
func (p *page) unsaved() bool {
	p.Helper()
	return ask[bool](p, "unsaved")
}

func TestExtensionShowsTheLedger(t *testing.T) {
	l := enter(t)
	p := l.open(t, l.write(t, "ledger", `fmt.Println("first")`, `fmt.Println("second")`, `panic("third")`))
	p.openLedger()
	p.sees(ledgerPanel, "Recorded")
	p.sees(ledgerPanel, "No cell has been run yet")
	for i := range 3 {
		p.run(i + 1)
		p.done(i+1, i+1)
		p.marked(i+1, "recorded")
	}
	p.sees(ledgerPanel, `fmt.Println("second")`)
	p.screenshot("panel")

	p.click(ledgerPanel+" button", "Check every byte")
	p.sees(ledgerPanel, "whole and unchanged")
	p.click(".gm-badge button", "✓recorded") // that of the cell that failed, which tells no duration
	p.sees(".gemba.gm-lab-view", "panic")
	p.screenshot("timeline")
	for _, view := range ledgerViews {
		p.choose("Gemba", view)
		p.until("the view "+view+" is there", func() bool {
			return try[string](p, "front") == view && ask[string](p, "text", ".gemba.gm-lab-view") != ""
		})
		p.until("it has nothing to complain of", func() bool { return ask[string](p, "text", ".gemba.gm-lab-view .gm-state-failed") == "" })
	}
	if got := ask[[]string](p, "gembaViews"); !slices.Equal(got, ledgerViews) {
		t.Errorf("the panel leads to %q, want %q", got, ledgerViews)
	}
}

func TestExtensionMarksCells(t *testing.T) {
	l := enter(t)
	name := l.write(t, "marks", `fmt.Println("one")`, `fmt.Println("two")`)
	p := l.open(t, name)
	p.run(2)
	p.done(2, 1)
	p.marked(2, "recorded")
	p.run(1)
	p.done(1, 2)
	p.marked(1, "run out of order")
	p.run(2)
	p.done(2, 3)
	p.marked(1, "recorded")
	p.marked(2, "recorded")
	ask[bool](p, "save")

	p.edit(1)
	p.do(chromedp.KeyEvent(" // edited"))
	p.marked(1, "edited since it was run")
	p.screenshot("edited")
	ask[bool](p, "setSource", 0, `fmt.Println("one")`)
	p.marked(1, "recorded")
	ask[bool](p, "save")

	again := l.open(t, name) // a second tab
	again.marked(1, "recorded")
	again.marked(2, "recorded")
	if again.unsaved() {
		t.Error("marks changed the notebook")
	}
	again.run(1)
	again.done(1, 4)
	p.until("the first tab's mark is of the newest execution", func() bool {
		return ask[string](p, "executionOf", 0) == ask[string](again, "executionOf", 0)
	})

	again.choose("Kernel", "Restart Kernel…")
	again.click(".jp-Dialog-buttonLabel", "Restart")
	again.marked(1, "from an earlier session")
	again.marked(2, "from an earlier session")
	p.marked(1, "from an earlier session") // a page that did not ask for the restart
	again.run(1)
	again.done(1, 1)
	again.marked(1, "recorded")
	again.screenshot("restarted")
}

func TestExtensionAnswersBesideACell(t *testing.T) {
	l := enter(t)
	p := l.open(t, l.write(t, "beside", `fmt.Println("before")`, waitFor("beside-goes-on")+`fmt.Println("behind")`))
	p.run(1)
	p.done(1, 1)
	p.marked(1, "recorded")
	p.run(2)
	p.marked(2, "being recorded")
	p.openLedger()
	p.sees(ledgerPanel, `fmt.Println("before")`)
	p.choose("Gemba", "Timeline")
	p.sees(".gemba.gm-lab-view", "beside.ipynb")
	p.until("the kernel is shown to be busy", func() bool { return ask[string](p, "kernelStatus") == "busy" })
	p.screenshot("beside")
	l.allow(t, "beside-goes-on")
	p.marked(2, "recorded ·")
	p.until("the kernel is shown to be idle", func() bool { return ask[string](p, "kernelStatus") == "idle" })
}

func TestExtensionWithPython(t *testing.T) {
	l := enter(t)
	p := l.python(t, behind, "ledger", `print("hello")`, waitInPython("python-goes-on")+`print("behind")`)
	p.run(1)
	p.done(1, 1)
	p.marked(1, "recorded")
	p.run(2)
	p.marked(2, "being recorded")
	p.openLedger()
	p.sees(ledgerPanel, "Recorded")
	p.sees(ledgerPanel, `print("hello")`)
	p.until("the kernel is shown to be busy", func() bool { return ask[string](p, "kernelStatus") == "busy" })
	l.allow(t, "python-goes-on")
	p.marked(2, "recorded ·")
	p.screenshot("python")
}

func TestExtensionReadsWithoutAKernel(t *testing.T) {
	l := enter(t)
	p := l.python(t, alone, "unrecorded", `print("hello")`)
	p.openLedger()
	p.sees(ledgerPanel, "Not recorded")
	p.sees(ledgerPanel, "Python 3 (gemba) records what it runs")
	p.sees(ledgerPanel, "Nothing is recorded of this notebook yet")
	p.run(1)
	p.done(1, 1)
	if marks := ask[[]string](p, "marks"); marks[0] != "" {
		t.Errorf("a cell of a kernel that gemba does not know is marked %q", marks[0])
	}
	p.choose("Gemba", "Timeline")
	p.until("the timeline has notebooks", func() bool { return ask[string](p, "text", ".gemba.gm-lab-view") != "" })
	if shown := ask[string](p, "text", ".gemba.gm-lab-view"); strings.Contains(shown, "reads the ledger") {
		t.Errorf("the kernel that reads the ledger is recorded:\n%s", shown)
	}
	p.screenshot("unrecorded")
}

func TestExtensionRestoresOutputs(t *testing.T) {
	l := enter(t)
	p := l.open(t, l.write(t, "lost", "import \"github.com/janpfeifer/gonb/gonbui\"\n\n%%\nfmt.Println(\"text\")\ngonbui.DisplayHTML(\"<b id='bold'>bold</b>\")", `fmt.Println("edited")`))
	p.choose("Run", "Run All Cells")
	p.done(2, 2)
	p.marked(2, "recorded")
	before := p.cell(1).Outputs
	p.choose("Edit", "Clear Outputs of All Cells")
	p.until("the outputs are gone", func() bool { return len(p.cell(1).Outputs) == 0 })
	ask[bool](p, "setSource", 1, `fmt.Println("another")`)
	ask[bool](p, "save")

	p.choose("Gemba", "Restore Outputs from the Ledger…")
	p.sees(".jp-Dialog", "One cell lacks what it showed")
	if p.unsaved() {
		t.Error("the notebook changed before anybody agreed")
	}
	p.screenshot("restore")
	p.click(".jp-Dialog-buttonLabel", "Fill in")
	p.until("the outputs are back", func() bool { return len(p.cell(1).Outputs) == len(before) })
	if got, want := fmt.Sprint(p.cell(1).Outputs), fmt.Sprint(before); got != want {
		t.Errorf("restored are\n%s, want\n%s", got, want)
	}
	if c := p.cell(2); len(c.Outputs) != 0 {
		t.Errorf("a cell that was edited since has the outputs %v", c.Outputs)
	}
	if !p.unsaved() {
		t.Error("the notebook counts as saved")
	}
}

func TestExtensionShowsVersions(t *testing.T) {
	l := enter(t)
	p := l.open(t, l.write(t, "version", `fmt.Println("as it was run")`))
	p.run(1)
	p.done(1, 1)
	p.marked(1, "recorded")
	ask[bool](p, "setSource", 0, `fmt.Println("as it is now")`)
	p.marked(1, "edited")
	p.choose("Gemba", "Open the Recorded Version of This Cell")
	p.sees(".gm-lab-version .cm-merge-a", "as it was run")
	p.sees(".gm-lab-version .cm-merge-b", "as it is now")
	p.screenshot("version")
	p.click(".gm-lab-version .gm-button", "Copy the recorded source into the cell")
	p.until("the source is the recorded one", func() bool { return ask[string](p, "source", "version.ipynb", 0) == `fmt.Println("as it was run")` })
}

// TestExtensionCostsLittle measures what the extension costs at JupyterLab's start. It prints the figures and judges none: they depend on
// the machine. But the views must not be loaded before somebody looks at one.
func TestExtensionCostsLittle(t *testing.T) {
	l := enter(t)
	name := l.write(t, "cost", `fmt.Println("cost")`)
	for range 3 {
		p := l.open(t, name)
		cost := ask[struct{ Load, Activate, Script, Scripts, Bytes float64 }](p, "cost")
		t.Logf("evaluating %.1f ms, activating %.1f ms; its script of %.0f bytes came in %.1f ms, beside others", cost.Load, cost.Activate, cost.Bytes, cost.Script)
		if cost.Scripts != 1 {
			t.Errorf("JupyterLab loaded %v scripts of the extension at its start, want 1", cost.Scripts)
		}
	}
}
