//go:build unix

package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"
)

// besideCells measures by how much a cell's round trip in a kernel's session grows because the code state of a repository
// is looked at beside it.
func besideCells(files int) (all []measurement) {
	for _, kind := range []struct {
		name  string
		code  func(n int) (code, want string)
		block int
	}{
		{"unchanged", oldCell, 1},
		{"unchanged, ten in a row", oldCell, 10},
		{"new", newCell, 1},
	} {
		name := fmt.Sprintf("p95 of a cell, %s, beside the code state of %d,000 files", kind.name, files/1000)
		all = append(all, measurement{name: name, unit: "ms", setup: besideCell(files, kind.block, kind.code)})
	}
	return all
}

func newCell(n int) (code, want string) {
	want = fmt.Sprint("this is cell ", n)
	return fmt.Sprintf("import \"fmt\"\n\n%%%%\nfmt.Println(%q)", want), want
}

func oldCell(int) (code, want string) { return newCell(0) }

const (
	cells = 40                     // that a round runs with the code state, and as many without
	pause = 400 * time.Millisecond // before a block of cells: what the last one left to do is done
	start = 2 * time.Second        // the same for a session
)

// besideCell lets two sessions in one repository take turns: one looks at the code state, the other does not, and all else is
// the same.
func besideCell(files, block int, code func(int) (string, string)) func(context.Context, *bench, string) ([]contender, error) {
	return func(ctx context.Context, b *bench, dir string) ([]contender, error) {
		root := filepath.Join(dir, "repository")
		if _, err := repository(ctx, root, b.scaled(files)); err != nil {
			return nil, err
		}
		var without float64
		n := int(time.Now().UnixNano()) // no build cache has seen it
		round := func(context.Context) (float64, error) {
			var took [2][]float64
			err := b.pair(root, func(s [2]*session) (err error) {
				for turn := 0; len(took[1]) < cells && err == nil; turn++ {
					i := turn % 2
					time.Sleep(pause)
					for range block {
						n++
						took[i], err = s[i].add(took[i], code, n)
					}
				}
				return err
			})
			if err != nil {
				return 0, err
			}
			without = p95(took[1])
			return p95(took[0]), nil
		}
		known := func(context.Context) (float64, error) { return without, nil }
		return []contender{{name: "gemba", round: round}, {"no code state", known, atMostMore(5, "ms")}}, nil
	}
}

// add runs a cell and appends its round trip in milliseconds to took.
func (s *session) add(took []float64, code func(int) (string, string), n int) ([]float64, error) {
	text, want := code(n)
	d, err := s.execute(text, want)
	return append(took, d.Seconds()*1e3), err
}

// pair calls use with two sessions in root that have run a cell: one that looks at the code state, one that does not.
func (b *bench) pair(root string, use func([2]*session) error) (err error) {
	var both [2]*session
	for i, code := range []string{"on", "off"} {
		if both[i], err = b.startSession(root, "GEMBA_CODE="+code); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, both[i].close()) }()
		if _, err := both[i].add(nil, oldCell, 0); err != nil {
			return err
		}
	}
	time.Sleep(start)
	return use(both)
}

func p95(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)*95/100]
}
