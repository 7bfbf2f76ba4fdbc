package cli

import (
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/journal"
)

func verifyCommand(a *app) *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "verify",
		Short: "Check every byte of the ledger, and say what that proves",
		Long: `verify checks every byte of the ledger, the index aside, which is only made from the rest. It exits with 4 when
something is wrong, and names each problem.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			report, err := journal.Verify(c.Context(), a.ledgerToRead())
			if err != nil {
				return ledgerHint(err)
			}
			if err := a.printReport(report, asJSON); err != nil {
				return err
			}
			if !report.OK() {
				return errCorrupt
			}
			return nil
		},
	}
	jsonFlag(c, &asJSON)
	return c
}

func (a *app) printReport(r *journal.Report, asJSON bool) error {
	v := account.NewVerified(r)
	if asJSON {
		return printJSON(a.stdout, v)
	}
	g := a.newPage()
	word, says := v.Verdict()
	fmt.Fprintf(&g.b, "%s  %s\n", g.p.paint(verdictStyles[word], word), says)
	for _, f := range v.Facts(ownKey) {
		g.fact(f.Name, "%s", f.Value)
	}
	g.problems(r.Problems)
	g.meaning(v)
	return g.flush()
}

var verdictStyles = map[string]style{"verified": green, "empty": yellow, "corrupt": red}

// shownProblems is how many problems a person is shown; --json has all.
const shownProblems = 100

func (g *page) problems(problems []journal.Problem) {
	if len(problems) == 0 {
		return
	}
	fmt.Fprintf(&g.b, "\n%s\n", g.p.paint(bold, "what is wrong"))
	for _, p := range problems[:min(shownProblems, len(problems))] {
		fmt.Fprintf(&g.b, "  %s\n", oneLine(p.String()))
	}
	if more := len(problems) - shownProblems; more > 0 {
		fmt.Fprintf(&g.b, "  … and %s more; --json lists all\n", thousands(more))
	}
}

// meaning says what the verdict proves, which is nothing when something is wrong, and what it never does.
func (g *page) meaning(v account.Verified) {
	if v.OK {
		list(&g.b, g.p.paint(bold, "what this proves"), v.Proves)
	}
	list(&g.b, g.p.paint(bold, "what it does not prove"), v.ProvesNot)
}

func list(w io.Writer, title string, lines []string) {
	fmt.Fprintf(w, "\n%s\n", title)
	for _, line := range lines {
		fmt.Fprintf(w, "  - %s\n", line)
	}
}

// ownKey reports whether a key is the one of the user who asks.
func ownKey(id string) bool {
	dir, err := journal.ConfigDir()
	if err != nil || !exists(filepath.Join(dir, "key")) {
		return false
	}
	key, err := journal.LoadKey(dir)
	return err == nil && key.ID() == id
}
