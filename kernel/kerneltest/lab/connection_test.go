package lab

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// A status that ends the answer to a comm must not make the page show that the running cell has ended.
func TestCommDuringCell(t *testing.T) {
	l := enter(t)
	p := l.open(t, l.write(t, "comm", "fmt.Println(\"running\")\n"+waitFor("comm-goes-on")+`fmt.Println("the end")`))
	p.run(1)
	p.shows(1, "running")
	ask[bool](p, "comm")
	ask[bool](p, "info")
	p.until("the kernel is shown to be busy again", func() bool { return ask[string](p, "status") == "busy" })
	if got := p.cell(1); got.Prompt != "[*]:" {
		t.Fatalf("the cell was to run still, it is %s", got.Prompt)
	}
	l.allow(t, "comm-goes-on")
	p.done(1, 1)
	p.shows(1, "the end")
}

func TestConnectionLost(t *testing.T) {
	l := enter(t)
	p := l.open(t, l.write(t, "lost", "fmt.Println(\"running\")\n"+waitFor("lost-goes-on")+`fmt.Println("the end")`))
	p.run(1)
	p.shows(1, "running")
	ask[bool](p, "reconnect")
	l.allow(t, "lost-goes-on")
	p.done(1, 1)
	if got := p.cell(1).shown(); got != "running\nthe end" {
		t.Errorf("behind the lost connection the cell shows %q", got)
	}
}

// JupyterLab forgets a cell that runs when its page is loaded again; the kernel goes on, and the ledger has all of it.
func TestReload(t *testing.T) {
	l := enter(t)
	p := l.open(t, l.write(t, "reload",
		"func remembered() string { return \"still here\" }\n\n%%\nfmt.Println(\"running\")\n"+waitFor("reload-goes-on")+`fmt.Println("the end")`, "fmt.Println(remembered())"))
	p.run(1)
	p.shows(1, "running")
	ask[bool](p, "save")
	p.do(chromedp.Reload())
	p.until("the notebook is open again and its kernel busy", func() bool {
		return strings.Contains(try[string](p, "text", ".jp-OutputArea-output"), "running") && try[string](p, "status") == "busy"
	})
	p.screenshot("reload")
	l.allow(t, "reload-goes-on")
	p.until("the kernel is idle", func() bool { return ask[string](p, "status") == "idle" })
	if got := l.recorded(t, "reload.ipynb"); got != "running\nthe end\n" {
		t.Errorf("the ledger has %q of the cell's output", got)
	}
	p.run(2)
	p.done(2, 2)
	p.shows(2, "still here")
}

// recorded is what the ledger has of the streams of the cell that a notebook ran last.
func (l *lab) recorded(t *testing.T, notebook string) string {
	t.Helper()
	var cells []struct{ ID string }
	l.read(t, &cells, "log", "--json", "--notebook", notebook)
	if len(cells) == 0 {
		t.Fatalf("the ledger has no cell of %s", notebook)
	}
	return l.streams(t, cells[0].ID)
}

// streams is what the ledger has of the streams of a cell execution.
func (l *lab) streams(t *testing.T, id string) (text string) {
	t.Helper()
	var shown struct {
		Outputs []struct{ Content struct{ Text string } }
	}
	l.read(t, &shown, "show", "--json", id)
	for _, o := range shown.Outputs {
		text += o.Content.Text
	}
	return text
}

// read reads what a command of gemba prints as JSON.
func (l *lab) read(t *testing.T, value any, args ...string) {
	t.Helper()
	c := exec.Command(l.gemba, args...)
	c.Dir, c.Env = l.root, l.env
	out, err := c.Output()
	if jsonErr := json.Unmarshal(out, value); jsonErr != nil {
		t.Fatalf("%s: %v, %v\n%s", c, err, jsonErr, out)
	}
}

// containsText tells whether a text is anywhere in outputs.
func containsText(outputs []map[string]any, text string) bool {
	return strings.Contains(fmt.Sprint(outputs), text)
}
