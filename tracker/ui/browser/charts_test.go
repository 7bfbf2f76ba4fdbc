package browser

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// table returns the texts of the table in what has a name: rows of cells, the head first.
func (w *tab) table(name string) [][]string {
	w.Helper()
	return evaluate[[][]string](w, `(() => {
		const all = [...document.querySelectorAll('table')], name = %s
		const table = all.find(t => (t.getAttribute('aria-label') ?? t.closest('[aria-label]')?.getAttribute('aria-label')) === name)
		return table ? [...table.rows].map(r => [...r.cells].map(c => c.innerText.trim())) : []
	})()`, name)
}

// rows waits until a table has so many rows below its head, and returns them.
func (w *tab) rows(name string, n int) [][]string {
	w.Helper()
	var all [][]string
	w.until(fmt.Sprintf("the table %s has %d rows", name, n), func() bool {
		all = w.table(name)
		return len(all) == n+1
	})
	return all[1:]
}

// colors counts the pixels of a metric's chart that have each of the colours of series, by the colours' places.
func (w *tab) colors(metric string) []int {
	w.Helper()
	return evaluate[[]int](w, `(() => {
		const canvas = document.querySelector('[data-metric=' + CSS.escape(%s) + '] canvas')
		if (canvas === null) return []
		const style = getComputedStyle(canvas), wanted = [1, 2, 3, 4].map(i => style.getPropertyValue('--gm-' + i).trim())
			.map(hex => [1, 3, 5].map(at => parseInt(hex.slice(at, at + 2), 16)))
		const copy = new OffscreenCanvas(canvas.width, canvas.height), c = copy.getContext('2d', { willReadFrequently: true })
		c.drawImage(canvas, 0, 0)
		const { data } = c.getImageData(0, 0, canvas.width, canvas.height), counts = wanted.map(() => 0)
		for (let i = 0; i < data.length; i += 12) { // a third of the pixels tells as much
			if (data[i + 3] < 200) continue
			for (let k = 0; k < wanted.length; k++) {
				const [r, g, b] = wanted[k]
				if (Math.abs(r - data[i]) < 12 && Math.abs(g - data[i + 1]) < 12 && Math.abs(b - data[i + 2]) < 12) counts[k]++
			}
		}
		return counts
	})()`, metric)
}

// address is what the page's address says behind the #.
func (w *tab) address() string {
	w.Helper()
	return evaluate[string](w, "location.hash")
}

// draws waits until a metric's chart shows, or does not show, the first curves.
func (w *tab) draws(metric string, shown ...bool) {
	w.Helper()
	w.until(fmt.Sprintf("%s has curves %v", metric, shown), func() bool {
		counts := w.colors(metric)
		for i, on := range shown {
			if len(counts) <= i || on != (counts[i] > 20) {
				return false
			}
		}
		return true
	})
}

func TestChartsOfCurves(t *testing.T) {
	b := enter(t)
	w := b.serve(t, b.lab).open(t, "/charts")
	w.find("application", "loss")
	w.draws("loss", true, true, true)
	w.draws("accuracy", true, true, true)

	w.click("button", "Values of loss as a table")
	values := w.rows("Values of loss", 3)
	if names := []string{values[0][0], values[1][0], values[2][0]}; !slices.Equal(names, []string{"quick 🐧", "خط أساس", "baseline"}) {
		t.Errorf("the table tells of %q", names)
	}
	if first := values[2][1]; first != "2.05" {
		t.Errorf("the first loss of baseline is %s, not 2.05", first)
	}
	w.sees("loss")
	w.accessible("with values")

	w.click("checkbox", "baseline")
	w.rows("Values of loss", 2)
	w.draws("loss", true, true, false)
	w.click("button", "Show all")
	w.draws("loss", true, true, true)

	w.fill("searchbox", "Search metrics", "accu")
	w.until("loss has no panel", func() bool { return !w.has("application", "loss") })
	w.fill("searchbox", "Search metrics", "")
	w.find("application", "loss")
	w.until("the address forgets the search", func() bool { return !strings.Contains(w.address(), "find=") })
}

// TestChartsByKeyboard moves the cursor and zooms without a mouse; a reload shows the same.
func TestChartsByKeyboard(t *testing.T) {
	b := enter(t)
	w := b.serve(t, b.lab).open(t, "/charts?metric=loss")
	w.draws("loss", true, true, true)
	evaluate[bool](w, `(document.querySelector('[role=application]').focus(), true)`)
	w.press("t")
	w.press("+")
	w.press("+")
	w.until("the address tells the part of x", func() bool { return strings.Contains(w.address(), "from=") })
	w.press(kb.ArrowRight)
	w.until("the table has the values at the cursor", func() bool {
		head := w.table("Values of loss")
		return len(head) > 0 && strings.HasPrefix(head[0][len(head[0])-1], "At step ")
	})
	place := w.address()
	w.do(chromedp.Reload())
	w.find("button", "Show all of x")
	if w.address() != place {
		t.Errorf("after a reload the address is %s, not %s", w.address(), place)
	}
	w.draws("loss", true, true, true)
	w.click("button", "Show all of x")
	w.until("all of x is shown", func() bool { return !strings.Contains(w.address(), "from=") })

	w.click("button", "Log y")
	w.until("the address tells the axis", func() bool { return strings.Contains(w.address(), "logy=1") })
	w.draws("loss", true, true, true)
	evaluate[bool](w, `(location.hash += '&smooth=0.9&by=relative', true)`)
	w.draws("loss", true, true, true)
}

