package browser

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// inMerge returns the texts of the lines that a comparison of sources marks, by sides.
func (w *tab) inMerge() map[string][]string {
	w.Helper()
	return evaluate[map[string][]string](w, `(() => {
		const root = document.querySelector('.gm-merge')?.shadowRoot, all = {a: [], b: [], folded: []}
		for (const side of ['a', 'b']) for (const line of root?.querySelectorAll('.cm-merge-' + side + ' .cm-changedLine') ?? []) all[side].push(line.innerText)
		for (const line of root?.querySelectorAll('.cm-collapsedLines') ?? []) all.folded.push(line.innerText)
		return all
	})()`)
}

// sessions returns the ids of the notebook's sessions, the oldest first.
func (w *tab) sessions() []string {
	w.Helper()
	ids := evaluate[[]string](w, "fetch('/api/sessions').then(r => r.json()).then(p => p.items.filter(s => s.name === %s).map(s => s.id))", notebook)
	slices.Reverse(ids)
	return ids
}

// TestSessionsAreCompared shows what differs between two executions of a notebook.
func TestSessionsAreCompared(t *testing.T) {
	b := enter(t)
	w := b.serve(t, b.lab).open(t, "/compare")
	w.sees("What is to be compared?")
	w.accessible("nothing")
	ids := w.sessions()
	w.fill("combobox", "A", ids[0])
	w.fill("combobox", "B", ids[1])
	w.click("button", "Compare")
	var marked map[string][]string
	w.until("the changed line is marked on both sides", func() bool {
		marked = w.inMerge()
		return len(marked["a"]) == 1 && len(marked["b"]) == 1
	})
	if !strings.Contains(marked["a"][0], "10+i*24") || !strings.Contains(marked["b"][0], "10+i*30") || len(marked["folded"]) == 0 {
		t.Errorf("marked are %q", marked)
	}
	w.sees("outputs differ", "source differs")
	w.until("both figures are shown", func() bool {
		return evaluate[int](w, "document.querySelectorAll('.gm-compare-outputs img, .gm-compare-outputs iframe').length") >= 2
	})
	for _, theme := range []string{"light", "dark"} {
		w.theme(theme)
		w.size(1440, 900)
		w.accessible(theme)
		w.shot(theme)
	}
	w.size(700, 900)
	w.until("one column is left", func() bool {
		return evaluate[bool](w, "document.querySelector('.gm-merge').shadowRoot.querySelector('.cm-deletedChunk') !== null || document.querySelector('.gm-merge').clientWidth >= 640")
	})
	w.shot("narrow")
}

// TestRunsAreCompared shows two runs with deltas, and three as a table.
func TestRunsAreCompared(t *testing.T) {
	b := enter(t)
	s := b.serve(t, b.lab)
	w := s.open(t, "/compare?run=baseline&run=quick%20%F0%9F%90%A7")
	w.sees("Params", "Metrics", "layers", "loss", "B − A")
	row := evaluate[[]string](w, `[...document.querySelectorAll('#gm-compare-metrics tbody tr')].map(r => [...r.cells].map(c => c.innerText)).find(r => r[0] === 'loss')`)
	if len(row) != 6 || !strings.HasPrefix(row[3], "−") || !strings.HasSuffix(row[4], "%") || row[5] != "400" {
		t.Errorf("the loss is told as %q", row)
	}
	w.accessible("two")
	w.shot("two")
	w.click("button", "Swap")
	w.until("the sides are swapped", func() bool {
		names := evaluate[[]string](w, "[...document.querySelectorAll('.gm-compare-name')].map(n => n.innerText)")
		return slices.Equal(names, []string{"quick 🐧", "baseline"})
	})
	w.goTo("/compare?run=baseline&run=birds&run=quick%20%F0%9F%90%A7")
	w.sees("3 runs")
	w.gridSays("Differences", "baseline", w.grid("Differences", "baseline")...)
	keys := strings.Join(w.grid("Differences", "Key"), "\n")
	for _, want := range []string{"params layers", "params lr", "metrics loss"} {
		if !strings.Contains(keys, want) {
			t.Errorf("%q is not among the keys %q", want, keys)
		}
	}
	w.accessible("three")
	w.shot("three")
	w.allow("404 (Not Found)")
	w.goTo("/compare?a=nobody&b=baseline")
	w.sees("Try again")
}

// many serves a ledger of so many runs.
func (b *bench) many(t *testing.T, runs, keys int) *site {
	t.Helper()
	dir := t.TempDir()
	b.makeMany(t, dir, fmt.Sprint(runs), fmt.Sprint(keys))
	return b.serve(t, dir)
}

