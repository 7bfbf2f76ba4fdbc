package lab

import "testing"

func TestNotebook7(t *testing.T) {
	l := enter(t)
	name := l.write(t, "seven", "import \"github.com/janpfeifer/gonb/gonbui\"\n\n%%\nfmt.Println(6 * 7)",
		`gonbui.DisplayHTML("<b id='bold'>bold</b>")`)
	p := l.visit(t, "notebooks/"+name+"?", name)
	p.choose("Run", "Run All Cells")
	p.done(2, 2)
	p.shows(1, "42")
	if got := ask[string](p, "text", "#bold"); got != "bold" {
		t.Errorf("the page shows %q for the HTML", got)
	}
	p.screenshot("notebook7")
}