func TestChartsOfRuns(t *testing.T) {
	b := enter(t)
	s := b.serve(t, b.lab)
	w := s.open(t, "/charts?chart=parallel&filter=metrics.loss>0")
	w.sees("All 3 runs", "Ranges")
	runs := w.rows("All 3 runs, as a table", 3)
	if !slices.ContainsFunc(runs, func(r []string) bool {
		return r[0] == "baseline" && slices.Contains(r, "0.1") && slices.Contains(r, "sgd")
	}) {
		t.Errorf("the table of runs says %q", runs)
	}
	evaluate[bool](w, `(document.querySelector('.gm-charts-ranges').open = true, true)`)
	w.fill("spinbutton", "lr from", "0.2")
	w.press(kb.Tab)
	w.sees("2 of 3 runs")
	w.accessible("parallel")

	w.goTo("/charts?chart=scatter&x=params.lr&y=metrics.loss&color=params.optimizer&filter=metrics.loss>0")
	w.sees("3 of 3 runs have both", "ρ =")
	w.accessible("scatter")

	w.goTo("/charts?chart=bars&y=metrics.loss&group=params.optimizer&filter=metrics.loss>0")
	bars := w.rows("loss by optimizer", 2)
	if groups := []string{bars[0][0] + bars[0][3], bars[1][0] + bars[1][3]}; !slices.Equal(slices.Sorted(slices.Values(groups)), []string{"adam1", "sgd2"}) {
		t.Errorf("the groups are %q", groups)
	}
	w.accessible("bars")

	w.goTo("/charts?chart=importance&y=metrics.loss&filter=metrics.loss>0")
	w.sees("Only 3 runs have it")
}

// curves records runs of the program that logs much.
func (b *bench) curves(t *testing.T, dir string, args ...string) {
	t.Helper()
	program := filepath.Join(b.dir, "curves")
	if _, err := os.Stat(program); err != nil {
		if err := b.command(b.root, "go", "build", "-o", program, "./tracker/ui/browser/testdata/curves"); err != nil {
			t.Fatal(err)
		}
	}
	if err := b.command(dir, b.gemba, append([]string{"exec", "--", program}, args...)...); err != nil {
		t.Fatal(err)
	}
}

// emptyLab is a folder that has a ledger of its own.
func emptyLab(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, ".git"), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestChartsTellNoNumbers draws no zero where there is no number, and says so.
func TestChartsTellNoNumbers(t *testing.T) {
	b := enter(t)
	dir := emptyLab(t)
	b.curves(t, dir, "-odd", "-points", "300")
	w := b.serve(t, dir).open(t, "/charts")
	w.draws("loss", true)
	w.sees("NaN or ∞ in 1 run")
	w.click("button", "Values of loss as a table")
	if least := w.rows("Values of loss", 1)[0][3]; least == "0" || least == "NaN" {
		t.Errorf("the least value is %s", least)
	}
}

// TestChartsOfManyPoints looks closer at a series of a million points until each of them is there.
func TestChartsOfManyPoints(t *testing.T) {
	b := enter(t)
	dir := emptyLab(t)
	b.curves(t, dir, "-points", "1000000", "-peak", "654321")
	w := b.serve(t, dir).open(t, "/charts?from=654300&to=654340")
	w.draws("loss", true)
	w.click("button", "Values of loss as a table")
	row := w.rows("Values of loss", 1)[0]
	if row[4] != "9" {
		t.Errorf("the greatest value is %s: thinning out lost it", row[4])
	}
	w.until("the point next to the peak is told", func() bool {
		evaluate[bool](w, `(() => {
			const over = document.querySelector('.u-over'), box = over.getBoundingClientRect()
			for (const share of [0.9, 22.2 / 40]) // a pointer that does not move tells nothing new
				over.dispatchEvent(new PointerEvent('pointermove', { clientX: box.left + box.width * share, clientY: box.top + 40, bubbles: true }))
			return true
		})()`) // again when points came since
		head := w.table("Values of loss")
		return len(head) == 2 && strings.HasPrefix(head[0][len(head[0])-1], "At step 654,322") && head[1][len(head[1])-1] != "9"
	})
}
