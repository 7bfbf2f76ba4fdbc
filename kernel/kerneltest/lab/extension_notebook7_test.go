package lab

import "testing"

func TestExtensionInNotebook7(t *testing.T) {
	l := enter(t)
	name := l.write(t, "ledger-seven", `fmt.Println("seven")`)
	p := l.visit(t, "notebooks/"+name+"?", name)
	p.run(1)
	p.done(1, 1)
	p.marked(1, "recorded")
	p.choose("Gemba", "Timeline")
	p.sees(".gemba.gm-lab-view", `fmt.Println("seven")`)
	p.screenshot("notebook7-ledger")
	ask[bool](p, "leftPanel")
	p.sees(ledgerPanel, "VIEWS")
	p.sees(ledgerPanel, `fmt.Println("seven")`)
	p.screenshot("notebook7-panel")
}
