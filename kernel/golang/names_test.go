package golang

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

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
		if known := outcome.Facts.Bound != nil; known != (cell.source != "func f( {") {
			t.Errorf("%s: names are known %t", cell.source, known)
		}
	}
}
