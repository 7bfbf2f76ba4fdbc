package lab

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// ledgerViews are the titles of all views.
var ledgerViews = []string{"Home", "Timeline", "Runs", "Compare", "Charts", "Lineage", "Review", "Verify", "Disk", "Environment"}

// measurements are read by the cells of birds.
const measurements = "species,bill_mm\nAdelie,39.1\nAdelie,39.5\nAdelie,NA\nAdelie,36.7\nChinstrap,46.5\nChinstrap,50.0\nChinstrap,51.3\nGentoo,46.1\nGentoo,50.0\nGentoo,48.7\nGentoo,49.1\n"

// birds are cells that leave something in each view: files read and written, a run, a figure.
var birds = []string{
	`import "github.com/janpfeifer/gonb/gonbui"

%%
// Keep the birds that were measured.
raw, err := os.ReadFile("birds.csv")
if err != nil {
	panic(err)
}
measured := regexp.MustCompile(".*NA\n").ReplaceAll(raw, nil)
os.WriteFile("measured.csv", measured, 0o644)
fmt.Println(bytes.Count(measured, []byte("\n"))-1, "birds are measured")`,
	"%param rate=0.1 layers=2\n%metric accuracy=0.84 --step 1\n%metric accuracy=0.93 --step 2",
	`%%
// Draw the lengths of their bills.
measured, err := os.ReadFile("measured.csv")
if err != nil {
	panic(err)
}
colours := map[string]string{"Adelie": "#0e8a8a", "Chinstrap": "#c2571a", "Gentoo": "#5b61c9"}
svg := "<svg xmlns='http://www.w3.org/2000/svg' width='430' height='130'>"
for i, bird := range strings.Fields(string(measured))[1:] {
	species, length, _ := strings.Cut(bird, ",")
	mm, _ := strconv.ParseFloat(length, 64)
	svg += fmt.Sprintf("<rect x='%d' y='%g' width='34' height='%g' fill='%s'/>", 4+i*41, 130-mm*2.3, mm*2.3, colours[species])
}
gonbui.DisplaySVG(svg + "</svg>")`,
}

// birdsPage opens a notebook with the cells of birds and runs them.
func (l *lab) birdsPage(t *testing.T, name string) *page {
	t.Helper()
	if err := os.WriteFile(filepath.Join(l.root, "birds.csv"), []byte(measurements), 0o644); err != nil {
		t.Fatal(err)
	}
	p := l.open(t, l.write(t, name, birds...))
	p.choose("Run", "Run All Cells")
	p.done(3, 3)
	p.marked(3, "recorded")
	return p
}

// settled waits until the view in front shows all that it reads.
func (p *page) settled() {
	p.Helper()
	p.until("everything is read", func() bool { return try[bool](p, "settled", ".gemba") })
}

// accessible checks that axe-core finds no serious fault in what selectors choose.
func (p *page) accessible(l *lab, where string, selectors ...string) {
	p.Helper()
	root, err := goCommand("list", "-m", "-f", "{{.Dir}}")
	p.check(err)
	script, err := os.ReadFile(filepath.Join(root, "tracker", "ui", "node_modules", "axe-core", "axe.min.js"))
	p.check(err)
	if !ask[bool](p, "hasAxe") {
		p.do(chromedp.Evaluate[chromedp.Void](string(script)))
	}
	for _, fault := range ask[[]string](p, "faults", selectors) {
		p.Errorf("%s: %s", where, fault)
	}
}

// TestExtensionViews looks at the panel and at each view, in both themes. With $GEMBA_SHOTS it keeps pictures in that folder, at three sizes.
func TestExtensionViews(t *testing.T) {
	l := enter(t)
	p := l.birdsPage(t, "birds")
	p.openLedger()
	p.sees(ledgerPanel, "accuracy")
	for _, theme := range []string{"Light", "Dark"} {
		ask[bool](p, "theme", "JupyterLab "+theme)
		p.accessible(l, "the panel, "+theme, ledgerPanel, ".gm-badge")
		p.pictures("notebook-" + theme)
		for _, view := range ledgerViews {
			p.choose("Gemba", view)
			p.until("the view "+view+" is there", func() bool { return try[string](p, "front") == view })
			p.settled()
			p.accessible(l, view+", "+theme, ledgerView+":not(.lm-mod-hidden *)")
			p.pictures(view + "-" + theme)
		}
		p.choose("Gemba", "Open the Recorded Version of This Cell")
		p.sees(".gm-lab-version .cm-merge-a", "Draw the lengths")
		p.accessible(l, "a version, "+theme, ".gm-lab-version")
		p.pictures("version-" + theme)
		ask[bool](p, "closeOthers")
	}
	ask[bool](p, "theme", "JupyterLab Light")
}

