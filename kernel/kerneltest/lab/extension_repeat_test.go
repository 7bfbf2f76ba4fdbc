package lab

import (
	"strings"
	"testing"
)

// TestExtensionTellsWhatIsRepeated executes cells again: in a session behind the first one, where one of them shows something else, and in the
// same one once more.
func TestExtensionTellsWhatIsRepeated(t *testing.T) {
	l := enter(t)
	p := l.python(t, behind, "repeated", "21 * 2", "import os\nos.getpid()", "import os\nassert not os.path.exists('fails-now')\nprint('fine')")
	all := func() {
		for i := range 3 {
			p.run(i + 1)
			p.done(i+1, i+1)
			p.marked(i+1, "recorded")
		}
	}
	all()
	if marks := strings.Join(ask[[]string](p, "marks"), ", "); strings.Contains(marks, "equal") || strings.Contains(marks, "differ") {
		t.Errorf("cells that were executed once are marked %s", marks)
	}
	l.allow(t, "fails-now")
	p.choose("Kernel", "Restart Kernel…")
	p.click(".jp-Dialog-buttonLabel", "Restart")
	p.marked(3, "from an earlier session")
	all()
	p.marked(1, "outputs equal again")
	p.marked(2, "outputs differ from before")
	p.marked(3, "failed this time")
	p.screenshot("repeated")
	l.forbid(t, "fails-now")
	p.run(3)
	p.done(3, 4)
	p.marked(3, "outputs equal again") // to those of the session before

	p.click(".gm-badge:has([title*='differ from']) .gm-badge-compare", "compare")
	p.sees(".gemba.gm-lab-view", "outputs differ")
	p.screenshot("compared")
	p.click(".lm-TabBar-tabLabel", "repeated-"+behind+".ipynb")
	p.click(".gm-badge:has([title*='equal those']) .gm-badge-compare", "compare")
	p.sees(".gemba.gm-lab-view", "No difference is known")
}
