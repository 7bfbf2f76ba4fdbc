package magics

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
)

// parseLong reads %gemba NAME …; without a name it is %gemba help.
func parseLong(args []string) (Action, error) {
	if len(args) == 0 {
		args = []string{"help"}
	}
	m, ok := find(args[0], false)
	if !ok {
		return nil, fmt.Errorf("%%gemba: there is no magic %q: %%gemba help lists them", args[0])
	}
	return m.Parse(args[1:])
}

func help() Magic {
	m := Magic{Name: "help", Long: true, Help: "show this page"}
	m.Parse = func(args []string) (Action, error) {
		if len(args) > 0 {
			return nil, &UsageError{m, "it takes no arguments"}
		}
		return func(_ context.Context, at Place) error {
			_, err := fmt.Fprint(at.Out, Help())
			return err
		}, nil
	}
	return m
}

// Help returns the page that %gemba help prints.
func Help() string {
	var b strings.Builder
	b.WriteString("gemba's own commands, run before the code of their cell; %gemba NAME is the long form of each:\n\n")
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, m := range Table() {
		fmt.Fprintf(w, "  %s\t%s\n", m.Usage(), m.Help)
	}
	_ = w.Flush() // a strings.Builder takes everything
	return b.String()
}
