package lab

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/gemba-ml/gemba/tracker/secrets/secretstest"
)

func TestPythonQuestions(t *testing.T) {
	const secret = "walrus" + "-umbrella-" + "40718"
	likeAlone(t, "questions", []string{
		"name = input('Your name: ')\nprint('hello', name)",
		"import getpass\nword = getpass.getpass('The word: ')\nprint(len(word), word[::-1])",
		"print(word)",
	}, func(p *page) {
		p.choose("Run", "Run All Cells")
		p.answer("Your name:", "input:not([type=password])", "Ada")
		p.answer("The word:", "input[type=password]", secret)
		p.done(3, 3)
		p.shows(1, "hello Ada")
		p.shows(3, secret)
	})
	l := enter(t)
	secretstest.Search(t, []string{secret}, filepath.Join(l.root, ".gemba"))
}

// TestPythonRunAll runs into an error in the middle, behind outputs that change while they are shown.
func TestPythonRunAll(t *testing.T) {
	likeAlone(t, "all", []string{
		"from IPython.display import HTML, Markdown, clear_output, display\nhandle = display('first', display_id='d')\nprint('printed')",
		"for i in range(9):\n    clear_output(wait=True)\n    print('step', i)",
		"handle.update(HTML('<b id=changed>changed</b>'))\ndisplay(Markdown('*end*'))",
		"print('gone')\nclear_output()\nprint('stays')",
		"def f(x):\n    return 1 / x\nf(0)",
		"print('behind')",
	}, func(p *page) {
		p.choose("Run", "Run All Cells")
		p.done(5, 5)
		p.sees("#changed", "changed")
		p.shows(2, "step 8")
		p.shows(5, "ZeroDivisionError")
		if c := p.cell(6); c.Prompt != "[ ]:" || len(c.Outputs) > 0 {
			t.Errorf("the cell behind the failed one is %s and shows %q, want it not run", c.Prompt, c.shown())
		}
		p.run(6)
		p.done(6, 6)
		p.shows(6, "behind")
	})
}

func TestPythonInterruptAndRestart(t *testing.T) {
	likeAlone(t, "interrupt", []string{
		"kept = 'still here'",
		"import time\nprint('running')\nfor _ in range(10**9): time.sleep(0.001)",
		"print(kept)",
	}, func(p *page) {
		p.choose("Run", "Run All Cells")
		p.shows(2, "running")
		p.choose("Kernel", "Interrupt Kernel")
		p.done(2, 2)
		p.until("the interrupted cell says so", func() bool { return len(p.cell(2).Outputs) == 2 })
		if last := p.cell(2).Outputs[1]; last["ename"] != "KeyboardInterrupt" {
			t.Errorf("an interrupted cell ends with %v", last)
		}
		p.run(3)
		p.done(3, 3)
		p.shows(3, "still here")
		ask[[]string](p, "watch")
		p.choose("Kernel", "Restart Kernel…")
		p.click(".jp-Dialog-buttonLabel", "Restart")
		p.until("the kernel has restarted", func() bool {
			statuses := ask[[]string](p, "watch")
			return slices.Contains(statuses, "restarting") && statuses[len(statuses)-1] == "idle"
		})
		p.run(3)
		p.done(3, 1)
		p.shows(3, "NameError")
	})
}

// TestPythonReload loads the page anew while a cell runs, and looks at the notebook in a second one.
func TestPythonReload(t *testing.T) {
	l := enter(t)
	likeAlone(t, "reload", []string{
		"kept = 'still here'\nprint('running\\n', end='')\n" + waitInPython("python-goes-on") + "print('the end')",
		"print(kept)",
	}, func(p *page) {
		l.forbid(t, "python-goes-on")
		p.run(1)
		p.shows(1, "running")
		ask[bool](p, "save")
		p.do(chromedp.Reload())
		p.runsElsewhere()
		second := l.tab(p.T, "lab/tree/"+p.path+"?reset&", p.path)
		second.runsElsewhere()
		l.allow(t, "python-goes-on")
		second.ready()
		second.run(2)
		second.done(2, 2)
		second.shows(2, "still here")
		p.until("the kernel is idle", func() bool { return ask[string](p, "status") == "idle" })
		p.run(2)
		p.done(2, 3)
		p.shows(2, "still here")
	})
	cells := []struct{ ID string }{}
	l.read(t, &cells, "log", "--json", "--notebook", "reload-"+behind+".ipynb")
	if len(cells) != 3 {
		t.Fatalf("the ledger has %d cells, want 3", len(cells))
	}
	if got := l.streams(t, cells[2].ID); got != "running\nthe end\n" {
		t.Errorf("the ledger has %q of the cell's output", got)
	}
}

// runsElsewhere waits until the notebook is open, with what its cell showed, and its kernel is not known to be idle: ipykernel tells a
// new page nothing while a cell runs.
func (p *page) runsElsewhere() {
	p.Helper()
	p.until("the notebook is open while its cell runs", func() bool {
		status := try[string](p, "status")
		return strings.Contains(try[string](p, "text", ".jp-OutputArea-output"), "running") && (status == "busy" || status == "unknown")
	})
}
