//go:build unix

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os/exec"
)

// checkRecords stops the kernels and fails unless gemba recorded every cell it executed, soundly, and
// the gemba that was not to record recorded none.
func (b *bench) checkRecords(ctx context.Context, w io.Writer) error {
	b.stop()
	for _, s := range b.specs {
		if s.ledger == "" {
			continue
		}
		want := *s.executed
		if s.name == unrecorded {
			want = 0
		}
		got, err := recordedCells(ctx, s)
		if err != nil {
			return fmt.Errorf("read what %s recorded: %w", s.name, err)
		}
		if got != want {
			return fmt.Errorf("%s executed %d cells and recorded %d, want %d", s.name, *s.executed, got, want)
		}
		fmt.Fprintf(w, "%s executed %d cells and recorded %d.\n", s.name, *s.executed, got)
	}
	return nil
}

// notFound is gemba's exit status where there is no ledger.
const notFound = 3

func recordedCells(ctx context.Context, s spec) (int, error) {
	out, err := exec.CommandContext(ctx, s.argv[0], "log", "--json", "--limit=0", "--ledger", s.ledger).Output()
	if exit, ok := err.(*exec.ExitError); ok && exit.ExitCode() == notFound {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("run gemba log: %w", err)
	}
	var cells []struct{ Kind string }
	if err := json.Unmarshal(out, &cells); err != nil {
		return 0, fmt.Errorf("read gemba log: %w", err)
	}
	return len(cells), shell(ctx, s.dir, nil, s.argv[0], "verify", "--ledger", s.ledger)
}
