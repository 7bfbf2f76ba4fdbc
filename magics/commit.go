package magics

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

func commit() Magic {
	m := Magic{Name: "commit", Args: `"message"`, Help: "make a git commit of the work tree"}
	m.Parse = func(args []string) (Action, error) {
		args, _, err := m.options(args)
		if err != nil {
			return nil, err
		}
		if len(args) != 1 || strings.TrimSpace(args[0]) == "" {
			return nil, &UsageError{m, "it takes one message, in quotes when it has blanks"}
		}
		return func(ctx context.Context, at Place) error {
			return say(at)(at.Host.Commit(ctx, args[0]))
		}, nil
	}
	return m
}

// say writes a Host's answer as lines, and passes its error on.
func say(at Place) func(answer string, err error) error {
	return func(answer string, err error) error {
		if answer != "" {
			_, writeErr := fmt.Fprintln(at.Out, strings.TrimSuffix(answer, "\n"))
			err = errors.Join(err, writeErr)
		}
		return err
	}
}
