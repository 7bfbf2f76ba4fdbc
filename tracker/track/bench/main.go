//go:build unix

// Command bench measures what it costs a program to log through package track, beside the Python libraries that people use for it now,
// in one run:
//
//	go build -o .cache/gemba . && go run ./tracker/track/bench
//
// Peers at exact versions are installed into .cache/peers the first time. They are slower by orders of magnitude, so they log fewer
// steps, and what they need for all is computed from that; the table says so. A measurement is a function in the table of
// measurements, and prints its own lines.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
)

// A bench is one run of this program.
type bench struct {
	cache   string
	gemba   string // the program
	scratch string // of this run only
	rounds  int
	scale   float64
}

// measurements are what is measured, in the order of the table.
var measurements = []struct {
	name    string
	measure func(*bench, context.Context) error
}{
	{"scalars", (*bench).scalars},
	{"programs", (*bench).programs},
	{"training", (*bench).training},
}

func main() {
	if job := jobs[os.Getenv(jobVariable)]; job != nil {
		job()
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	b, only, err := parse()
	if err != nil {
		return err
	}
	if b.scratch, err = os.MkdirTemp(b.cache, "bench-*"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(b.scratch)) }()
	fmt.Print("| what | gemba | peer | | peer / gemba | to reach | |\n|---|---|---|---|---|---|---|\n")
	for _, m := range measurements {
		if !only.MatchString(m.name) {
			continue
		}
		if err := m.measure(b, ctx); err != nil {
			return fmt.Errorf("measure %s: %w", m.name, err)
		}
	}
	return nil
}

func parse() (*bench, *regexp.Regexp, error) {
	b := &bench{}
	only := flag.String("only", "", "measure only what this regular expression matches: scalars, programs, training")
	flag.StringVar(&b.cache, "cache", ".cache", "`folder` for the peers and scratch files")
	flag.StringVar(&b.gemba, "gemba", ".cache/gemba", "gemba's `program`")
	flag.IntVar(&b.rounds, "rounds", 3, "how often gemba is measured: the median counts")
	flag.Float64Var(&b.scale, "scale", 1, "how many steps are logged: below 1 for a short run")
	flag.Parse()
	if b.rounds < 1 || b.scale <= 0 {
		return nil, nil, errors.New("parse flags: -rounds and -scale must be positive")
	}
	match, err := regexp.Compile(*only)
	if err != nil {
		return nil, nil, fmt.Errorf("parse -only: %w", err)
	}
	for _, path := range []*string{&b.cache, &b.gemba} {
		if *path, err = filepath.Abs(*path); err != nil {
			return nil, nil, err
		}
	}
	return b, match, os.MkdirAll(b.cache, 0o755)
}

// scaled is n, larger or smaller as -scale says, and at least 100.
func (b *bench) scaled(n int) int { return max(100, int(float64(n)*b.scale)) }
