package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/lineage/environ"
)

func (a *app) envDiffCommand() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "diff A B",
		Short: "Compare two environments, what matters most first",
		Long: `diff tells what differs between the environments of two sessions or cells, named by their ids. A dot is this machine,
now. Modules are compared where both sides recorded them.`,
		Example: `  gemba env diff 3f2a .
  gemba env diff 3f2a 90bc --json`,
		Args:              cobra.ExactArgs(2),
		ValidArgsFunction: a.completeID,
		RunE: func(c *cobra.Command, args []string) error {
			shown, err := a.environments(c.Context(), args...)
			if err != nil {
				return err
			}
			list := environ.Diff(shown[0].Facts, shown[1].Facts)
			if args[0] == here || args[1] == here {
				list = environ.WithoutModules(list)
			}
			return a.printDifferences(list, asJSON, "WAS", "IS")
		},
	}
	jsonFlag(c, &asJSON)
	return c
}

// printDifferences lists what differs between two environments, whose columns have these titles.
func (a *app) printDifferences(list []environ.Difference, asJSON bool, was, is string) error {
	if asJSON {
		return printJSON(a.stdout, append([]environ.Difference{}, list...))
	}
	if len(list) == 0 {
		fmt.Fprintln(a.stderr, "no difference")
		return nil
	}
	t := &table{columns: []column{{title: "FACT"}, {title: was}, {title: is}}}
	for _, d := range list {
		t.add(cell{text: d.Name}, cell{orDash(d.Was), red}, cell{orDash(d.Is), green})
	}
	return t.print(a.stdout)
}
