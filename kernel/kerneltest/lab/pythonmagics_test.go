package lab

import (
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestPythonMagics types magics of gemba's into a Python notebook.
func TestPythonMagics(t *testing.T) {
	l := enter(t)
	p := l.python(t, behind, "magics", "", "x = 40 + 2\n%metric loss=0.25 --step 1\nprint('x is', x)", "%ledger")
	p.edit(1)
	p.do(chromedp.KeyEvent("%para"))
	completed := func() bool { return p.cell(1).Source == "%param" }
	p.proposed("%param", completed)
	if !completed() {
		p.do(chromedp.KeyEvent("\r"))
	}
	p.until("the magic is completed", completed)
	p.do(chromedp.KeyEvent(" rate=0.5"))
	p.run(1)
	p.done(1, 1)
	p.run(2)
	p.done(2, 2)
	p.shows(2, "x is 42")
	p.run(3)
	p.done(3, 3)
	p.screenshot("magics")
	if got := p.cell(3).shown(); !regexp.MustCompile(`running\t–\tmagics-gemba-python3\t(\S+\t)*0\.25`).MatchString(got) {
		t.Errorf("the ledger's table shows\n%s", got)
	}
	var logged []struct{ Key, Value string }
	l.read(t, &logged, "sql", "--json", "SELECT key, value FROM params JOIN runs ON params.run = runs.id WHERE runs.name = 'magics-gemba-python3'")
	if len(logged) != 1 || logged[0].Key != "rate" || logged[0].Value != "0.5" {
		t.Errorf("the ledger has the params %v", logged)
	}
}
