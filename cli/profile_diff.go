package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/lineage/profile/rowdiff"
	tables "github.com/gemba-ml/gemba/lineage/profile/table"
)

func (a *app) profileDiffCommand() *cobra.Command {
	var o rowdiff.Options
	var asJSON bool
	var list string
	c := &cobra.Command{
		Use:   "diff A B",
		Short: "Tell which rows of a table differ between two versions",
		Long: `diff tells which rows were added, removed or changed, and which cells of them, whatever their order. Rows are the
same when their key is: the columns that --key names, else a column whose values are unique in both versions, else
the whole row.`,
		Example: `  gemba profile diff old.csv new.csv --key id
  gemba profile diff old.csv new.parquet --key shop --key number --list changes.jsonl`,
		Args: cobra.ExactArgs(2),
		RunE: func(c *cobra.Command, args []string) error {
			ctx, done := untilSignal(c.Context())
			defer done()
			files := &openFiles{stdin: a.stdin}
			defer files.close()
			err := a.profileDiff(ctx, files, args, o, list, asJSON)
			if s := (stopped{}); errors.As(context.Cause(ctx), &s) {
				return s
			}
			return err
		},
	}
	f := c.Flags()
	f.StringArrayVar(&o.Key, "key", nil, "a key `column`; several times for a key of several columns")
	f.BoolVar(&o.WholeRows, "whole-rows", false, "compare whole rows, without a key")
	f.IntVar(&o.Examples, "examples", 10, "show so many `rows` that differ")
	f.StringVar(&list, "list", "", "write all rows that differ to a `file`, as JSON lines; - is the standard output")
	jsonFlag(c, &asJSON)
	return c
}

func (a *app) profileDiff(ctx context.Context, files *openFiles, paths []string, o rowdiff.Options, list string, asJSON bool) (err error) {
	if o.Examples < 0 || len(o.Key) > 0 && o.WholeRows {
		return wrongUse("--examples is negative, or --key and --whole-rows are both given")
	}
	var versions [2]tables.Source
	for i, path := range paths {
		if versions[i], err = files.open(path); err != nil {
			return err
		}
		if versions[i].At == nil {
			return wrongUse("%s is a stream: a table to compare is read more than once", path)
		}
	}
	w, done, err := a.listing(list)
	if err != nil {
		return err
	}
	o.Listing = w
	r, err := rowdiff.Compare(ctx, versions[0], versions[1], o)
	if err = errors.Join(err, done()); err != nil {
		return err
	}
	if list == "-" {
		return nil
	}
	return a.printRowDiff(r, asJSON)
}

// listing opens the file for all changes, nil when there is none.
func (a *app) listing(path string) (w io.Writer, done func() error, err error) {
	switch path {
	case "":
		return nil, func() error { return nil }, nil
	case "-":
		return a.stdout, func() error { return nil }, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, nil, err
	}
	return f, f.Close, nil
}

func (a *app) printRowDiff(r *rowdiff.Result, asJSON bool) error {
	if asJSON {
		return printJSON(a.stdout, r)
	}
	g := a.newPage()
	g.rowDiff(r)
	return g.flush()
}

func (g *page) rowDiff(r *rowdiff.Result) {
	fmt.Fprintf(&g.b, "%s added, %s removed, %s changed, %s equal\n", thousands(int(r.Added)), thousands(int(r.Removed)),
		thousands(int(r.Changed)), thousands(int(r.Equal)))
	g.fact("compared by", "%s", comparedBy(r))
	for _, side := range []struct {
		name string
		rowdiff.Side
	}{{"before", r.Before}, {"after", r.After}} {
		g.fact(side.name, "%s", describeSide(side.Side))
	}
	for _, name := range slices.Sorted(maps.Keys(r.ChangedCells)) {
		g.fact("changed", "%s in %s", name, count(int(r.ChangedCells[name]), "row", "rows"))
	}
	for _, rename := range r.Renamed {
		g.fact("renamed", "column %s → %s", rename.From, rename.To)
	}
	g.fact("new columns", "%s", strings.Join(r.AddedColumns, ", "))
	g.fact("gone columns", "%s", strings.Join(r.RemovedColumns, ", "))
	if len(r.Examples) > 0 {
		g.b.WriteString("\n")
	}
	for _, c := range r.Examples {
		fmt.Fprintf(&g.b, "%s %s\n", g.p.paint(rowStyles[c.Change], fmt.Sprintf("%-9s", c.Change)), oneLine(rowText(c)))
	}
}

func comparedBy(r *rowdiff.Result) string {
	switch {
	case len(r.Key) == 0:
		return "whole rows"
	case r.Guessed:
		return r.Key[0] + ", whose values are unique in both"
	}
	return strings.Join(r.Key, ", ")
}

func describeSide(s rowdiff.Side) string {
	text := count(int(s.Rows), "row", "rows")
	if s.Duplicates > 0 {
		text += fmt.Sprintf(", %s whose key was there before, not compared", thousands(int(s.Duplicates)))
	}
	if s.Bad > 0 {
		text += fmt.Sprintf(", %s left out", count(int(s.Bad), "bad row", "bad rows"))
	}
	if s.Cut != "" {
		text += "; the end could not be read: " + s.Cut
	}
	return text
}

var rowStyles = map[string]style{rowdiff.Added: green, rowdiff.Removed: red, rowdiff.Changed: yellow, rowdiff.Duplicate: faint}

// longestRow is how much of a row is shown.
const longestRow = 300

// rowText shows a row: its key, and the cells that tell.
func rowText(c rowdiff.Change) string {
	var parts []string
	for _, k := range c.Key {
		parts = append(parts, k.Column+"="+cellText(k.New, k.Old))
	}
	for _, cell := range c.Cells {
		text := cell.Column + "=" + cellText(cell.New, cell.Old)
		if c.Change == rowdiff.Changed {
			text = fmt.Sprintf("%s: %s → %s", cell.Column, cellText(cell.Old), cellText(cell.New))
		}
		parts = append(parts, text)
	}
	return cutTo(strings.Join(parts, "  "), longestRow)
}

// cellText is the first text that is there.
func cellText(texts ...*string) string {
	for _, text := range texts {
		if text != nil {
			return *text
		}
	}
	return "null"
}
