package build

import (
	"fmt"
	"testing"
)

const gomlxCell = `
import (
	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
	_ "github.com/gomlx/gomlx/backends/default"
)

%%
b := compute.MustNew()
e := MustNewExec(b, func(x *Node) *Node { return AddScalar(x, 1) })
fmt.Println(b.Name(), e.MustExec(float32(41))[0])
`

const plainCell = "import \"strings\"\n\nfunc f(s string) string { return strings.ToUpper(s) }\n\n%%\nfmt.Println(f(\"hi\"))\n"

// benchmarkNew measures building a cell whose code changes each time; its packages are known.
func benchmarkNew(b *testing.B, cell string, change ...func(*Request)) {
	s := newSession(b)
	s.build(cell, change...)
	for i := 0; b.Loop(); i++ {
		s.build(fmt.Sprintf("%sfmt.Println(%d)\n", cell, i), change...)
	}
}

// benchmarkAgain measures building a cell that was built before.
func benchmarkAgain(b *testing.B, cell string, change ...func(*Request)) {
	s := newSession(b)
	s.build(cell, change...)
	for b.Loop() {
		s.build(cell, change...)
	}
}

func BenchmarkPlainNew(b *testing.B)   { benchmarkNew(b, plainCell) }
func BenchmarkPlainAgain(b *testing.B) { benchmarkAgain(b, plainCell) }

func BenchmarkPlainNewObserved(b *testing.B)   { benchmarkNew(b, plainCell, observed) }
func BenchmarkPlainAgainObserved(b *testing.B) { benchmarkAgain(b, plainCell, observed) }

func BenchmarkGoMLXNew(b *testing.B)   { benchmarkNew(b, gomlxCell) }
func BenchmarkGoMLXAgain(b *testing.B) { benchmarkAgain(b, gomlxCell) }
