package lab

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

func TestCompletion(t *testing.T) {
	l := enter(t)
	l.needGopls(t)
	p := l.open(t, l.write(t, "complete", "func doubled(x int) int { return 2 * x }", ""))
	p.run(1)
	p.done(1, 1)
	p.edit(2)
	p.do(chromedp.KeyEvent("fmt.Printl"))
	p.completes("Println")
	p.do(chromedp.KeyEvent("(doub"))
	p.completes("doubled")
	p.do(chromedp.KeyEvent("(21))"))
	p.run(2)
	p.done(2, 2)
	p.shows(2, "42")
}

// completes presses Tab and takes the proposal, which has to be a name.
func (p *page) completes(name string) {
	p.Helper()
	const proposals = ".jp-Completer"
	p.proposed(name, func() bool { return false })
	p.screenshot("completion-" + name)
	p.do(chromedp.KeyEvent("\r"))
	p.until("the proposal is taken", func() bool { return ask[string](p, "text", proposals) == "" })
}

// proposed presses Tab until a proposal shows, or it is completed already: JupyterLab waits a second for proposals, and then does as
// if there were none.
func (p *page) proposed(name string, completed func() bool) {
	p.Helper()
	p.until(name+" is proposed", func() bool {
		p.do(chromedp.KeyEvent("\t"))
		for range 100 {
			if completed() || strings.Contains(try[string](p, "text", ".jp-Completer"), name) {
				return true
			}
			time.Sleep(30 * time.Millisecond)
		}
		return false
	})
}

func TestInspection(t *testing.T) {
	l := enter(t)
	l.needGopls(t)
	p := l.open(t, l.write(t, "inspect", "fmt.Println"))
	p.edit(1)
	p.do(chromedp.KeyEvent("\t", chromedp.KeyModifiers(chromedp.ModifierShift)))
	p.sees(".jp-Tooltip", "Println formats using the default formats for its operands")
	p.screenshot("inspection")
}

func TestInput(t *testing.T) {
	l := enter(t)
	p := l.open(t, l.write(t, "input", `import "github.com/janpfeifer/gonb/gonbui"

%%
var name, secret string
gonbui.RequestInput("Your name: ", false)
fmt.Scanln(&name)
gonbui.RequestInput("A word: ", true)
fmt.Scanln(&secret)
fmt.Println("hello", name, len(secret))`))
	p.run(1)
	p.answer("Your name:", "input:not([type=password])", "Ada")
	p.screenshot("input")
	p.answer("A word:", "input[type=password]", "secret")
	p.done(1, 1)
	p.shows(1, "hello Ada 6")
	if c := p.cell(1); len(c.Outputs) == 0 || containsText(c.Outputs, "secret") {
		t.Errorf("the notebook holds the secret: %v", c.Outputs)
	}
}

// answer types a line into the box, as a selector has it, in which the running cell asks for input.
func (p *page) answer(prompt, box, line string) {
	p.Helper()
	box += ".jp-Stdin-input"
	has := func() bool { return try[string](p, "value", box) == line }
	enter := func() { // the page takes the cursor away at times, when the cell before has ended
		if try[bool](p, "focus", box) {
			p.do(chromedp.KeyEvent(line))
		}
	}
	p.sees(".jp-Stdin-prompt", prompt)
	p.until("the box has the answer", func() bool { enter(); return has() })
	ask[bool](p, "enter", box) // once, and in this box: a second one would answer the question behind it
	p.until("the answer is taken", func() bool { return !has() })
}

// needGopls asks gemba whether it finds gopls.
func (l *lab) needGopls(t *testing.T) {
	t.Helper()
	var parts []struct{ Name, Status, Detail string }
	l.read(t, &parts, "doctor", "--json")
	for _, part := range parts {
		if part.Name == "gopls" && part.Status != "ok" {
			lacking(t, fmt.Errorf("%w: gopls: %s", errMissing, part.Detail))
		}
	}
}
