package cli

import (
	"io"
	"time"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/tracker/secrets"
)

// commands is the one list of what gemba can do.
func commands() []func(*app) *cobra.Command {
	return []func(*app) *cobra.Command{
		installCommand,
		uninstallCommand,
		kernelCommand,
		runCommand,
		execCommand,
		logCommand,
		viewCommand,
		showCommand,
		diffCommand,
		leaderboardCommand,
		plotCommand,
		exportCommand,
		restoreCommand,
		snapshotCommand,
		envCommand,
		profileCommand,
		commitCommand,
		verifyCommand,
		pushCommand,
		pullCommand,
		cloneCommand,
		evictCommand,
		bundleCommand,
		unbundleCommand,
		duCommand,
		gcCommand,
		purgeCommand,
		importCommand,
		serveCommand,
		uiCommand,
		sqlCommand,
		reindexCommand,
		doctorCommand,
		versionCommand,
	}
}

// app is what a command works with: the streams, the ledger asked for and the clock. There is one
// for each call of Main.
type app struct {
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	ledger string // --ledger, empty when not given
	now    func() time.Time

	secrets *secrets.Screener // of screener, which makes it
}

// Main runs the command that args name and returns the exit status: 0 done, 1 a check failed,
// 2 wrong use, 3 not found, 4 corrupt. An error is printed once, on stderr.
func Main(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr, now: time.Now}
	root := a.root()
	root.SetArgs(args)
	return a.report(root.Execute())
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:           "gemba",
		Short:         "A Jupyter kernel for Go that records every cell it runs",
		Long:          "gemba runs Go notebooks and records every cell in a ledger that can be searched and verified.",
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.SetIn(a.stdin)
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.PersistentFlags().StringVar(&a.ledger, "ledger", "",
		"the ledger's `folder` (default: $GEMBA_LEDGER, else .gemba of the git repository or of this folder)")
	for _, command := range commands() {
		root.AddCommand(marked(command(a)))
	}
	strict(root)
	return root
}

// strict makes cobra's own commands refuse what they do not know, as all others do: they would print
// help and succeed.
func strict(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	for _, c := range root.Commands() {
		switch run := c.Run; c.Name() {
		case "help":
			c.RunE = func(c *cobra.Command, args []string) error {
				if _, _, err := root.Find(args); err != nil {
					return err
				}
				run(c, args)
				return nil
			}
		case "completion":
			c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
		}
	}
}

// marked wraps the errors of a command that ran, so that report can tell them from wrong use, which
// cobra finds before it runs anything and reports without a type.
func marked(c *cobra.Command) *cobra.Command {
	if run := c.RunE; run != nil {
		c.RunE = func(c *cobra.Command, args []string) error {
			if err := run(c, args); err != nil {
				return &ranError{err}
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		marked(sub)
	}
	return c
}
