//go:build unix

package browser

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// A figure is a row of the table: what is measured, of gemba and of a peer where one can be run, and what is to be reached.
type figure struct {
	what  string
	gemba string
	peer  string
	goal  string
	met   string // "reached", "missed"; nothing where there is no goal
}

// figures are gathered, and printed as Markdown.
type figures []figure

// add adds a figure in some unit that is to be at most, or for a goal below 0 at least, so much; 0 is no goal.
func (all *figures) add(what, unit string, value, goal float64, peer string) {
	f := figure{what: what, gemba: fmt.Sprintf("%.0f %s", value, unit), peer: peer}
	switch met := goal > 0 && value <= goal || goal < 0 && value >= -goal; {
	case goal > 0:
		f.goal, f.met = fmt.Sprintf("≤ %.0f %s", goal, unit), verdict(met)
	case goal < 0:
		f.goal, f.met = fmt.Sprintf("≥ %.0f %s", -goal, unit), verdict(met)
	}
	*all = append(*all, f)
}

func verdict(met bool) string {
	if met {
		return "reached"
	}
	return "**missed**"
}

func (all figures) String() string {
	var b strings.Builder
	b.WriteString("| what | gemba | MLflow UI | to reach | |\n|---|---|---|---|---|\n")
	for _, f := range all {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", f.what, f.gemba, f.peer, f.goal, f.met)
	}
	return b.String()
}

// TestFigures measures what the views are to reach, in a real browser, with MLflow's own page beside gemba where it has the same. It takes
// minutes and says what holds for a quiet machine only, so it runs when GEMBA_FIGURES asks for it. It judges nothing.
func TestFigures(t *testing.T) {
	wish := os.Getenv("GEMBA_FIGURES")
	if wish == "" {
		t.Skip("GEMBA_FIGURES=1 measures the figures of the views, with a number of runs above 1 with so many")
	}
	b := enter(t)
	var all figures
	t.Run("many runs", func(t *testing.T) { b.measureRuns(t, &all, runsOf(wish)) })
	t.Run("comparison", func(t *testing.T) {
		w, took := b.manyCompared(t)
		all.add("comparing 500 runs with 12,000 keys: first rows", "ms", took, 2000, "")
		all.add("its heap", "MB", w.heap(), 300, "")
	})
	t.Run("charts", func(t *testing.T) {
		w, draw := b.manyCurves(t)
		all.add("chart of 100 runs × 10,000 points: seen after the data", "ms", draw, 300, "")
		zoom, pan := w.zooms(), w.pans()
		all.add(fmt.Sprintf("zooming it (95 of 100 frames within %.0f ms)", zoom.Slow), "frames a second", zoom.Frames, -60*nearly, "")
		all.add(fmt.Sprintf("panning it (95 of 100 frames within %.0f ms)", pan.Slow), "frames a second", pan.Frames, -60*nearly, "")
	})
	t.Run("live", func(t *testing.T) {
		delays := b.liveDelays(t)
		all.add("a new point to the open chart, at most", "ms", delays[len(delays)-1], 1000, "")
	})
	t.Run("extension", func(t *testing.T) { b.measureExtension(t, &all) })
	fmt.Println(all)
}

// nearly is what of sixty frames a second counts as reached: a browser's clock drops one now and then.
const nearly = 0.95

var costs = regexp.MustCompile(`evaluating ([0-9.]+) ms, activating ([0-9.]+) ms`)

// measureExtension has the tests of JupyterLab tell what the extension costs at its start, and weighs it.
func (b *bench) measureExtension(t *testing.T, all *figures) {
	c := exec.Command("go", "test", "./kernel/kerneltest/lab", "-run", "TestExtensionCostsLittle", "-count=1", "-v")
	c.Dir = b.root
	out, _ := c.CombinedOutput() // what is missing is told by what it printed
	most := 0.0
	for _, found := range costs.FindAllSubmatch(out, -1) {
		evaluating, _ := strconv.ParseFloat(string(found[1]), 64)
		activating, _ := strconv.ParseFloat(string(found[2]), 64)
		most = max(most, evaluating+activating)
	}
	if most > 0 {
		all.add("the extension at JupyterLab's start, at most", "ms", most, 50, "")
	} else {
		t.Logf("the extension's cost is not measured:\n%s", out)
	}
	all.add("the extension's bundle, compressed", "kB", b.bundle(t)/1000, 600, "")
}

// bundle returns how many bytes the extension's scripts and style sheets take, each compressed.
func (b *bench) bundle(t *testing.T) (size float64) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(filepath.Dir(b.page), "labextension", "static", "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("find the extension: %v, found %d", err, len(files))
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		_, _ = z.Write(text) // to memory
		_ = z.Close()
		size += float64(packed.Len())
	}
	return size
}