// pictures keeps pictures of the page at three sizes, if $GEMBA_SHOTS names a folder for them.
func (p *page) pictures(name string) {
	p.Helper()
	dir := os.Getenv("GEMBA_SHOTS")
	if dir == "" {
		return
	}
	for size, at := range map[string][2]int64{"wide": {1440, 900}, "middle": {1024, 700}, "narrow": {700, 900}, "figure": {1280, 920}} {
		p.do(chromedp.EmulateViewport(at[0], at[1]))
		p.settled()
		picture, err := chromedp.Run(p.ctx, chromedp.CaptureScreenshot())
		p.check(err)
		p.check(os.WriteFile(filepath.Join(dir, strings.ToLower(name+"-"+size)+".png"), picture, 0o644))
	}
	p.do(chromedp.EmulateViewport(1280, 1400))
}

// press presses keys: letters, or names of package kb.
func (p *page) press(keys string, modifiers ...chromedp.Modifier) {
	p.Helper()
	p.do(chromedp.KeyEvent(keys, chromedp.KeyModifiers(modifiers...)))
}

// command runs a command of the palette, by the keyboard alone.
func (p *page) command(name string) {
	p.Helper()
	p.until("the palette is open", func() bool {
		if ask[bool](p, "focused", "#modal-command-palette input") {
			return true
		}
		p.press("C", chromedp.ModifierCtrl, chromedp.ModifierShift)
		return false
	})
	p.press(name)
	p.until("the palette has found "+name, func() bool {
		return try[string](p, "text", "#modal-command-palette .lm-mod-active .lm-CommandPalette-itemLabel") == name
	})
	p.press(kb.Enter)
	p.until("the palette is closed", func() bool { return !ask[bool](p, "focused", "#modal-command-palette input") })
}

// tabTo presses Tab until the cursor is on what a selector chooses and says a text.
func (p *page) tabTo(selector, text string) {
	p.Helper()
	for range 200 {
		p.press(kb.Tab)
		if ask[bool](p, "focused", selector) && strings.Contains(ask[string](p, "text", ":focus"), text) {
			return
		}
	}
	p.screenshot("tab")
	p.Fatalf("Tab does not lead to %s %q", selector, text)
}

func TestExtensionByKeyboard(t *testing.T) {
	l := enter(t)
	p := l.open(t, l.write(t, "keyboard", `fmt.Println("by hand")`))
	p.run(1)
	p.done(1, 1)
	p.marked(1, "recorded")
	p.press(kb.Escape)
	p.tabTo(".gm-badge button", "recorded")
	p.press(kb.Enter)
	p.sees(ledgerView, `fmt.Println("by hand")`)

	p.command("Show the Side Panel")
	p.sees(ledgerPanel, "VIEWS")
	p.until("the cursor is in the panel", func() bool { return ask[bool](p, "focused", ledgerPanel) })
	p.tabTo(ledgerPanel+" .gm-lab-cell", "by hand")
	p.tabTo(ledgerPanel+" .gm-lab-view", "Verify")
	p.press(kb.Enter)
	p.until("the view is in front", func() bool { return ask[string](p, "front") == "Verify" })
	p.until("the cursor is in the view", func() bool { return ask[bool](p, "focused", ledgerView+" *, "+ledgerView) })

	p.command("Restore Outputs from the Ledger…")
	p.sees(".jp-Dialog", "Every cell shows what it showed")
	p.press(kb.Enter)
	p.until("the dialog is gone", func() bool { return ask[string](p, "text", ".jp-Dialog") == "" })
	ask[bool](p, "setSource", 0, `fmt.Println("changed")`)
	p.command("Open the Recorded Version of This Cell")
	p.tabTo(".gm-lab-version .gm-button", "Copy the recorded source")
	p.press(kb.Enter)
	p.until("the source is the recorded one", func() bool { return ask[string](p, "source", p.path, 0) == `fmt.Println("by hand")` })
}
