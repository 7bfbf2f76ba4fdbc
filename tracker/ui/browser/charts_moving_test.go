package browser

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestChartsLive logs points while the chart is open. What it prints is how long each took to be told by the chart.
func TestChartsLive(t *testing.T) {
	t.Logf("milliseconds from logging a point to its value in the open chart: %v", enter(t).liveDelays(t))
}

// liveDelays returns how many milliseconds points took from being logged to being told by the open chart, the shortest first. The last point
// is among them; of the others a slow machine tells several at once.
func (b *bench) liveDelays(t *testing.T) []float64 {
	t.Helper()
	dir := emptyLab(t)
	b.curves(t, dir, "-points", "50")
	w := b.serve(t, dir).open(t, "/charts?metric=loss")
	w.draws("loss", true)
	w.click("button", "Values of loss as a table")
	w.rows("Values of loss", 1)
	evaluate[bool](w, `(window.came = [], new MutationObserver(() => {
		for (const cell of document.querySelectorAll('.gm-charts-values tbody td:nth-child(3)')) {
			const logged = Number(cell.dataset.value ?? NaN)
			if (logged > 1e12 && !came.some(c => c[0] === logged)) came.push([logged, Date.now() - logged])
		}
	}).observe(document.body, { subtree: true, childList: true, characterData: true, attributes: true }), true)`)
	c := exec.Command(b.gemba, "exec", "--", filepath.Join(b.dir, "curves"), "-points", "50", "-live", "10")
	c.Dir, c.Env = dir, b.env
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	w.rows("Values of loss", 2)
	if err := c.Wait(); err != nil {
		t.Fatal(err)
	}
	w.until("the last point is told", func() bool {
		return evaluate[bool](w, "document.querySelector('.gm-charts-values tbody td:nth-child(3)[title=\"step 59\"]') !== null")
	})
	if !evaluate[bool](w, "came.length > 0") {
		t.Fatal("the table tells no point that was logged while it was open")
	}
	return evaluate[[]float64](w, "came.map(c => c[1]).sort((a, b) => a - b)")
}

// pace is how frames followed each other while something moved.
type pace struct {
	Frames float64 `json:"frames"` // a second
	Slow   float64 `json:"slow"`   // of a hundred, 95 were drawn within so many milliseconds
}

// long is how long something moves, for its frames to be counted.
const long = 2 * time.Second

// moves does something in each frame: a statement of the page's, in which turn counts the frames.
func (w *tab) moves(prepare, step string) pace {
	w.Helper()
	return evaluate[pace](w, `(async () => {
		`+prepare+`
		const gaps = [], began = performance.now()
		let last = began
		await new Promise(done => {
			const frame = () => {
				const now = performance.now(), turn = gaps.push(now - last) - 1
				last = now
				if (now > began + %s) return done()
				`+step+`
				requestAnimationFrame(frame)
			}
			requestAnimationFrame(frame)
		})
		gaps.sort((a, b) => a - b)
		return { frames: gaps.length / (last - began) * 1000, slow: gaps[Math.floor(gaps.length * 0.95)] }
	})()`, long.Milliseconds())
}

// overChart finds the chart of loss, and gives it the focus.
const overChart = `const over = document.querySelector('[data-metric=loss] .u-over'), box = over.getBoundingClientRect(), chart = over.closest('[role=application]')
chart.focus()
const at = (type, x, more) => over.dispatchEvent(new PointerEvent(type, { clientX: box.left + x, clientY: box.top + 50, bubbles: true, cancelable: true, pointerId: 1, ...more }))
over.setPointerCapture = () => undefined // there is no such pointer`

// zooms turns the wheel over the chart of loss, and back.
func (w *tab) zooms() pace {
	w.Helper()
	return w.moves(overChart, `over.dispatchEvent(new WheelEvent('wheel', { deltaY: turn %% 60 < 40 ? -20 : 20, clientX: box.left + box.width / 2, clientY: box.top + 50, bubbles: true, cancelable: true }))`)
}

// pans moves the chart of loss, of which half is shown, to and fro.
func (w *tab) pans() pace {
	w.Helper()
	return w.moves(overChart+`
	chart.dispatchEvent(new KeyboardEvent('keydown', { key: '0', bubbles: true }))
	for (const key of '++') chart.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
	await new Promise(done => setTimeout(done, 500))
	at('pointerdown', 300, { shiftKey: true })`, `at('pointermove', 300 + 200 * Math.sin(turn / 20), { shiftKey: true })`)
}

// manyCurves opens the chart of a hundred runs of ten thousand points, and returns how many milliseconds it took to be seen after its data came.
func (b *bench) manyCurves(t *testing.T) (*tab, float64) {
	t.Helper()
	dir := emptyLab(t)
	b.curves(t, dir, "-runs", "100", "-points", "10000")
	w := b.serve(t, dir).open(t, "/charts?newest=100")
	w.draws("loss", true, true, true, true)
	w.sees("100 runs")
	return w, evaluate[float64](w, "performance.getEntriesByName('draw loss')[0].duration")
}

// TestChartsOfManyRuns prints how long a hundred runs of ten thousand points take, and how many frames a second moving them has.
func TestChartsOfManyRuns(t *testing.T) {
	w, draw := enter(t).manyCurves(t)
	zoom := w.zooms()
	w.until("the chart is drawn anew where it was left", func() bool { return strings.Contains(w.address(), "from=") })
	pan := w.pans()
	evaluate[bool](w, `(document.querySelector('[data-metric=loss] .u-over').dispatchEvent(new PointerEvent('pointerup', { bubbles: true, shiftKey: true })), true)`)
	w.draws("loss", true, true, true, true)
	w.shot("moved")
	t.Logf("100 runs × 10,000 points: seen %.0f ms after the data; zooming: %.0f frames a second, 95 of 100 within %.0f ms; moving: %.0f, %.0f ms",
		draw, zoom.Frames, zoom.Slow, pan.Frames, pan.Slow)
}
