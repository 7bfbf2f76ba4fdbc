package golang

import (
	"log/slog"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gemba-ml/gemba/kernel/golang/source"
	"github.com/gemba-ml/gemba/kernel/wire"
)

// TestNames: what cells name, also those that fail, run again, or are no Go.
func TestNames(t *testing.T) {
	n := newNotebook(t)
	cells := []struct {
		source      string
		bound, used []string // nil: not known
	}{
		{"const rate = 0.1\nvar step = 2\nfunc init_seed() {}", []string{"init_seed", "rate", "step"}, nil},
		{"import \"math\"\nfunc grow(x float64) float64 { return x * math.Exp(rate) }", []string{"grow", "math"}, []string{"init_seed", "rate"}},
		{"%%\nstep := 1\nfmt.Println(grow(1), step)", nil, []string{"grow", "init_seed", "math", "rate"}},
		{"const rate = \"a lot\"", nil, []string{"init_seed"}}, // grow does not compile with it: rate stays what it was
		{"func grow(x float64) float64 { return missing }", nil, []string{"init_seed"}},
		{"func half(x float64) float64 { return x / 2 }\n%%\npanic(half(rate))", []string{"half"}, []string{"init_seed", "rate"}},
		{"%%\nfmt.Println(grow(half(1)))", nil, []string{"grow", "half", "init_seed", "math", "rate"}},
		{"func grow[T ~float64](x T) T { return x }\n%%\ngrow(1.0)", []string{"grow"}, []string{"init_seed"}},
		{"%rm init_seed step\n%%\nfmt.Println(rate)", nil, []string{"rate"}},
		{"func f( {", nil, nil},
		{"%%bash\necho $rate", nil, nil},
		{"%ls", nil, nil},
		{"%reset\nvar rate = 1\nfmt.Println(rate)", []string{"rate"}, nil},
	}
	for _, cell := range cells {
		_, outcome := n.run(cell.source)
		want := wire.Facts{Bound: cell.bound, Used: cell.used}
		if diff := cmp.Diff(want, wire.Facts{Bound: outcome.Facts.Bound, Used: outcome.Facts.Used}, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%s: %v %s", cell.source, outcome.Error, diff)
		}
		if outcome.Facts.Bound == nil {
			t.Errorf("%s: names are not known", cell.source)
		}
	}
}

// TestNamesOfWhatNeverRuns: a cell that ends before its Go code is compiled bound nothing.
func TestNamesOfWhatNeverRuns(t *testing.T) {
	n := newNotebook(t)
	for _, text := range []string{"func f( {", "!false\nvar x = 1", "%nothing\nvar x = 1", "%wasm\n%%\nprintln(1)"} {
		_, outcome := n.run(text)
		if f := outcome.Facts; outcome.Error == nil || f.Bound == nil || len(f.Bound)+len(f.Used) > 0 {
			t.Errorf("%s: %v bound %#v, used %q", text, outcome.Error, f.Bound, f.Used)
		}
	}
}

// TestFaultInNames: a fault in telling what a cell names ends nothing. No text is known that causes one; here there is no cell at all.
func TestFaultInNames(t *testing.T) {
	var log strings.Builder
	x := &execution{Engine: &Engine{log: slog.New(slog.NewTextHandler(&log, nil))}}
	names := x.named(nil, source.Declarations{}, source.Declarations{})
	if diff := cmp.Diff(source.Named{}, names); diff != "" || !strings.Contains(log.String(), "Cell[0]") {
		t.Errorf("%s %s", diff, &log)
	}
}
