//go:build unix

package main

import (
	"context"
	"fmt"
	"time"
)

// A measurement is one row of the table. Its value is taken from a running kernel by once, or from a
// kernel of its own by fresh.
type measurement struct {
	name  string
	unit  string
	reach string  // what gemba is to reach
	share float64 // of the rounds asked for
	setup []cell  // run first and not measured: they warm caches
	once  func(ctx context.Context, b *bench, k *kernel) (value float64, lost int, err error)
	fresh func(ctx context.Context, b *bench, s spec) (float64, error)
}

const (
	newPlain  = "plain cell, new code"
	samePlain = "plain cell, unchanged code"
)

// measurements is the table of what is measured.
func measurements() []measurement {
	return []measurement{
		{name: "kernel start to first reply", unit: "ms", reach: "<= 200 ms", share: 0.5, fresh: firstReply},
		{name: "memory after one cell, with children", unit: "MiB", reach: "", share: 0.2, fresh: memoryAfterCell("")},
		{name: "the same without gopls", unit: "MiB", reach: "<= 100 MiB", share: 0.2, fresh: memoryAfterCell("gopls")},
		{name: "first completion, 3 s after a cell", unit: "ms", reach: "", share: 0.2, fresh: firstCompletion},
		{name: "memory after a completion, with children", unit: "MiB", reach: "", share: 0.2, fresh: memoryAfterCompletion},
		{name: newPlain, unit: "ms", reach: ">= 1.5x", share: 1, setup: []cell{plain(0)}, once: runNew(plain)},
		{name: samePlain, unit: "ms", reach: ">= 5x", share: 8, setup: []cell{plain(-1)}, once: runSame(plain(-1))},
		{name: "GoMLX graph cell (go backend), new code", unit: "ms", reach: ">= 3x", share: 0.7,
			setup: []cell{useModule(), graphCell(0)}, once: runNew(graphCell)},
		{name: "100 MB of stream output", unit: "ms", reach: "<= 1.1x the time, nothing lost", share: 0.4,
			setup: []cell{flood()}, once: runSame(flood())},
	}
}

func plain(n int) cell {
	return cell{
		code: fmt.Sprintf("import \"fmt\"\n\nfunc answer() int { return %d }\n\n%%%%\nfmt.Println(\"the answer is\", answer())", n),
		want: fmt.Sprintf("the answer is %d", n),
	}
}

// useModule puts the GoMLX module's go.mod in the place of the kernel's.
func useModule() cell {
	return cell{code: "!*cp \"$GEMBA_BENCH_MODULE/go.mod\" \"$GEMBA_BENCH_MODULE/go.sum\" . && echo copied", want: "copied"}
}

func graphCell(n int) cell {
	return cell{
		code: fmt.Sprintf(`import (
	"fmt"

	"github.com/gomlx/compute"
	_ "github.com/gomlx/gomlx/backends/default"
	"github.com/gomlx/gomlx/core/graph"
)

func sum(a, b *graph.Node) *graph.Node { return graph.Add(a, b) }

%%%%
backend := compute.MustNew()
exec := graph.MustNewExec(backend, sum)
fmt.Println("sum", %d, exec.MustCall([]float32{1, 2}, []float32{3, 4})[0])`, n),
		want: fmt.Sprintf("sum %d [2]float32{4, 6}", n),
	}
}

// flood prints a million lines of 100 bytes.
func flood() cell {
	return cell{
		code: `import (
	"bufio"
	"os"
	"strings"
)

%%
line := strings.Repeat("0123456789", 10)[:99] + "\n"
out := bufio.NewWriterSize(os.Stdout, 1<<16)
for range 1_000_000 {
	out.WriteString(line)
}
out.Flush()`,
		want: "0123456789", bytes: 100_000_000,
	}
}

// runNew runs code that no kernel and no build cache has seen.
func runNew(made func(n int) cell) func(context.Context, *bench, *kernel) (float64, int, error) {
	return func(ctx context.Context, _ *bench, k *kernel) (float64, int, error) {
		return milliseconds(k.execute(ctx, made(int(time.Now().UnixNano()))))
	}
}

func runSame(c cell) func(context.Context, *bench, *kernel) (float64, int, error) {
	return func(ctx context.Context, _ *bench, k *kernel) (float64, int, error) {
		return milliseconds(k.execute(ctx, c))
	}
}

func milliseconds(took time.Duration, lost int, err error) (float64, int, error) {
	return took.Seconds() * 1000, lost, err
}

func firstReply(ctx context.Context, b *bench, s spec) (float64, error) {
	k, err := startKernel(ctx, s, b.scratch)
	if err != nil {
		return 0, err
	}
	k.stop()
	return k.first.Seconds() * 1000, nil
}

// settle is how long a kernel has after its cell to start what it starts in the background.
const settle = 3 * time.Second

// afterCell starts a kernel of its own, runs one cell and lets settle pass before it measures.
func afterCell(ctx context.Context, b *bench, s spec, measure func(k *kernel) (float64, error)) (float64, error) {
	k, err := startKernel(ctx, s, b.scratch)
	if err != nil {
		return 0, err
	}
	defer k.stop()
	if _, _, err := k.execute(ctx, plain(-2)); err != nil {
		return 0, err
	}
	time.Sleep(settle)
	return measure(k)
}

func memoryAfterCell(without string) func(context.Context, *bench, spec) (float64, error) {
	return func(ctx context.Context, b *bench, s spec) (float64, error) {
		return afterCell(ctx, b, s, func(k *kernel) (float64, error) { return k.memory(without) })
	}
}

func firstCompletion(ctx context.Context, b *bench, s spec) (float64, error) {
	return afterCell(ctx, b, s, func(k *kernel) (float64, error) {
		took, err := k.complete(ctx, "import \"fmt\"\n%%\nfmt.Printl", "Println")
		return took.Seconds() * 1000, err
	})
}

func memoryAfterCompletion(ctx context.Context, b *bench, s spec) (float64, error) {
	return afterCell(ctx, b, s, func(k *kernel) (float64, error) {
		if _, err := k.complete(ctx, "import \"fmt\"\n%%\nfmt.Printl", "Println"); err != nil {
			return 0, err
		}
		return k.memory("")
	})
}
