package browser

import (
	"testing"

	"github.com/chromedp/chromedp/kb"
)

// TestEnvironmentIsFoundAndCompared searches one environment and compares it with another's.
func TestEnvironmentIsFoundAndCompared(t *testing.T) {
	b := enter(t)
	s := b.serve(t, b.lab)
	w := s.open(t, "/environment")
	w.sees("go.version", "Operating system")
	w.fill("searchbox", "Find in this environment", "go.arch")
	w.sees("1 of ")
	w.fill("searchbox", "Find in this environment", "no such thing")
	w.sees("Nothing here matches")
	sessions := s.sql(t, "SELECT id FROM sessions ORDER BY started")
	w.goTo("/environment?id=" + sessions[len(sessions)-1] + "&with=" + sessions[0])
	w.sees("what matters most first", "only in the second", "Swap sides")
	w.shot("difference")
	w.accessible("difference")
	w.find("combobox", "Compared with")
	w.press(kb.Tab)
	w.goTo("/environment?id=" + sessions[0] + "&with=" + sessions[0])
	w.sees("Nothing differs", "it is the same session")
	w.allow("404")
	w.goTo("/environment?id=ffffffffffffffff")
	w.find("alert", "")
}
