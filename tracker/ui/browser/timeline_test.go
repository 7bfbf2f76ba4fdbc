package browser

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
)

// TestTimeline reads a session: what ran, what it showed, which files it read, and what is not right with it.
func TestTimeline(t *testing.T) {
	b := enter(t)
	s := b.serve(t, b.lab)
	w := s.open(t, "/timeline?notebook=birds.ipynb")
	w.settled()
	w.find("heading", notebook)
	w.click("button", "Read the raw measurements")
	w.sees("birds are complete", "raw.csv", "clean.csv", "written", "Took")
	w.click("button", "Draw the lengths")
	w.until("the figure is shown", func() bool {
		return evaluate[bool](w, "document.querySelector('.gm-outputs iframe, .gm-outputs img') !== null")
	})
	w.shot("open")
	w.accessible("an execution is open")

	w.press("/")
	w.until("the search has the focus", func() bool { return evaluate[bool](w, "document.activeElement.type === 'search'") })
	w.fill("searchbox", "Search in sources", "birds[3]") // only in a line that no row shows; the driver's "/" may stand in the field
	w.sees("1 of ")
	w.press(kb.Enter)
	w.focused("birds")
	w.until("the row found is open", func() bool { // the driver's key may have reached the row, too
		return evaluate[bool](w, "document.activeElement.getAttribute('aria-expanded') === 'true' || (document.activeElement.click(), false)")
	})
	w.sees("index out of range")
	address := evaluate[string](w, "location.hash")

	again := s.open(t, strings.TrimPrefix(address, "#")) // the address leads to the open execution
	again.sees("index out of range")
	evaluate[bool](again, "(document.querySelector('.gm-tl-actions a').click(), true)") // the navigation has a link of the same name
	again.until("the lineage is shown", func() bool { return strings.HasPrefix(evaluate[string](again, "location.hash"), "#/lineage?id=") })
}

// TestTimelineOutOfOrder executes cells again, changed, in one session.
func TestTimelineOutOfOrder(t *testing.T) {
	b := enter(t)
	dir := writeNotebook(t, "order.ipynb", []cell{{"a", "x := 1"}, {"b", "%%\nfmt.Println(\"two\")"}, {"a", "y := 2\n// again"}, {"c", "%%\nfmt.Println(\"three\")"}, {"b", "%%\nfmt.Println(\"two\")"}})
	if err := b.command(dir, b.gemba, "run", "order.ipynb", "--allow-errors"); err != nil {
		t.Fatal(err)
	}
	w := b.serve(t, dir).open(t, "/timeline")
	w.sees("out of order", "changed", "run 2")
	w.find("image", "5 executions of 3 cells, 2 out of order")
	w.settled()
	for n := range 3 {
		w.press("j")
		w.focused(fmt.Sprintf("[%d]", n+1))
	}
	w.press(kb.Enter)
	w.click("button", "Show what changed")
	w.find("region", "What changed in the source")
	if got := evaluate[[]string](w, "[...document.querySelectorAll('.gm-code-added, .gm-code-removed')].map(e => e.innerText.trim().replace(/\\s+/g, ' '))"); len(got) < 2 {
		t.Errorf("the comparison shows %q", got)
	}
	evaluate[bool](w, "(document.querySelector('.gm-tl-tools select').value = 'edited', document.querySelector('.gm-tl-tools select').dispatchEvent(new Event('change', {bubbles: true})))")
	w.sees("1 of 5 executions")
	w.shot("changed")
}

// TestTimelineLongSession scrolls through more executions than a page of the API has, of which only those in sight are in the document.
func TestTimelineLongSession(t *testing.T) {
	b := enter(t)
	var cells []cell
	for i := range 400 {
		cells = append(cells, cell{fmt.Sprint("cell", i), fmt.Sprintf("%%%%sh\necho %d", i)})
	}
	dir := writeNotebook(t, "long.ipynb", cells)
	if err := b.command(dir, b.gemba, "run", "long.ipynb", "--allow-errors"); err != nil {
		t.Fatal(err)
	}
	w := b.serve(t, dir).open(t, "/timeline")
	w.sees("400 executions")
	w.settled()
	w.press(kb.End)
	w.until("the last row has the focus", func() bool {
		return strings.Contains(evaluate[string](w, "document.activeElement.textContent"), "[400]")
	})
	if n := evaluate[int](w, "document.querySelectorAll('.gm-tl-row').length"); n > 100 {
		t.Errorf("%d rows are in the document", n)
	}
}

