package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/tracker/gc"
)

func duCommand(a *app) *cobra.Command {
	var limit int
	var asJSON bool
	c := &cobra.Command{
		Use:   "du",
		Short: "Show what takes how much of the disk: by kind, session and cell",
		Long: `du tells what takes how much of the ledger, the largest first. LOGICAL is what was recorded, each content once. STORED is
what that takes in packs: compressed, and without what was stored before. UNIQUE is the part of it that nothing else needs.
What several sessions or cells need counts as stored for each of them.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if limit < 0 {
				return wrongUse("read --limit: %d is negative", limit)
			}
			u, err := gc.Measure(c.Context(), a.ledgerToRead())
			if err != nil {
				return ledgerHint(err)
			}
			for _, p := range u.Problems {
				a.warn("%s", p)
			}
			if asJSON {
				return printJSON(a.stdout, u)
			}
			return a.printUsage(u, limit)
		},
	}
	c.Flags().IntVarP(&limit, "limit", "n", 10, "at most `N` sessions and cells, 0 for all; JSON has all")
	jsonFlag(c, &asJSON)
	return c
}

func (a *app) printUsage(u *gc.Usage, limit int) error {
	g := a.newPage()
	g.fact("total", "%s in %s", humanBytes(u.Total), count(u.Files, "file", "files"))
	g.fact("packs", "%s%s", humanBytes(u.Packs), garbageText(u.Garbage))
	g.fact("journals", "%s", humanBytes(u.Journals))
	g.fact("index", "%s", humanBytes(u.Index))
	if err := g.flush(); err != nil {
		return err
	}
	for _, t := range []*table{a.kindTable(u), a.sessionTable(u, limit), a.cellTable(u, limit)} {
		if len(t.rows) == 0 {
			continue
		}
		fmt.Fprintln(a.stdout)
		if err := t.print(a.stdout); err != nil {
			return err
		}
	}
	return nil
}

func garbageText(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(", %s of it not needed: gemba gc frees most of that", humanBytes(n))
}

// shareColumns follow the names in a table of what takes how much.
var shareColumns = []column{{"LOGICAL", true}, {"STORED", true}, {"UNIQUE", true}}

func shareCells(s gc.Share) []cell {
	return []cell{{text: humanBytes(s.Logical)}, {text: humanBytes(s.Stored)}, {text: humanBytes(s.Unique)}}
}

func (a *app) kindTable(u *gc.Usage) *table {
	t := &table{columns: append([]column{{title: "KIND"}, {"BLOBS", true}}, shareColumns...)}
	for _, k := range u.Kinds {
		t.add(append([]cell{{text: k.Kind}, {text: thousands(int(k.Blobs))}}, shareCells(k.Share)...)...)
	}
	return t
}

func (a *app) sessionTable(u *gc.Usage, limit int) *table {
	t := &table{columns: append([]column{{title: "SESSION"}, {title: "STARTED"}, {title: "NOTEBOOK"}, {"CELLS", true}}, shareColumns...)}
	now := a.now()
	for _, s := range u.Sessions[:atMost(limit, len(u.Sessions))] {
		if s.Stored == 0 {
			break
		}
		t.add(append([]cell{{orDash(s.Session.Short()), yellow}, {text: humanTime(s.Started, now)},
			{text: cutTo(orDash(notebookName(s.Notebook)), notebookLength)}, {text: thousands(s.Cells)}}, shareCells(s.Share)...)...)
	}
	return t
}

func (a *app) cellTable(u *gc.Usage, limit int) *table {
	t := &table{columns: append([]column{{title: "CELL"}, {title: "SESSION"}}, shareColumns...)}
	for _, c := range u.Cells[:atMost(limit, len(u.Cells))] {
		t.add(append([]cell{{c.Execution.Short(), yellow}, {text: orDash(c.Session.Short())}}, shareCells(c.Share)...)...)
	}
	return t
}

// atMost returns n, or the limit where there is one and it is less.
func atMost(limit, n int) int {
	if limit == 0 {
		return n
	}
	return min(limit, n)
}
