package browser

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/chromedp/chromedp"
)

// axeFault is what axe-core tells of a rule that the page breaks.
type axeFault struct {
	ID     string `json:"id"`
	Impact string `json:"impact"`
	Help   string `json:"help"`
	Nodes  []struct {
		HTML    string `json:"html"`
		Summary string `json:"failureSummary"`
	} `json:"nodes"`
}

// accessible checks that axe-core finds no serious or critical fault of the page as it is now.
func (w *tab) accessible(where string) {
	w.Helper()
	script, err := os.ReadFile(filepath.Join(w.site.root, "tracker", "ui", "node_modules", "axe-core", "axe.min.js"))
	w.check(err)
	_, err = chromedp.Run(w.ctx, chromedp.Evaluate[bool]("typeof axe === 'object' || (() => {"+string(script)+"; return true })()"))
	w.check(err)
	found := evaluate[[]axeFault](w, "axe.run(document, {resultTypes: ['violations'], iframes: false}).then(r => r.violations)")
	for _, f := range found {
		if f.Impact != "serious" && f.Impact != "critical" {
			continue
		}
		for _, n := range f.Nodes {
			w.Errorf("%s: %s (%s): %s\n%s", where, f.Help, f.ID, n.HTML, strings.TrimSpace(n.Summary))
		}
	}
}
