package browser

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// grid returns what the cells of a column of the table of a name say, in the order of rows; those near the window, which are in the document.
func (w *tab) grid(name, column string) []string {
	w.Helper()
	return evaluate[[]string](w, `(() => {
		const grid = document.querySelector('[aria-label=' + JSON.stringify(%s) + '][aria-rowcount]'), title = %s
		const head = grid && [...grid.querySelectorAll('[role=columnheader]')].find(h => h.querySelector('.gm-grid-name')?.innerText.replace(/[↑↓]/g, '').trim() === title)
		if (!head) return []
		const rows = [...grid.querySelectorAll('[role=row][data-row]')].filter(r => r.dataset.row !== '-1').sort((a, b) => a.dataset.row - b.dataset.row)
		return rows.map(r => r.querySelector('[role=gridcell][data-col="' + head.dataset.col + '"]')?.innerText.trim()).filter(t => t !== undefined)
	})()`, name, column)
}

// gridSays waits until a column says exactly some texts.
func (w *tab) gridSays(name, column string, want ...string) {
	w.Helper()
	w.until(fmt.Sprintf("column %s of %s says %q", column, name, want), func() bool { return slices.Equal(w.grid(name, column), want) })
}

// ask types a filter and enters it.
func (w *tab) ask(filter string) {
	w.Helper()
	w.fill("combobox", "Filter", filter)
	w.press(kb.Escape)
	w.press(kb.Enter)
}

// TestRunsAreFound sorts, filters, groups and chooses columns, and finds it again at the address.
func TestRunsAreFound(t *testing.T) {
	b := enter(t)
	w := b.serve(t, b.lab).open(t, "/runs")
	const table = "Runs"
	w.until("all runs are shown", func() bool { return len(w.grid(table, "Name")) == 5 })
	w.click("columnheader", "loss")
	w.gridSays(table, "Name", "baseline", "خط أساس", "quick 🐧", "birds", "birds")
	w.click("columnheader", "loss")
	w.until("the least loss comes first", func() bool { return slices.Index(w.grid(table, "Name"), "quick 🐧") == 0 })

	w.ask("metrics.loss > 0")
	w.until("the filter chooses", func() bool { return len(w.grid(table, "Name")) == 3 })
	w.ask("params.layers = 3 AND metrics.loss <")
	w.sees("the text ends where a value should follow", "The filter is not understood")
	w.accessible("wrong filter")
	w.allow("400 (Bad Request)")
	w.ask("quick")
	w.gridSays(table, "Name", "quick 🐧")
	if filter := evaluate[string](w, "document.querySelector('[role=combobox][aria-label=Filter]').value"); filter != "run_name ILIKE '%quick%'" {
		t.Errorf("a part of a name became the filter %q", filter)
	}
	w.do(chromedp.Reload())
	w.gridSays(table, "Name", "quick 🐧")
	w.ask("run_name = 'nobody'")
	w.sees("No runs fit")
	w.click("button", "Show all runs")
	w.until("all runs are shown again", func() bool { return len(w.grid(table, "Name")) == 5 })

	w.click("button", "Columns")
	w.fill("searchbox", "Find a field", "optimizer")
	w.until("a field is found", func() bool { return w.has("checkbox", "optimizer") })
	w.accessible("columns")
	w.click("checkbox", "optimizer")
	w.press(kb.Escape)
	w.until("the column is gone", func() bool { return len(w.grid(table, "optimizer")) == 0 && len(w.grid(table, "Name")) == 5 })

	w.click("button", "Group")
	w.fill("searchbox", "Find a field", "optimizer")
	w.click("button", "params optimizer")
	w.sees("params.optimizer")
	w.click("gridcell", "adam")
	w.sees("quick 🐧")
	w.accessible("groups")
	w.shot("groups")

	const stop = "document.querySelectorAll('[role=treegrid] [data-col][tabindex=\"0\"]')"
	evaluate[bool](w, "("+stop+"[0].focus(), true)")
	w.press(kb.End, chromedp.ModifierCtrl) // to the last row, which the filter takes away
	w.ask("params.optimizer = 'adam'")
	w.until("the filter chooses a group", func() bool { return evaluate[int](w, "document.querySelectorAll('.gm-grid-heading').length") == 1 })
	if stops := evaluate[int](w, stop+".length"); stops != 1 {
		t.Errorf("the Tab key finds %d cells of the table, want one", stops)
	}
}

