//go:build unix

// Command bench measures gemba serve beside the servers that people use for it now, in one run and with one client: FastTrackML, MLflow's own
// server, and a server that only answers, which tells what the client itself costs. They take turns, and a table shows medians, with
// and without the client's own time, and the figures to reach. A command that fails fails the run.
//
//	go build -o .cache/gemba . && go run ./tracker/mlflow/bench
//
// Peers at exact versions are installed into .cache/peers the first time. It imports nothing of gemba's.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
)

// A bench is one run of this program.
type bench struct {
	cache   string
	gemba   string // the program
	scratch string // of this run only
	rounds  int
	runs    int // that a search looks through
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
	defer func() { err = errors.Join(err, os.RemoveAll(b.scratch)) }()
	bin, err := b.peers(ctx)
	if err != nil {
		return err
	}
	all, stop, err := b.start(ctx, bin)
	defer stop()
	if err != nil {
		return err
	}
	for range b.rounds {
		for _, s := range all {
			if err := s.round(ctx, bin, b.scratch, b.runs); err != nil {
				return err
			}
		}
	}
	fmt.Print(table(all))
	return nil
}

func parse() (*bench, error) {
	b := &bench{}
	flag.StringVar(&b.cache, "cache", ".cache", "`folder` for the peers and scratch files")
	flag.StringVar(&b.gemba, "gemba", ".cache/gemba", "gemba's `program`")
	flag.IntVar(&b.rounds, "rounds", 3, "how often each server's turn comes")
	flag.IntVar(&b.runs, "runs", 10_000, "how many runs a search looks through; 0: nothing is searched")
	flag.Parse()
	if b.rounds < 1 {
		return nil, errors.New("parse flags: -rounds must be positive")
	}
	var err error
	if b.cache, err = filepath.Abs(b.cache); err != nil {
		return nil, err
	}
	if b.gemba, err = filepath.Abs(b.gemba); err != nil {
		return nil, err
	}
	return b, os.MkdirAll(b.cache, 0o755)
}
