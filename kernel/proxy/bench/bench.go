//go:build unix

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/gemba-ml/gemba/kernel/proxy"
	"github.com/gemba-ml/gemba/kernel/proxy/kernelspec"
	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/tracker"
)

// bench is one run of this program: the kernel alone, and behind gemba.
type bench struct {
	rounds    int
	scratch   string
	libraries string
	specs     [2]kernelspec.Spec
	kernels   [2]*client // once they are needed
}

// prepare makes a project, and a kernelspec of the kernel behind gemba.
func (b *bench) prepare(gemba, kernel, libraries string) (err error) {
	if b.scratch, err = os.MkdirTemp("", "gemba-bench-"); err != nil {
		return err
	}
	if b.specs[0], err = kernelspec.Read(kernel); err != nil {
		return err
	}
	b.specs[1] = b.specs[0]
	b.specs[1].Argv = []string{gemba, "kernel", "--wrap", kernel, "--connection-file", "{connection_file}"}
	if _, err := os.Stat(filepath.Join(libraries, "sklearn")); libraries != "" && err == nil {
		b.libraries = libraries
	}
	return b.makeFiles()
}

// files is how many files the cell opens that measures what observing costs.
const files = 10_000

func (b *bench) makeFiles() error {
	dir := filepath.Join(b.scratch, "data")
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	for i := range files {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%d.txt", i)), []byte("x"), 0o644); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) close() {
	for _, k := range b.kernels {
		if k != nil {
			k.close()
		}
	}
	_ = os.RemoveAll(b.scratch)
}

// client is a kernel and who talks to it.
type client struct {
	*proxy.Engine
	first time.Duration // from the start of the process to its first reply
}

// start starts a kernel as a front end does.
func (b *bench) start(ctx context.Context, which int) (*client, error) {
	begin := time.Now()
	child, err := proxy.StartChild(proxy.ChildOptions{Spec: b.specs[which], Key: "bench", Dir: b.scratch, TCP: true, Stderr: os.Stderr,
		Env: func(string) []string {
			return []string{"GEMBA_LEDGER=" + filepath.Join(b.scratch, ".gemba"), "PYTHONDONTWRITEBYTECODE="}
		}})
	if err != nil {
		return nil, err
	}
	link, err := proxy.Open(ctx, proxy.LinkOptions{Child: child, Session: tracker.NewID()})
	if err != nil {
		return nil, errors.Join(err, child.Close())
	}
	return &client{proxy.Headless(link), time.Since(begin)}, nil
}

func (c *client) close() { _ = c.Engine.Close() } // it is of no use any more

// kernel returns a running kernel.
func (b *bench) kernel(ctx context.Context, which int) (_ *client, err error) {
	if b.kernels[which] == nil {
		b.kernels[which], err = b.start(ctx, which)
	}
	return b.kernels[which], err
}

// shown counts what a cell showed.
type shown struct {
	bytes, displays int
}

func (s *shown) Publish(t wire.Type, content any, _ ...[]byte) {
	raw, _ := content.(json.RawMessage)
	switch t {
	case wire.Stream:
		s.bytes += len(raw)
	case wire.DisplayData, wire.UpdateDisplayData:
		s.displays++
	}
}

func (s *shown) Input(context.Context, string, bool) (string, error) { return "", wire.ErrNoStdin }

// execute runs a cell and returns the time that its front end waits for it.
func (c *client) execute(ctx context.Context, code string) (time.Duration, shown, error) {
	var s shown
	begin := time.Now()
	o := c.Execute(ctx, wire.Cell{Source: code}, &s)
	if o.Error != nil {
		return 0, s, fmt.Errorf("%s: %s", o.Error.Name, o.Error.Value)
	}
	return time.Since(begin), s, nil
}

// measure takes a measurement of both kernels in turns, and prints a row.
func (b *bench) measure(ctx context.Context, m measurement) error {
	var values [2][]float64
	for round := range max(2, int(m.share*float64(b.rounds))) {
		for i := range 2 {
			which := (i + round) % 2
			value, err := m.take(ctx, b, which)
			if err != nil {
				return err
			}
			if round > 0 || m.cold { // the first one warms
				values[which] = append(values[which], value.Seconds()*1000)
			}
		}
	}
	for i := range values {
		slices.Sort(values[i])
	}
	for _, r := range m.rows {
		alone, behind := quantile(values[0], r.at), quantile(values[1], r.at)
		adds, reached := r.judge(alone, behind)
		mark := "reached"
		if !reached {
			mark = "**missed**"
		}
		fmt.Printf("| %s%s | %.2f ms | %.2f ms | %s | %s | %s | %d |\n", m.name, r.name, alone, behind, adds, r.reach(), mark, len(values[0]))
	}
	return nil
}

// quantile of sorted values, by the nearest rank.
func quantile(sorted []float64, q float64) float64 {
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}
