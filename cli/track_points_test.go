package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
)

// TestPlotsAreReadOnce lets cells write a file of points, and looks at what is taken from it after each.
func TestPlotsAreReadOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), plotFile)
	line := func(value string) string {
		return `{"MetricName":"Train: Loss","Short":"T/loss","MetricType":"loss","Step":7,"Value":` + value + "}\n"
	}
	long := strings.Repeat(" ", 200) // a file that is longer than it was before
	p := &plots{}
	now := time.Unix(1, 0)
	for _, cell := range []struct {
		name   string
		remove bool
		write  string
		want   []float64
		bad    int
	}{
		{"a new file", false, line("1.5") + line("2"), []float64{1.5, 2}, 0},
		{"more", false, line("3"), []float64{3}, 0},
		{"nothing", false, "", nil, 0},
		{"half a line", false, line("4") + `{"MetricName":"Train:`, []float64{4}, 0},
		{"its rest", false, ` Loss","Step":8.0,"Value":5}` + "\n", []float64{5}, 0},
		{"no points", false, "nonsense\n\n{}\n[1]\n" + `{"MetricName":"a","Step":1}` + "\n" + line("6"), []float64{6}, 4},
		{"anew", true, line("7"), []float64{7}, 0},
		{"anew and longer", true, line("8") + long + "\n" + line("9"), []float64{8, 9}, 0},
	} {
		if cell.remove {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
		opened := tracker.Opened{Path: path}
		if info, err := os.Stat(path); err == nil {
			opened.Existed, opened.Size = true, info.Size()
		}
		f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString(cell.write); err != nil {
			t.Fatal(err)
		}
		_ = f.Close()
		if !p.opened(tracker.CellFinished{Seen: tracker.Seen{Opened: []tracker.Opened{{Path: "other.json"}, opened}}}) {
			t.Fatal("the file is not taken note of")
		}
		var got []float64
		for _, w := range p.take() {
			points, bad, err := p.next(w, now)
			if err != nil || bad != cell.bad {
				t.Errorf("%s: %d lines are no points, %v", cell.name, bad, err)
			}
			for _, m := range points {
				got = append(got, m.Value)
			}
		}
		if diff := cmp.Diff(cell.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", cell.name, diff)
		}
	}
	other := &plots{} // of the next session
	if points, _, err := other.next(plotsOf{path: path, before: 1 << 20}, now); err != nil || len(points) != 2 {
		t.Errorf("a file that was longer before has %d points, %v", len(points), err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if points, _, err := (&plots{}).next(plotsOf{path: path, before: info.Size()}, now); err != nil || len(points) != 0 {
		t.Errorf("what was there before the session has %d points, %v", len(points), err)
	}
	if points, _, err := (&plots{}).next(plotsOf{path: path + ".gone"}, now); err != nil || len(points) != 0 {
		t.Errorf("a file that is gone has %d points, %v", len(points), err)
	}
}
