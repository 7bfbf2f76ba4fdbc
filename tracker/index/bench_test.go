package index

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// entries is how large a ledger BenchmarkRebuild makes, in the shape a kernel gives it: four entries
// to a cell. The figure that the design names is 1,000,000.
var entries = flag.Int("entries", 1_000_000, "entries of the ledger in BenchmarkRebuild")

// BenchmarkRebuild measures Rebuild, and reports the memory that the process holds at the end.
func BenchmarkRebuild(b *testing.B) {
	dir := newLedger(b)
	writeCells(b, dir, *entries/4)
	x := open(b, dir)
	b.ResetTimer()
	for range b.N {
		if err := x.Rebuild(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(*entries)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
	if resident, ok := residentMemory(); ok {
		b.ReportMetric(resident, "MB-resident")
	}
}

// BenchmarkSyncNothing measures what a reading command pays when nothing is new.
func BenchmarkSyncNothing(b *testing.B) {
	dir := newLedger(b)
	for range 100 {
		writeCells(b, dir, 10)
	}
	x := open(b, dir)
	b.ResetTimer()
	for range b.N {
		if err := x.Sync(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
}

func writeCells(b *testing.B, dir string, cells int) {
	w, err := journal.Create(dir, journal.Options{Writer: "bench"})
	if err != nil {
		b.Fatal(err)
	}
	session, now := tracker.NewID(), time.Now()
	for i := range cells {
		id := tracker.NewID()
		head := func() tracker.Header {
			now = now.Add(time.Millisecond)
			return tracker.Header{Time: now, Session: session, Execution: id}
		}
		digest := tracker.DigestOf(id[:])
		err := errors.Join(
			w.Append(&tracker.CellStartedEntry{Header: head(), Count: i, CellID: "4f3a9d21", Notebook: "/home/ada/lab/iris.ipynb", Source: digest, SourceSize: 100}),
			w.Append(&tracker.CellOutputsEntry{Header: head(), Outputs: digest, Size: 100, Count: 2, Messages: 3}),
			w.Append(&tracker.CellOutputsEntry{Header: head(), Outputs: digest, Size: 100, Count: 2, Messages: 3}),
			w.Append(&tracker.CellFinishedEntry{Header: head(), Status: tracker.OK, Wall: 3, Build: 1, Run: 2, Declarations: digest, Program: digest, Messages: 6, OutputBytes: 200}),
		)
		if err != nil {
			b.Fatal(err)
		}
		if w.Pending() > 1<<20 {
			if err := w.Flush(); err != nil {
				b.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
}

// residentMemory returns the peak resident memory of this process in megabytes, where Linux tells it.
func residentMemory() (float64, bool) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil || runtime.GOOS != "linux" {
		return 0, false
	}
	for line := range strings.Lines(string(status)) {
		var kilobytes float64
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kilobytes); n == 1 {
			return kilobytes / 1000, true
		}
	}
	return 0, false
}
