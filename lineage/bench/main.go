//go:build unix

// Command bench measures what exact state costs (snapshots, code state, profiles, observed files) beside the
// programs that people use for it now, in one run: gemba and its peers take turns, and a table shows
// medians, ratios and the figures to reach. A command that fails fails the run.
//
//	go build -o .cache/gemba . && go run ./lineage/bench
//
// Peers at exact versions are installed into .cache/peers the first time. A topic is a file here with a
// function that returns its measurements, and a line in the table topics. It imports nothing of gemba's
// that the program itself does not run.
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

// topics is the one list of what is measured.
func topics() [][]measurement {
	return [][]measurement{
		snapshots(),
		profiles(),
		codeStates(),
		opens(),
	}
}

// A bench is one run of this program.
type bench struct {
	cache   string
	gemba   string // the program
	scratch string // of this run only
	rounds  int
	scale   float64
	only    *regexp.Regexp
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) (err error) {
	b, err := parse()
	if err != nil {
		return err
	}
	if b.scratch, err = os.MkdirTemp(b.cache, "bench-*"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, removeAll(b.scratch)) }()
	fmt.Print(heading)
	for _, topic := range topics() {
		for _, m := range topic {
			if !b.only.MatchString(m.name) {
				continue
			}
			r, err := b.measure(ctx, m)
			if err != nil {
				return fmt.Errorf("measure %s: %w", m.name, err)
			}
			fmt.Print(r.lines()) // what is measured is not lost when the rest is not waited for
		}
	}
	return nil
}

func parse() (*bench, error) {
	b := &bench{}
	only := flag.String("only", "", "measure only what this regular expression matches")
	flag.StringVar(&b.cache, "cache", ".cache", "`folder` for the peers and scratch files")
	flag.StringVar(&b.gemba, "gemba", ".cache/gemba", "gemba's `program`")
	flag.IntVar(&b.rounds, "rounds", 5, "how often each contender runs")
	flag.Float64Var(&b.scale, "scale", 1, "how large the inputs are: below 1 for a short run, whose ratios mean less")
	flag.Parse()
	if b.rounds < 1 || b.scale <= 0 {
		return nil, errors.New("parse flags: -rounds and -scale must be positive")
	}
	var err error
	if b.only, err = regexp.Compile(*only); err != nil {
		return nil, fmt.Errorf("parse -only: %w", err)
	}
	if b.cache, err = filepath.Abs(b.cache); err != nil {
		return nil, err
	}
	if b.gemba, err = filepath.Abs(b.gemba); err != nil {
		return nil, err
	}
	return b, os.MkdirAll(b.cache, 0o755)
}

// scaled is n, larger or smaller as -scale says, and at least 1.
func (b *bench) scaled(n int) int { return max(1, int(float64(n)*b.scale)) }
