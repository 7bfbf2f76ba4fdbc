package magics

import (
	"context"
	"strings"
)

func experiment() Magic {
	m := Magic{Name: "experiment", Args: "[NAME]", Help: "begin a run in an experiment, or list the experiments", Below: "the experiment's description, in Markdown", Takes: Experiment}
	m.Parse = func(args []string) (Action, error) { return m.experiment(args, "") }
	m.ParseCell = func(args []string, below string) (Action, error) {
		if len(args) == 0 {
			return nil, m.wrong("it needs a name above a description")
		}
		return m.experiment(args, strings.TrimSpace(strings.ReplaceAll(below, "\r\n", "\n")))
	}
	return m
}

func (m Magic) experiment(args []string, description string) (Action, error) {
	args, _, err := m.options(args)
	if err != nil {
		return nil, err
	}
	name := strings.Join(args, " ")
	switch {
	case len(args) > 1:
		return nil, m.wrong("it takes one name: %q in quotes, when it has blanks", name)
	case len(args) == 1 && strings.TrimSpace(name) == "":
		return nil, m.wrong("the name is empty")
	case len(name) > longestKey:
		return nil, m.wrong("a name has %d bytes at most, and this one has %d", longestKey, len(name))
	}
	return func(ctx context.Context, at Place) error { return at.show(at.Host.Experiment(ctx, name, description)) }, nil
}

// show shows a Host's reply, and passes its error on.
func (at Place) show(r Reply, err error) error {
	if at.Show != nil && r.HTML != "" {
		at.Show(r)
		return err
	}
	return say(at)(r.Text, err)
}
