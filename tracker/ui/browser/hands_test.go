package browser

import (
	"context"
	"strings"

	"github.com/chromedp/cdproto/accessibility"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// find waits for what assistive technology knows by a role and a name ("button", "Check now"), and returns it. Of several it is the first
// that is called exactly so, else the first whose name has the text in it.
func (w *tab) find(role, name string) cdp.BackendNodeID {
	w.Helper()
	var found cdp.BackendNodeID
	w.until(role+" "+name+" is there", func() bool {
		found = w.look(role, name)
		return found != 0
	})
	return found
}

// has reports whether there is something of a role and a name now.
func (w *tab) has(role, name string) bool {
	w.Helper()
	return w.look(role, name) != 0
}

func (w *tab) look(role, name string) (found cdp.BackendNodeID) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, guard)
	defer cancel()
	page, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: "document", ObjectGroup: "look"})
	w.check(err)
	answer, err := chromedp.Call(ctx, accessibility.QueryAXTree, accessibility.QueryAXTreeParams{ObjectID: page.Result.ObjectID, Role: role})
	if err != nil {
		return 0 // the page is being replaced
	}
	for _, n := range answer.Nodes {
		if n.Ignored || n.Name == nil {
			continue
		}
		called := strings.Trim(string(n.Name.Value), `"`)
		if called == name {
			return n.BackendDOMNodeID
		}
		if found == 0 && strings.Contains(called, name) {
			found = n.BackendDOMNodeID
		}
	}
	return found
}

// click clicks the middle of what has a role and a name.
func (w *tab) click(role, name string) {
	w.Helper()
	w.until("clicked "+role+" "+name, func() bool {
		node := w.find(role, name)
		if _, err := chromedp.Call(w.ctx, dom.ScrollIntoViewIfNeeded, dom.ScrollIntoViewIfNeededParams{BackendNodeID: node}); err != nil {
			return false // it was replaced meanwhile
		}
		x, y, there := w.middle(node)
		evaluate[bool](w, "new Promise(done => setTimeout(() => done(true), 40))")
		if a, b, still := w.middle(node); !there || !still || a != x || b != y {
			return false // what is above it grows, and a person would wait
		}
		w.do(chromedp.MouseClickXY(x, y))
		return true
	})
}

// middle is where the middle of a node is.
func (w *tab) middle(node cdp.BackendNodeID) (x, y float64, there bool) {
	shape, err := chromedp.Call(w.ctx, dom.GetContentQuads, dom.GetContentQuadsParams{BackendNodeID: node})
	if err != nil || len(shape.Quads) == 0 {
		return 0, 0, false
	}
	q := shape.Quads[0]
	return (q[0] + q[4]) / 2, (q[1] + q[5]) / 2, true
}

// fill types a text into a field, in the place of what is there.
func (w *tab) fill(role, name, text string) {
	w.Helper()
	_, err := chromedp.Call(w.ctx, dom.Focus, dom.FocusParams{BackendNodeID: w.find(role, name)})
	w.check(err)
	w.press("a", chromedp.ModifierCtrl)
	w.press(kb.Delete)
	w.press(text)
}

// press presses keys: letters, or names of package kb.
func (w *tab) press(keys string, modifiers ...chromedp.Modifier) {
	w.Helper()
	w.do(chromedp.KeyEvent(keys, chromedp.KeyModifiers(modifiers...)))
}
