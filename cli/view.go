package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

func viewCommand(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "view",
		Short: "Keep searches for runs under a name",
		Long: `view keeps searches for runs in the ledger, where all who have it find them. gemba log, leaderboard, plot and export take
them with --view.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.viewSaveCommand(), a.viewListCommand(), a.viewRemoveCommand())
	return c
}

func (a *app) viewSaveCommand() *cobra.Command {
	var q runQuery
	c := &cobra.Command{
		Use:     "save NAME",
		Short:   "Keep a search under a name; an earlier one of that name is replaced",
		Example: `  gemba view save good --filter "metrics.loss < 0.5" --order "metrics.loss" --columns params.lr,metrics.loss -n 20`,
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := q.check(); err != nil {
				return err
			}
			if strings.TrimSpace(args[0]) == "" || oneLine(args[0]) != args[0] {
				return wrongUse("%q is no name for a view", args[0])
			}
			text, err := json.Marshal(q)
			if err != nil {
				return err
			}
			return a.recordView(c.Context(), args[0], text)
		},
	}
	f := c.Flags()
	f.StringVar(&q.Filter, "filter", "", "the runs for which this `expression` holds")
	f.StringVar(&q.Order, "order", "", "sorted by these `fields`: \"metrics.loss, start_time DESC\"")
	f.StringSliceVar(&q.Columns, "columns", nil, "show these `fields`")
	f.IntVarP(&q.Limit, "limit", "n", 0, "at most `N` runs")
	return c
}

// check refuses a query that no search could follow.
func (q *runQuery) check() error {
	_, err := parsedFilter("--filter", q.Filter)
	_, orderErr := parsedOrder("--order", q.Order)
	_, columnErr := parsedColumns(q.Columns)
	if err := errors.Join(err, orderErr, columnErr); err != nil {
		return err
	}
	if q.Limit < 0 {
		return wrongUse("read --limit: %d is negative", q.Limit)
	}
	return nil
}

// recordView records that a view was saved, or taken away.
func (a *app) recordView(ctx context.Context, name string, query []byte) error {
	if err := a.withIndex(ctx, func(context.Context, *index.Index) error { return nil }); err != nil {
		return err // there is no ledger: a view alone makes none
	}
	r := a.openStrictRecorder(a.ledgerToRead(), "view")
	r.Record(tracker.ViewSaved{Time: a.now(), Name: name, Query: query})
	return errors.Join(r.Flush(ctx), r.Close())
}

// shownView is a row of `view list --json`.
type shownView struct {
	Name  string    `json:"name"`
	Saved time.Time `json:"saved"`
	runQuery
}

func (a *app) viewListCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List the searches that are kept",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			return a.withIndex(c.Context(), func(ctx context.Context, x *index.Index) error {
				all, err := x.Views(ctx)
				if err != nil {
					return err
				}
				views := make([]shownView, len(all))
				for i, v := range all {
					views[i] = shownView{Name: v.Name, Saved: v.Saved}
					if err := json.Unmarshal(v.Query, &views[i].runQuery); err != nil {
						a.warn("view %s is not readable: %v", v.Name, err)
					}
				}
				return a.printViews(views, asJSON)
			})
		},
	}
	jsonFlag(c, &asJSON)
	return c
}

func (a *app) printViews(views []shownView, asJSON bool) error {
	if asJSON {
		return printJSON(a.stdout, views)
	}
	if len(views) == 0 {
		fmt.Fprintln(a.stderr, "no views; gemba view save NAME --filter … keeps one")
		return nil
	}
	t := &table{columns: []column{{title: "NAME"}, {title: "SAVED"}, {title: "SEARCH"}}}
	for _, v := range views {
		t.add(cell{v.Name, yellow}, cell{text: humanTime(v.Saved, a.now())}, cell{text: v.describe()})
	}
	return t.print(a.stdout)
}

// describe writes the query as the options that make it.
func (q runQuery) describe() string {
	var parts []string
	for _, o := range []struct{ option, text string }{{"--filter", q.Filter}, {"--order", q.Order}, {"--columns", strings.Join(q.Columns, ",")}} {
		if o.text != "" {
			parts = append(parts, fmt.Sprintf("%s %q", o.option, o.text))
		}
	}
	if q.Limit > 0 {
		parts = append(parts, fmt.Sprintf("-n %d", q.Limit))
	}
	return strings.Join(parts, " ")
}

func (a *app) viewRemoveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "remove NAME",
		Short: "Take a search away; the ledger still tells that it was there",
		Args:  cobra.ExactArgs(1),
		ValidArgsFunction: func(c *cobra.Command, args []string, _ string) (names []cobra.Completion, _ cobra.ShellCompDirective) {
			_ = a.withIndex(c.Context(), func(ctx context.Context, x *index.Index) error { // nothing to offer is no error here
				names = a.viewNames(ctx, x)
				return nil
			})
			return names, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			err := a.withIndex(c.Context(), func(ctx context.Context, x *index.Index) error {
				_, err := x.View(ctx, args[0])
				return viewHint(err)
			})
			if err != nil {
				return err
			}
			return a.recordView(c.Context(), args[0], nil)
		},
	}
}

func viewHint(err error) error {
	if errors.Is(err, index.ErrNotFound) {
		return withHint(err, "gemba view list")
	}
	return err
}

// readView returns the search that is kept under a name.
func readView(ctx context.Context, x *index.Index, name string) (q runQuery, err error) {
	v, err := x.View(ctx, name)
	if err != nil {
		return q, viewHint(err)
	}
	if err := json.Unmarshal(v.Query, &q); err != nil {
		return q, fmt.Errorf("read view %s: %w", name, err)
	}
	return q, nil
}

func (a *app) viewNames(ctx context.Context, x *index.Index) (names []string) {
	all, _ := x.Views(ctx)
	for _, v := range all {
		names = append(names, v.Name)
	}
	return names
}
