//go:build unix

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// print writes the table, in markdown, and what recording adds.
func (b *bench) print(w io.Writer) error {
	var text strings.Builder
	b.head(&text)
	for _, r := range b.rows {
		b.line(&text, r)
	}
	for _, r := range b.rows {
		if r.name == samePlain {
			b.recording(&text, r)
		}
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func (b *bench) head(w io.Writer) {
	fmt.Fprint(w, "| what (median) ")
	for _, s := range b.specs {
		fmt.Fprintf(w, "| %s ", s.name)
	}
	fmt.Fprint(w, "| gonb / gemba | to reach | n |\n|---")
	fmt.Fprint(w, strings.Repeat("|---", len(b.specs)+3), "|\n")
}

func (b *bench) line(w io.Writer, r row) {
	fmt.Fprintf(w, "| %s ", r.name)
	for i := range b.specs {
		fmt.Fprintf(w, "| %.1f %s%s ", quantile(r.values[i], 0.5), r.unit, lostText(r.lost[i]))
	}
	fmt.Fprintf(w, "| %s | %s | %d |\n", b.ratio(r), r.reach, len(r.values[0]))
}

func lostText(lost int) string {
	if lost == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d bytes lost)", lost)
}

func (b *bench) ratio(r row) string {
	own, peer := b.column(gemba), b.column(gonb)
	if own < 0 || peer < 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", quantile(r.values[peer], 0.5)/quantile(r.values[own], 0.5))
}

func (b *bench) column(name string) int {
	return slices.IndexFunc(b.specs, func(s spec) bool { return s.name == name })
}

// recording tells how much later the answer to the quickest cell comes because it is recorded.
func (b *bench) recording(w io.Writer, r row) {
	on, off := b.column(gemba), b.column(unrecorded)
	if on < 0 {
		return
	}
	added := func(q float64) float64 { return quantile(r.values[on], q) - quantile(r.values[off], q) }
	fmt.Fprintf(w, "\nAdded to a cell's round trip by recording (%s, n = %d): p50 %.2f ms (to reach: 1), p95 %.2f ms (to reach: 3).\n",
		r.name, len(r.values[on]), added(0.5), added(0.95))
}

// quantile of sorted values, by the nearest rank.
func quantile(sorted []float64, q float64) float64 {
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}

// ledgerFigures runs the ledger's own benchmarks, which have no peer.
func ledgerFigures(ctx context.Context, w io.Writer) error {
	fmt.Fprintln(w, "\nThe ledger:")
	cmd := exec.CommandContext(ctx, "go", "test", "-run=^$", "-bench=.", "-timeout=20m", "./tracker/...")
	cmd.Stdout, cmd.Stderr = w, os.Stderr
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("run the ledger's benchmarks: %w", err)
	}
	return nil
}
