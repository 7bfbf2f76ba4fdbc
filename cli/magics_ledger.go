package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/gemba-ml/gemba/magics"
	"github.com/gemba-ml/gemba/tracker/filter"
	"github.com/gemba-ml/gemba/tracker/index"
)

// How many runs and cells a notebook is shown that does not say.
const (
	shownRuns  = 20
	shownCells = 10
)

// Ledger lists runs and cell executions.
func (h *magicHost) Ledger(ctx context.Context, q magics.Question) (r magics.Reply, err error) {
	chosen, err := filter.Parse(q.Filter)
	if err != nil {
		return r, err
	}
	err = h.ask(ctx, func(x *index.Index) error {
		var list []titled
		if !q.Cells {
			if list, err = h.runsShown(ctx, x, chosen, cmp.Or(q.Limit, shownRuns)); err != nil {
				return err
			}
		}
		if q.Filter == "" {
			cells, err := h.cellsShown(ctx, x, cmp.Or(q.Limit, shownCells))
			if err != nil {
				return err
			}
			list = append(list, cells)
		}
		r, err = shownTables(list...)
		return err
	})
	return r, err
}

func (h *magicHost) runsShown(ctx context.Context, x *index.Index, chosen filter.Expr, limit int) ([]titled, error) {
	s := index.RunSearch{Filter: chosen, Now: h.now(), Columns: index.Columns{Params: true, Metrics: true}}
	runs, next, err := allRuns(ctx, x, s, limit)
	if err != nil {
		return nil, err
	}
	if len(runs) == 0 {
		return []titled{{title: "no runs"}}, nil
	}
	t, err := h.runTable(ctx, x)
	if err != nil {
		return nil, err
	}
	title := count(len(runs), "run", "runs")
	if next != "" {
		all, err := countRuns(ctx, x, s)
		if err != nil {
			return nil, err
		}
		title = fmt.Sprintf("the newest %s of %s runs; -n N shows more", thousands(len(runs)), thousands(all))
	}
	return []titled{{title, t.table(runs, usualColumns(runs))}}, nil
}

func (h *magicHost) cellsShown(ctx context.Context, x *index.Index, limit int) (titled, error) {
	cells, err := x.Cells(ctx, index.Filter{Limit: limit})
	all, countErr := x.Count(ctx, index.Filter{})
	title := count(len(cells), "cell", "cells")
	if all > len(cells) {
		title = fmt.Sprintf("the newest %s of %s cells", thousands(len(cells)), thousands(all))
	}
	return titled{title, h.logTable(x, cells)}, errors.Join(err, countErr)
}