// TestRunsByKeyboard goes through the table without a pointer.
func TestRunsByKeyboard(t *testing.T) {
	b := enter(t)
	w := b.serve(t, b.lab).open(t, "/runs")
	w.until("runs are shown", func() bool { return len(w.grid("Runs", "Name")) == 5 })
	evaluate[bool](w, "(document.querySelector('[role=columnheader][tabindex=\"0\"]').focus(), true)")
	w.press(kb.ArrowDown)
	w.press(" ")
	w.press(kb.ArrowDown)
	w.press(" ")
	w.sees("2 selected")
	w.press(kb.End)
	w.press(kb.Home)
	w.press(kb.ArrowRight)
	at := evaluate[string](w, "document.activeElement.innerText")
	w.press(kb.Enter)
	w.find("complementary", "Run")
	w.until("the run of the row is shown", func() bool {
		return evaluate[string](w, "document.querySelector('.gm-run h2')?.innerText ?? ''") == strings.TrimSpace(at)
	})
	w.accessible("run")
	w.shot("run")
	w.click("button", "Compare")
	w.until("both are compared", func() bool { return strings.Contains(evaluate[string](w, "location.hash"), "#/compare?run=") })
	w.find("heading", "Compare")
}

// TestRunIsTold opens a run and writes a note, which the ledger keeps.
func TestRunIsTold(t *testing.T) {
	b := enter(t)
	w := b.serve(t, b.copyLab(t)).open(t, "/runs?run=baseline")
	w.sees("Ends at a loss of", "accuracy", "optimizer", "baseline.model", "Code", "logged to it")
}

// TestRunsLive has a run appear, and the server go away and come back.
func TestRunsLive(t *testing.T) {
	b := enter(t)
	lab := b.copyLab(t)
	s := b.serve(t, lab)
	w := s.open(t, "/runs")
	w.until("runs are shown", func() bool { return len(w.grid("Runs", "Name")) == 5 })
	w.size(1440, 170)
	place := func() float64 {
		return evaluate[float64](w, "[...document.querySelectorAll('.gm-runs-name')].find(n => n.innerText === 'baseline').getBoundingClientRect().top")
	}
	evaluate[bool](w, "(document.querySelector('[aria-label=Runs][aria-rowcount]').scrollTo(0, 45), true)")
	w.until("it is scrolled", func() bool {
		return evaluate[float64](w, "document.querySelector('[aria-label=Runs][aria-rowcount]').scrollTop") > 30
	})
	was := place()
	train := exec.Command(b.gemba, "exec", "--", filepath.Join(b.dir, "train"), "-lr", "0.2", "-name", "late")
	train.Dir, train.Env = lab, b.env
	if out, err := train.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	w.sees("1 new run")
	if is := place(); is != was {
		t.Errorf("what was read moved from %v to %v", was, is)
	}
	w.click("button", "new run")
	w.size(1440, 900)
	w.until("the new run is the first one", func() bool { return slices.Index(w.grid("Runs", "Name"), "late") == 0 })

	w.ask("params.lr = 0.2")
	w.gridSays("Runs", "Name", "late")
	w.click("button", "Views")
	w.fill("textbox", "Name of the view", "slow ones")
	w.press(kb.Enter)
	w.until("the view is saved", func() bool { return w.has("button", "slow ones params.lr = 0.2") })
	w.press(kb.Escape)
	w.ask("")
	w.until("all are shown", func() bool { return len(w.grid("Runs", "Name")) == 6 })
	w.click("button", "Views")
	w.click("button", "slow ones params.lr = 0.2")
	w.gridSays("Runs", "Name", "late")
	w.click("button", "Views")
	w.click("button", "Delete the view slow ones")
	w.sees("No view is saved")
	w.press(kb.Escape)
	w.ask("")

	w.click("button", "baseline")
	w.click("button", "Edit")
	w.fill("textbox", "Note, as Markdown", "**kept** <img src=x onerror=alert(1)>")
	w.click("button", "Save")
	w.sees("kept <img src=x onerror=alert(1)>")

	w.allow("ERR_CONNECTION_REFUSED", "ERR_INCOMPLETE_CHUNKED_ENCODING", "ERR_EMPTY_RESPONSE", "ERR_NETWORK_CHANGED", "ERR_CONNECTION_RESET")
	s.end()
	w.sees("gemba does not answer")
	if got := w.grid("Runs", "Name"); !slices.Contains(got, "late") {
		t.Errorf("without a server the table shows %q", got)
	}
}