// TestTimelineOfDamagedLedger shows a session of which the bytes are gone.
func TestTimelineOfDamagedLedger(t *testing.T) {
	b := enter(t)
	dir := b.copyLab(t)
	packs, err := filepath.Glob(filepath.Join(dir, ".gemba", "packs", "*"))
	if err != nil || len(packs) == 0 {
		t.Fatalf("there are no packs: %v", err)
	}
	for _, pack := range packs {
		if err := os.RemoveAll(pack); err != nil {
			t.Fatal(err)
		}
	}
	w := b.serve(t, dir).open(t, "/timeline?notebook=birds.ipynb")
	w.sees("(source not kept)")
	w.press("j")
	w.focused("[1]")
	w.press(kb.Enter)
	w.sees("The bytes of its source are not in the ledger")
}

// TestTimelineOfNothing says what to do where nothing is recorded.
func TestTimelineOfNothing(t *testing.T) {
	b := enter(t)
	dir := writeNotebook(t, "none.ipynb", nil)
	if err := b.command(dir, b.gemba, "run", "none.ipynb"); err != nil {
		t.Fatal(err)
	}
	w := b.serve(t, dir).open(t, "/timeline")
	w.sees("No cell was executed in this session")
}

// focused waits until what has the focus says a text.
func (w *tab) focused(text string) {
	w.Helper()
	w.until(text+" has the focus", func() bool {
		return strings.Contains(evaluate[string](w, "document.activeElement === document.body ? '' : document.activeElement.textContent"), text)
	})
}

type cell struct{ id, source string }

// writeNotebook makes a folder with a Go notebook. Cells may have the same id: they are one cell, executed again.
func writeNotebook(t *testing.T, name string, cells []cell) (dir string) {
	t.Helper()
	list := []map[string]any{}
	for _, c := range cells {
		list = append(list, map[string]any{"cell_type": "code", "id": c.id, "metadata": map[string]any{}, "execution_count": nil, "outputs": []any{}, "source": c.source})
	}
	text, err := json.Marshal(map[string]any{"nbformat": 4, "nbformat_minor": 5, "cells": list, "metadata": map[string]any{
		"kernelspec": map[string]string{"name": "gemba", "display_name": "Go (gemba)", "language": "go"}}})
	dir = filepath.Join(t.TempDir(), "lab")
	if err == nil {
		err = os.MkdirAll(filepath.Join(dir, ".git"), 0o755)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, name), text, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestTimelineIsLive watches a cell that waits, and then what came of it.
func TestTimelineIsLive(t *testing.T) {
	b := enter(t)
	dir := writeNotebook(t, "live.ipynb", []cell{{"a", "%%\nfmt.Println(\"begun\")"},
		{"b", "%%\nfmt.Println(\"waiting\")\nfor {\n\tif _, err := os.Stat(\"go\"); err == nil {\n\t\tbreak\n\t}\n\ttime.Sleep(20 * time.Millisecond)\n}\nfmt.Println(\"through\")"}})
	ended := make(chan error, 1)
	go func() { ended <- b.command(dir, b.gemba, "run", "live.ipynb") }()
	s := b.serveWhenRecorded(t, dir)
	w := s.open(t, "/timeline")
	w.sees("2 executions", "running")
	w.press(kb.End)
	w.focused("[2]")
	w.press(kb.Enter)
	w.find("region", "stdout")
	if err := os.WriteFile(filepath.Join(dir, "go"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	w.sees("through")
	w.until("nothing runs any more", func() bool { return !strings.Contains(w.text(), "running") })
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// serveWhenRecorded serves a folder when something is recorded there.
func (b *bench) serveWhenRecorded(t *testing.T, dir string) *site {
	t.Helper()
	for end := time.Now().Add(guard); ; time.Sleep(50 * time.Millisecond) {
		if _, err := os.Stat(filepath.Join(dir, ".gemba", "format")); err == nil {
			return b.serve(t, dir)
		}
		if time.Now().After(end) {
			t.Fatal("nothing was recorded")
		}
	}
}
