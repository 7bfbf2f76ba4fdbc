package golang

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// opening is a cell that opens and reads 10,000 files of 2 kB.
const opening = `import ("fmt"; "os")
%%%%
sum := 0
for i := range 10000 {
	b, err := os.ReadFile(fmt.Sprintf("data/file-%%05d.csv", i))
	if err != nil { panic(err) }
	for _, c := range b { sum += int(c) }
}
fmt.Println(sum, %d)`

// BenchmarkOpens tells how much longer a cell takes that is observed, in percent of one that is not: medians of cells
// that take turns.
func BenchmarkOpens(b *testing.B) {
	for _, fresh := range []bool{true, false} {
		b.Run(map[bool]string{true: "new", false: "again"}[fresh], func(b *testing.B) { benchmarkOpens(b, fresh) })
	}
}

func benchmarkOpens(b *testing.B, fresh bool) {
	dir := b.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "data"), 0o755); err != nil {
		b.Fatal(err)
	}
	for i := range 10_000 {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("data/file-%05d.csv", i)), make([]byte, 2000), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	var engines [2]*Engine
	for i := range engines {
		env := append(os.Environ(), observeVariable+"="+[]string{"on", "off"}[i])
		engine, err := New(Options{Dir: dir, Env: env})
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = engine.Close() }()
		engines[i] = engine
	}
	cell := func(i, n int) time.Duration {
		began := time.Now()
		o := engines[i].Execute(context.Background(), wire.Cell{Source: fmt.Sprintf(opening, n), Count: 1}, &page{})
		if o.Error != nil || i == 0 && len(o.Facts.Seen.Opened) != 10_000 {
			b.Fatalf("%v, %d files opened", o.Error, len(o.Facts.Seen.Opened))
		}
		return time.Since(began)
	}
	cell(0, 0)
	cell(1, 0)
	var took [2][]time.Duration
	for n := 1; b.Loop(); n++ {
		if !fresh {
			n = 0
		}
		for i := range engines {
			i = (i + n) % 2
			took[i] = append(took[i], cell(i, n))
		}
	}
	slices.Sort(took[0])
	slices.Sort(took[1])
	on, off := took[0][len(took[0])/2], took[1][len(took[1])/2]
	b.ReportMetric(100*float64(on-off)/float64(off), "%more")
	b.ReportMetric(float64(on.Microseconds())/1000, "ms-observed")
	b.ReportMetric(float64(off.Microseconds())/1000, "ms-off")
}
