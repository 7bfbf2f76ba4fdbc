//go:build unix

// Command bench measures ipykernel behind gemba beside ipykernel alone, in one run: it starts both, has them do the same in turns
// and prints medians and what gemba adds. A cell that fails, or shows less than it should, fails the run.
//
//	go build -o .cache/gemba . && go run ./kernel/proxy/bench
//
// The kernel is that of the virtual environment of the tests. What is measured is the table in measurements.go.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	only := flag.String("only", "", "measure only what this regular expression matches")
	gemba := flag.String("gemba", ".cache/gemba", "gemba's `program`")
	kernel := flag.String("kernel", ".venv/share/jupyter/kernels/python3", "`folder` of the kernelspec of ipykernel")
	libraries := flag.String("libraries", ".cache/mlflow-client/lib/python3.11/site-packages", "`folder` with pandas and scikit-learn, empty to leave them out")
	rounds := flag.Int("rounds", 7, "how often each is measured; quick ones more often, in proportion")
	flag.Parse()
	match, err := regexp.Compile(*only)
	if err != nil {
		return fmt.Errorf("parse -only: %w", err)
	}
	b := &bench{rounds: *rounds}
	for _, path := range []*string{gemba, kernel, libraries} {
		if *path == "" {
			continue
		}
		if *path, err = filepath.Abs(*path); err != nil {
			return err
		}
	}
	if err := b.prepare(*gemba, *kernel, *libraries); err != nil {
		return err
	}
	defer b.close()
	fmt.Println("| what | ipykernel | behind gemba | adds | to reach | | n |\n|---|---|---|---|---|---|---|")
	for _, m := range b.measurements() {
		if !match.MatchString(m.name) {
			continue
		}
		if err := b.measure(ctx, m); err != nil {
			return fmt.Errorf("measure %s: %w", m.name, err)
		}
	}
	return nil
}
