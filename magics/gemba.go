package magics

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
)

// parseLong reads %gemba NAME …; without a name it is %gemba help.
func parseLong(text string) (Action, error) {
	name, args := cutWord(strings.TrimSpace(text))
	if name == "" {
		name = "help"
	}
	m, ok := find(name, false)
	if !ok {
		return nil, fmt.Errorf("%%gemba: there is no magic %q%s: %%gemba help lists them", name, didYouMean("", name, names(true)))
	}
	return read(m, args)
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
	fmt.Fprintf(w, "\nA cell may be one of them as a whole; what stands below its first line is then:\n\n")
	for _, m := range Table() {
		if m.ParseCell != nil {
			fmt.Fprintf(w, "  %s\t%s\n", m.cellUsage(), m.Below)
		}
	}
	_ = w.Flush() // a strings.Builder takes everything
	return b.String()
}