// makeMany makes a ledger of many runs in a folder, and returns what the program of testdata/many prints.
func (b *bench) makeMany(t *testing.T, dir string, args ...string) []byte {
	t.Helper()
	program := filepath.Join(b.dir, "many")
	if err := b.command(b.root, "go", "build", "-o", program, "./tracker/ui/browser/testdata/many"); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(program, append([]string{filepath.Join(dir, ".gemba")}, args...)...).Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// drawn goes to a place, and returns how long it took, in milliseconds, until the first row of a table was drawn.
func (w *tab) drawn(place string) float64 {
	w.Helper()
	return evaluate[float64](w, `new Promise(done => {
		const began = performance.now()
		location.hash = %s
		const look = () => document.querySelector('[role=row][data-row="0"] [role=gridcell][data-col="1"]')?.innerText ? requestAnimationFrame(() => done(performance.now() - began)) : requestAnimationFrame(look)
		look()
	})`, place)
}

// heap returns how much memory the page's objects take, in megabytes.
func (w *tab) heap() float64 {
	w.Helper()
	return evaluate[float64](w, "performance.memory.usedJSHeapSize / 1e6")
}

// manyCompared opens 500 runs with 12,000 different keys, and returns how many milliseconds it took until the first were drawn.
func (b *bench) manyCompared(t *testing.T) (*tab, float64) {
	t.Helper()
	w := b.many(t, 500, 12_000).open(t, "/disk")
	w.settled()
	ids := evaluate[[]string](w, "fetch('/api/runs?limit=500&columns=none&fields=id').then(r => r.json()).then(p => p.items.map(i => i.id))")
	return w, w.drawn("/compare?run=" + strings.Join(ids, "&run="))
}

// TestManyRunsCompared opens 500 runs with 12,000 different keys, and scrolls to the end of both.
func TestManyRunsCompared(t *testing.T) {
	w, took := enter(t).manyCompared(t)
	w.sees("500 runs", "12,020 keys differ")
	evaluate[bool](w, "(document.querySelector('[aria-label=Differences]').scrollTo(1e9, 1e9), true)")
	w.until("the last key and the last run are drawn", func() bool {
		keys, last := w.grid("Differences", "Key"), w.grid("Differences", "run-0")
		return len(last) > 0 && slices.Contains(keys, "params param_9999")
	})
	w.until("only what is seen is in the document", func() bool {
		return evaluate[int](w, "document.querySelectorAll('*').length") < 5000
	})
	w.shot("end")
	w.fill("searchbox", "Find keys", "PARAM _9999")
	w.sees("1 of 12,020 keys differ")
	w.gridSays("Differences", "Key", "params param_9999")
	w.press(kb.ArrowDown)
	if at := evaluate[string](w, "document.activeElement.closest('[role=row]')?.dataset.row ?? ''"); at != "-1" {
		t.Errorf("the arrow down leads to row %q, not to the titles", at)
	}
	w.accessible("found")
	place := w.address()
	w.do(chromedp.Reload())
	w.sees("1 of 12,020 keys differ")
	w.fill("searchbox", "Find keys", "no such key")
	w.click("button", "Show all keys")
	w.until("all keys are there, and the address looks for none", func() bool {
		return strings.Contains(place, "find=") && !strings.Contains(w.address(), "find=") && len(w.grid("Differences", "Key")) > 5
	})
	t.Logf("500 runs with 12,000 keys: first rows after %.0f ms, heap %.0f MB", took, w.heap())
}

// TestManyRuns opens a table of many runs, and goes to its end.
func TestManyRuns(t *testing.T) {
	b := enter(t)
	const runs = 5000
	s := b.many(t, runs, 0)
	w := s.open(t, "/disk")
	w.settled()
	cold := w.drawn("/runs")
	w.sees("run-" + fmt.Sprint(runs-1))
	w.goTo("/disk")
	w.settled()
	warm := w.drawn("/runs")
	began := time.Now()
	evaluate[bool](w, "(document.querySelector('[aria-label=Runs][aria-rowcount]').scrollTo(0, 1e9), true)")
	w.until("the oldest run is shown", func() bool { return slices.Contains(w.grid("Runs", "Name"), "run-0") })
	t.Logf("%d runs: first rows after %.0f ms, the first time after %.0f ms; the end after %v; heap %.0f MB", runs, warm, cold, time.Since(began).Round(time.Millisecond), w.heap())
}
