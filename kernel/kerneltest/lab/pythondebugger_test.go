package lab

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestPythonDebugger sets a breakpoint in a cell, hits it, looks around and goes on.
func TestPythonDebugger(t *testing.T) {
	likeAlone(t, "debugger", []string{
		"def doubled(n):\n    result = 2 * n\n    return result",
		"print('before')\nprint('it is', doubled(21))",
		"print('behind')",
	}, func(p *page) {
		p.until("there is a place for breakpoints", func() bool { // the button takes no click before the page has asked the kernel
			p.click(".jp-DebuggerBugButton[aria-disabled=false][aria-pressed=false], .jp-DebuggerBugButton [aria-disabled=false][aria-pressed=false]", "")
			for range 1000 {
				if _, err := call[place](p, "gutter", 0, 2); err == nil {
					return true
				}
				time.Sleep(30 * time.Millisecond)
			}
			return false
		})
		at := ask[place](p, "gutter", 0, 2)
		p.do(chromedp.MouseEvent(chromedp.MouseMoved, at.X, at.Y), chromedp.MouseClickXY(at.X, at.Y))
		p.find(".jp-DebuggerBreakpoint", "")
		p.run(1)
		p.done(1, 1)
		p.run(2)
		p.sees(".jp-DebuggerCallstackFrame", "doubled")
		p.sees(".jp-DebuggerVariables-body", "result")
		p.screenshot("debugger-stopped")
		if got := p.cell(2); got.Prompt != "[*]:" || got.shown() != "before" {
			t.Errorf("at the breakpoint the cell is %s and shows %q", got.Prompt, got.shown())
		}
		p.do(chromedp.KeyEvent(kb.F9))
		p.done(2, 2)
		p.shows(2, "it is 42")
		p.run(3)
		p.done(3, 3)
	})
}
