package magics

import (
	"context"
	"slices"
)

func diff() Magic {
	m := Magic{Name: "diff", Args: "RUN [RUN]", Help: "compare two runs, or one with this notebook's", Takes: Run}
	m.Parse = func(args []string) (Action, error) {
		args, _, err := m.options(args)
		if err != nil {
			return nil, err
		}
		if len(args) < 1 || len(args) > 2 || slices.Contains(args, "") {
			return nil, m.wrong("it takes two runs, by their ids, the first digits of them, or their names")
		}
		args = append(slices.Clone(args), "")
		return func(ctx context.Context, at Place) error { return at.show(at.Host.Diff(ctx, args[0], args[1])) }, nil
	}
	return m
}
