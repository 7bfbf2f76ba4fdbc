package lab

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestExtensionReturnsAfterReload loads the page again with views and the panel open, and a cell running.
func TestExtensionReturnsAfterReload(t *testing.T) {
	l := enter(t)
	p := l.open(t, l.write(t, "return", `fmt.Println("alpha")`, `fmt.Println("beta")`, "fmt.Println(\"running\")\n"+waitFor("return-goes-on")+`fmt.Println("gamma")`))
	for i := range 2 {
		p.run(i + 1)
		p.done(i+1, i+1)
	}
	p.openLedger()
	p.click(ledgerPanel+" .gm-lab-cell .gm-mono", `fmt.Println("alpha")`)
	p.sees(ledgerView, "alpha")
	p.choose("Gemba", "Runs")
	p.settled()
	p.click(ledgerView+" .gm-filter-input", "")
	p.press("params.rate > 7")
	p.press(kb.Escape)
	p.press(kb.Enter)
	p.click(".lm-TabBar-tabLabel", "return.ipynb")
	p.run(3)
	p.shows(3, "running")
	p.marked(3, "being recorded")
	ask[bool](p, "save")
	p.until("the layout is kept", func() bool {
		kept := try[string](p, "workspaces")
		return strings.Contains(kept, "gemba-timeline") && strings.Contains(kept, "params.rate > 7")
	})

	p.do(chromedp.Reload())
	p.runsElsewhere()
	p.sees(ledgerPanel, "Recorded")
	p.sees(ledgerPanel, `fmt.Println("running")`)
	p.marked(1, "recorded")
	p.marked(3, "being recorded")
	if got := ask[string](p, "front"); got != "return.ipynb" {
		t.Errorf("in front is %q, want what was there before", got)
	}
	p.screenshot("returned")
	p.click(".lm-TabBar-tabLabel", "Runs")
	p.settled()
	if got := ask[string](p, "value", ledgerView+" .gm-filter-input"); got != "params.rate > 7" {
		t.Errorf("the filter of the runs is %q after the page was loaded again", got)
	}
	p.click(".lm-TabBar-tabLabel", "Timeline")
	p.sees(ledgerView, "alpha")
	p.screenshot("timeline")
	l.allow(t, "return-goes-on")
	p.click(".lm-TabBar-tabLabel", "return.ipynb")
	p.marked(3, "recorded")
	p.until("the kernel is shown to be idle", func() bool { return ask[string](p, "status") == "idle" })
}

// TestExtensionThroughRestarts restarts the kernel with the panel open on two pages, of which one asks.
func TestExtensionThroughRestarts(t *testing.T) {
	l := enter(t)
	name := l.write(t, "restarts", `fmt.Println("again")`, waitFor("restarts-goes-on")+`fmt.Println("behind")`)
	p := l.open(t, name)
	p.run(1)
	p.done(1, 1)
	again := l.open(t, name)
	pages := []*page{p, again}
	for _, page := range pages {
		page.openLedger()
		page.sees(ledgerPanel, "Newest session: 1 cell run")
	}
	again.choose("Kernel", "Restart Kernel…")
	again.click(".jp-Dialog-buttonLabel", "Restart")
	for _, page := range pages {
		page.marked(1, "from an earlier session")
		page.until("the kernel is idle", func() bool { return ask[string](page, "status") == "idle" })
	}
	again.run(2)
	for _, page := range pages {
		page.sees(ledgerPanel, "Compare with the one before")
		page.sees(ledgerPanel, "restarts-goes-on")
		page.marked(2, "being recorded")
		page.choose("Gemba", "Verify")
		page.settled()
		page.until("the kernel is shown to be busy", func() bool { return ask[string](page, "kernelStatus") == "busy" })
	}
	l.allow(t, "restarts-goes-on")
	for _, page := range pages {
		page.marked(2, "recorded")
		page.until("the kernel is shown to be idle", func() bool { return ask[string](page, "kernelStatus") == "idle" })
		page.sees(ledgerPanel, "Recorded")
	}
}
