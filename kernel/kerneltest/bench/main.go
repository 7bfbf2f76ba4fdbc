//go:build unix

// Command bench measures gemba beside GoNB, the kernel that Go's notebooks know, in one run: it starts both,
// runs the same cells in turns and prints medians and ratios. It speaks the Jupyter protocol as any
// front end does, so whatever a front end would wait for is in the figures. A cell that fails, whose
// output is wrong or which is missing in the ledger fails the run: there is no figure for wrong answers.
//
//	go build -o .cache/gemba . && go run ./kernel/kerneltest/bench
//
// GoNB v0.11.5 with the tools it asks for is built into .cache/peers the first time. What is measured
// is the table in measurements.go.
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

type options struct {
	cache  string
	gemba  string
	gonb   bool
	rounds int
	only   *regexp.Regexp
	ledger bool
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
	o, err := parse()
	if err != nil {
		return err
	}
	b := &bench{cache: o.cache, rounds: o.rounds}
	defer func() { err = errors.Join(err, b.close()) }()
	if err := b.prepare(ctx, o); err != nil {
		return err
	}
	for _, m := range measurements() {
		if !o.only.MatchString(m.name) {
			continue
		}
		row, err := b.measure(ctx, m)
		if err != nil {
			return fmt.Errorf("measure %s: %w", m.name, err)
		}
		b.rows = append(b.rows, row)
		fmt.Fprintln(os.Stderr, "measured", m.name)
	}
	if err := b.print(os.Stdout); err != nil {
		return err
	}
	if err := b.checkRecords(ctx, os.Stdout); err != nil || !o.ledger {
		return err
	}
	return ledgerFigures(ctx, os.Stdout)
}

func parse() (o options, err error) {
	only := flag.String("only", "", "measure only what this regular expression matches")
	flag.StringVar(&o.cache, "cache", ".cache", "`folder` for the peer, its tools and scratch files")
	flag.StringVar(&o.gemba, "gemba", ".cache/gemba", "gemba's `program`, empty to leave it out")
	flag.BoolVar(&o.gonb, "gonb", true, "measure GoNB too")
	flag.IntVar(&o.rounds, "rounds", 15, "how often each cell runs; some are measured more or less often, in proportion")
	flag.BoolVar(&o.ledger, "ledger", true, "run the ledger's benchmarks too")
	flag.Parse()
	if o.only, err = regexp.Compile(*only); err != nil {
		return o, fmt.Errorf("parse -only: %w", err)
	}
	if o.cache, err = filepath.Abs(o.cache); err != nil {
		return o, err
	}
	if o.gemba != "" {
		o.gemba, err = filepath.Abs(o.gemba)
	}
	return o, err
}
