package magics

import (
	"context"
	"strconv"
	"strings"
)

func ledger() Magic {
	m := Magic{Name: "ledger", Args: "[--cells] [-n N] [FILTER]", Help: "list runs and cells; a FILTER is such as metrics.loss < 0.3 AND params.model = 'mlp'",
		Below: "the filter", Takes: Field,
		Options: []Option{{Name: "cells", Help: "cells and no runs"}, {Name: "n", Value: "N", Help: "how many at most"}}}
	m.ParseText = func(text string) (Action, error) {
		text, values, err := m.textOptions(text)
		if err != nil {
			return nil, err
		}
		return m.ledger(text, values)
	}
	m.ParseCell = func(args []string, below string) (Action, error) {
		args, values, err := m.options(args)
		if err != nil {
			return nil, err
		}
		return m.ledger(strings.TrimSpace(strings.Join(args, " ")+" "+strings.TrimSpace(below)), values)
	}
	return m
}

func (m Magic) ledger(filter string, values given) (Action, error) {
	q := Question{Filter: filter, Cells: values.has("cells")}
	if values.has("n") {
		n, err := strconv.Atoi(values["n"])
		if err != nil || n < 1 {
			return nil, m.wrong("-n %s: it takes a number from 1 on", values["n"])
		}
		q.Limit = n
	}
	if q.Cells && filter != "" {
		return nil, m.wrong("a filter is for runs, --cells lists cells")
	}
	return func(ctx context.Context, at Place) error { return at.show(at.Host.Ledger(ctx, q)) }, nil
}
