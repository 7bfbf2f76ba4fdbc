package cli

import (
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/tracker/journal"
)

// verified is what `verify --json` tells.
type verified struct {
	OK bool `json:"ok"`
	*journal.Report
	Proves    []string `json:"proves"` // what OK proves
	ProvesNot []string `json:"proves_not"`
}

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
	if asJSON {
		v := verified{OK: r.OK(), Report: r, ProvesNot: journal.ProvesNot()}
		if v.OK {
			v.Proves = journal.Proves()
		}
		return printJSON(a.stdout, v)
	}
	g := a.newPage()
	g.verdict(r)
	g.fact("ledger", "%s, format %d", r.Dir, r.Format)
	g.fact("entries", "%s in %s%s", thousands(int(r.Entries)), count(len(r.Journals), "journal", "journals"), journalStates(r))
	g.fact("blobs", "%s", thousands(int(r.Blobs)))
	g.removed(r.Removed)
	for _, key := range signers(r) {
		g.fact("signed by", "%s%s", key, prefixed("  ", ownKey(key)))
	}
	g.unsigned(r)
	g.problems(r.Problems)
	g.meaning(r.OK())
	return g.flush()
}

// removed tells of blobs that were removed for a reason.
func (g *page) removed(all []journal.Removed) {
	total, parts := 0, []string(nil)
	for _, r := range all {
		total += int(r.Blobs)
		parts = append(parts, thousands(int(r.Blobs))+" "+r.Reason+prefixed(" to ", r.Remote))
	}
	if total > 0 {
		g.fact("removed", "%s: %s", count(total, "blob", "blobs"), strings.Join(parts, ", "))
	}
}

func (g *page) verdict(r *journal.Report) {
	switch {
	case r.OK() && r.Entries == 0:
		fmt.Fprintf(&g.b, "%s  nothing is wrong, and nothing is recorded\n", g.p.paint(yellow, "empty"))
		return
	case r.OK():
		fmt.Fprintf(&g.b, "%s  nothing is wrong\n", g.p.paint(green, "verified"))
		return
	}
	fmt.Fprintf(&g.b, "%s  %s\n", g.p.paint(red, "corrupt"), count(len(r.Problems), "problem", "problems"))
}

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
func (g *page) meaning(ok bool) {
	if ok {
		list(&g.b, g.p.paint(bold, "what this proves"), journal.Proves())
	}
	list(&g.b, g.p.paint(bold, "what it does not prove"), journal.ProvesNot())
}

func list(w io.Writer, title string, lines []string) {
	fmt.Fprintf(w, "\n%s\n", title)
	for _, line := range lines {
		fmt.Fprintf(w, "  - %s\n", line)
	}
}

// journalStates counts the journals that are written now, and those whose writers died.
func journalStates(r *journal.Report) string {
	states := map[journal.State]int{}
	for _, j := range r.Journals {
		states[j.State]++
	}
	text := ""
	if n := states[journal.Live]; n > 0 {
		text += fmt.Sprintf(", %d being written", n)
	}
	if n := states[journal.Cut]; n > 0 {
		text += fmt.Sprintf(", %d cut short when the writer died", n)
	}
	return text
}

// unsigned tells of entries that no signature vouches for: those that wait for one, and those of
// journals without a key.
func (g *page) unsigned(r *journal.Report) {
	var journals, entries, waiting int64
	which := ""
	for _, j := range r.Journals {
		switch {
		case j.Key != "":
			waiting += j.Entries - j.Signed
		case j.Entries > 0:
			journals, entries = journals+1, entries+j.Entries
			which += map[bool]string{true: ", the ledger-wide one among them"}[j.Name == journal.LedgerWide]
		}
	}
	if waiting > 0 {
		g.fact("unsigned", "%s, behind the last checkpoint of their journals", count(int(waiting), "entry", "entries"))
	}
	if journals > 0 {
		g.fact("no signature", "%s in %s%s: a change of them would not show",
			count(int(entries), "entry", "entries"), count(int(journals), "journal", "journals"), which)
	}
}

// signers returns the keys that signed, each once.
func signers(r *journal.Report) (keys []string) {
	for _, j := range r.Journals {
		if j.Key != "" && !slices.Contains(keys, j.Key) {
			keys = append(keys, j.Key)
		}
	}
	slices.Sort(keys)
	return keys
}

// ownKey says whether a key is the one of the user who asks.
func ownKey(id string) string {
	dir, err := journal.ConfigDir()
	if err != nil || !exists(filepath.Join(dir, "key")) {
		return ""
	}
	if key, err := journal.LoadKey(dir); err == nil && key.ID() == id {
		return "(your key)"
	}
	return ""
}
