package lab

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	devtools "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// pageScript adds what the tests ask of a page.
//
//go:embed testdata/page.js
var pageScript string

// A page is a tab with an open notebook.
type page struct {
	*testing.T
	ctx  context.Context
	path string // of the notebook, from the server's root
}

// A cell is a code cell on the page.
type cell struct {
	Source  string           `json:"source"`
	Prompt  string           `json:"prompt"`
	Outputs []map[string]any `json:"outputs"` // as the file would hold them
	Shown   []string         `json:"shown"`   // the text of each output on the page
}

// open opens a notebook in JupyterLab.
func (l *lab) open(t *testing.T, notebook string) *page {
	t.Helper()
	return l.visit(t, "lab/tree/"+notebook+"?reset&", notebook)
}

// visit opens the notebook at an address of the server, and waits until its kernel is there.
func (l *lab) visit(t *testing.T, address, notebook string) *page {
	t.Helper()
	p := l.tab(t, address, notebook)
	p.ready()
	return p
}

// tab opens a tab for the notebook at an address of the server.
func (l *lab) tab(t *testing.T, address, notebook string) *page {
	t.Helper()
	ctx, cancel := chromedp.NewContext(l.tabs)
	p := &page{T: t, ctx: ctx, path: notebook}
	t.Cleanup(func() {
		_, _ = call[bool](p, "shutdown") // a test that failed may have no page to ask
		cancel()
	})
	p.check(chromedp.Do(ctx))
	_, err := chromedp.Call(ctx, devtools.AddScriptToEvaluateOnNewDocument, devtools.AddScriptToEvaluateOnNewDocumentParams{Source: pageScript})
	p.check(err)
	_, err = chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	p.check(err)
	p.do(chromedp.Navigate(l.url + address + "token=" + l.token))
	return p
}

func (p *page) ready() {
	p.Helper()
	p.until("the notebook is open and its kernel idle", func() bool { return try[bool](p, "ready", p.path) })
}

func (p *page) check(err error) {
	p.Helper()
	if err != nil {
		p.Fatal(err)
	}
}

func (p *page) do(actions ...chromedp.Action[chromedp.Void]) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, guard)
	defer cancel()
	p.check(chromedp.Do(ctx, actions...))
}

// call calls a function of testdata/page.js.
func call[T any](p *page, function string, args ...any) (T, error) {
	words, err := json.Marshal(append([]any{}, args...))
	if err != nil {
		var none T
		return none, err
	}
	ctx, cancel := context.WithTimeout(p.ctx, guard)
	defer cancel()
	return chromedp.Run(ctx, chromedp.Evaluate[T](fmt.Sprintf("lab.%s(...%s)", function, words), chromedp.EvalAwaitPromise))
}

// ask calls a function that has an answer.
func ask[T any](p *page, function string, args ...any) T {
	p.Helper()
	answer, err := call[T](p, function, args...)
	if err != nil {
		p.Fatalf("%s: %v", function, err)
	}
	return answer
}

// try calls a function that may not have an answer yet: then it is the zero value.
func try[T any](p *page, function string, args ...any) T {
	answer, _ := call[T](p, function, args...)
	return answer
}

// until waits for a condition.
func (p *page) until(what string, condition func() bool) {
	p.Helper()
	for end := time.Now().Add(guard); !condition(); time.Sleep(30 * time.Millisecond) {
		if time.Now().After(end) || p.ctx.Err() != nil {
			p.screenshot("failed")
			p.Fatalf("not so after %s: %s\n%s", guard, what, p.describe())
		}
	}
}

func (p *page) describe() string {
	cells, err := json.MarshalIndent(try[[]cell](p, "cells"), "", "  ")
	if err != nil {
		return err.Error()
	}
	return string(cells)
}

// cell returns a code cell; the first is 1.
func (p *page) cell(number int) cell {
	p.Helper()
	cells := ask[[]cell](p, "cells")
	if number > len(cells) {
		p.Fatalf("there is no cell %d", number)
	}
	return cells[number-1]
}

// shown is the text of all outputs of a cell.
func (c cell) shown() string { return strings.Join(c.Shown, "\n") }

// shows waits until a cell shows a text.
func (p *page) shows(number int, text string) {
	p.Helper()
	p.until(fmt.Sprintf("cell %d shows %q", number, text), func() bool { return strings.Contains(p.cell(number).shown(), text) })
}

// done waits until a cell has its count and the kernel has nothing to do.
func (p *page) done(number, count int) {
	p.Helper()
	want := fmt.Sprintf("[%d]:", count)
	p.until(fmt.Sprintf("cell %d is %s", number, want), func() bool { return p.cell(number).Prompt == want })
	p.until("the kernel is idle", func() bool { return ask[string](p, "status") == "idle" })
}

// sees waits until a visible element says something that holds a text.
func (p *page) sees(selector, text string) {
	p.Helper()
	p.until(fmt.Sprintf("%s shows %q", selector, text), func() bool { return strings.Contains(try[string](p, "text", selector), text) })
}

// A place is a point on the page, in CSS pixels.
type place struct {
	X float64 `json:"x"`
	Y float64 `json:"y"`
}

// find waits until a visible element says just that, or anything when there are no words for it.
func (p *page) find(selector, words string) (at place) {
	p.Helper()
	p.until(fmt.Sprintf("%s %q is there", selector, words), func() bool {
		var err error
		at, err = call[place](p, "place", selector, words)
		return err == nil
	})
	return at
}

// click points at an element, as menus want it, and clicks it.
func (p *page) click(selector, words string) {
	p.Helper()
	at := p.find(selector, words)
	p.do(chromedp.MouseEvent(chromedp.MouseMoved, at.X, at.Y), chromedp.MouseClickXY(at.X, at.Y))
}

// choose chooses an item of a menu of the menu bar.
func (p *page) choose(menu, item string) {
	p.Helper()
	opened := func() bool {
		_, err := call[place](p, "place", ".lm-Menu-itemLabel", item)
		return err == nil
	}
	p.until("the menu "+menu+" is open", func() bool {
		p.click(".lm-MenuBar-itemLabel", menu)
		for end := time.Now().Add(menuTime); time.Now().Before(end); time.Sleep(30 * time.Millisecond) {
			if opened() {
				return true
			}
		}
		p.press("\x1b") // a theme or a tab that was being changed took the click, or closed the menu
		return false
	})
	p.click(".lm-Menu-itemLabel", item)
}

// menuTime is how long a menu may take to open before it is clicked again.
const menuTime = 3 * time.Second

// run runs one cell by the keyboard, and stays there.
func (p *page) run(number int) {
	p.Helper()
	p.edit(number)
	p.do(chromedp.KeyEvent("\r", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
}

// edit puts the cursor at the end of a cell.
func (p *page) edit(number int) {
	p.Helper()
	p.until(fmt.Sprintf("the cursor is in cell %d", number), func() bool { return try[bool](p, "edit", number-1) })
}

// screenshot saves what the page looks like among the test's artefacts.
func (p *page) screenshot(name string) {
	p.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, guard)
	defer cancel()
	picture, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		p.Logf("take screenshot: %v", err)
		return
	}
	if err := os.WriteFile(filepath.Join(p.ArtifactDir(), name+".png"), picture, 0o644); err != nil {
		p.Log(err)
	}
}
