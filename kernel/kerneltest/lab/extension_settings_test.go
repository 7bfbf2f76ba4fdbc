package lab

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/chromedp/chromedp"
)

// TestExtensionSettings turns each setting off and on again in JupyterLab's settings, with the page open.
func TestExtensionSettings(t *testing.T) {
	l := enter(t)
	p := l.open(t, l.write(t, "settings", `fmt.Println("set")`))
	p.run(1)
	p.done(1, 1)
	p.marked(1, "recorded")
	t.Cleanup(func() { _, _ = call[bool](p, "saveSettings", "gemba:ledger", "{}") })
	ask[bool](p, "openSettings", "Gemba")
	toggle := func(name string) { p.click(`input[type=checkbox][id$="_`+name+`"]`, "") }

	toggle("badges")
	p.until("the marks are gone", func() bool { return ask[[]string](p, "marks")[0] == "" })
	toggle("badges")
	p.marked(1, "recorded")

	p.find(ledgerTab, "")
	toggle("panel")
	p.until("the panel is gone", func() bool { return !ask[bool](p, "has", ledgerTab) })
	p.choose("Gemba", "Show the Side Panel")
	p.sees(".jp-Dialog", "switched off")
	p.click(".jp-Dialog .jp-mod-accept", "")
	toggle("panel")
	p.openLedger()

	toggle("startKernel")
	p.find(".jp-RestoreButton", "") // it is there when the setting is another one
	ask[bool](p, "shutdown")
	p.choose("Gemba", "Disk")
	p.sees(ledgerView, "No kernel of gemba runs")
	p.sees(ledgerView, "allow gemba to start one")
	p.accessible(l, "a view without a kernel", ledgerView)
	ask[bool](p, "openSettings", "Gemba")
	toggle("startKernel")
	p.choose("Gemba", "Disk")
	p.until("the view is there", func() bool { return ask[bool](p, "again") })
	p.settled()
}

// TestExtensionIsTranslated has JupyterLab put a sign before each text that went through its translator: the extension's own all have it.
func TestExtensionIsTranslated(t *testing.T) {
	l := enter(t)
	p := l.open(t, l.write(t, "words", `fmt.Println("words")`, "%param rate=0.1"))
	const translator = "@jupyterlab/translation-extension:plugin"
	t.Cleanup(func() { _, _ = call[bool](p, "saveSettings", translator, "{}") })
	ask[bool](p, "saveSettings", translator, `{"displayStringsPrefix": true, "stringsPrefix": "¿"}`)
	p.do(chromedp.Reload())
	p.ready()
	p.choose("¿Run", "¿Run All Cells")
	p.done(2, 2)
	p.marked(2, "¿")
	p.click(ledgerTab, "")
	p.sees(ledgerPanel, "rate")
	p.settled()
	data := []string{"words.ipynb", "Go (gemba)", "words", "rate", "0.1", `fmt.Println("words")`, "%param rate=0.1"}
	p.translated(ledgerPanel, data...)
	p.translated(".gm-badge")
	p.click(".lm-MenuBar-itemLabel", "¿Gemba")
	p.find(".lm-Menu-itemLabel", "¿Timeline")
	p.translated(".lm-Menu-content")
	p.press("\x1b")
	ask[bool](p, "setSource", 0, `fmt.Println("other")`)
	p.edit(1)
	p.choose("¿Gemba", "¿Open the Recorded Version of This Cell")
	p.sees(".gm-lab-version", "¿")
	p.translated(".gm-lab-version header, .gm-lab-version .gm-lab-sides")
	p.choose("¿Gemba", "¿Restore Outputs from the Ledger…")
	p.sees(".jp-Dialog", "¿")
	p.translated(".jp-Dialog")
	p.click(".jp-Dialog .jp-mod-accept", "")
	for _, view := range ledgerViews {
		p.choose("¿Gemba", "¿"+view)
		p.sees(ledgerView, "¿")
		p.settled()
		p.translated(ledgerView+" :is(h1, h2, h3, h4, p, label, summary, legend, button, [role=columnheader]):not(:has(*))", data...)
	}
}

// translated checks that all words in visible elements went through the translator, except those that the ledger holds.
func (p *page) translated(selector string, data ...string) {
	p.Helper()
	for _, text := range ask[[]string](p, "texts", selector) {
		isWord := strings.ContainsFunc(text, unicode.IsLetter) && !slices.Contains([]string{"ms", "s", "µs"}, strings.TrimLeft(text, "0123456789. "))
		if isWord && !strings.Contains(text, "¿") && !slices.Contains(data, text) && !strings.HasSuffix(text, ".ipynb") {
			p.Errorf("%s says %q in English", selector, text)
		}
	}
}
