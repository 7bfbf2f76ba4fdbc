package magics

import "context"

// env has only a long form: %env sets a variable, in GoNB's notebooks and in IPython's.
func env() Magic {
	m := Magic{Name: "env", Long: true, Help: "show the environment that cells run in, as it is recorded"}
	m.Parse = func(args []string) (Action, error) {
		if len(args) > 0 {
			return nil, &UsageError{m, "it takes no arguments"}
		}
		return func(ctx context.Context, at Place) error { return say(at)(at.Host.Environment(ctx)) }, nil
	}
	return m
}
