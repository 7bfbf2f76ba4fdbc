package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/lineage/gitstate"
)

func commitCommand(a *app) *cobra.Command {
	var message string
	var asJSON bool
	c := &cobra.Command{
		Use:   "commit -m MESSAGE [PATH…]",
		Short: "Commit what git tracks and you changed, as git commit -a does",
		Long: `commit makes a commit of all changes to files that git tracks, or of the named paths alone; files that git does not
track yet are committed when they are named. Gemba records the code state of every cell without any commit: this
one is for you. The git program makes it if it is installed, with its hooks and signatures.`,
		RunE: func(c *cobra.Command, paths []string) error {
			done, err := gitstate.Commit(c.Context(), ".", gitstate.CommitOptions{Message: message, Paths: paths, Now: a.now})
			if err != nil {
				return commitHint(fmt.Errorf("commit: %w", err))
			}
			if asJSON {
				return printJSON(a.stdout, done)
			}
			return a.printCommit(done)
		},
	}
	c.Flags().StringVarP(&message, "message", "m", "", "what the commit does, in the words of its author")
	_ = c.MarkFlagRequired("message")
	jsonFlag(c, &asJSON)
	return c
}

// shownUntracked is how many files that were left out a person is shown.
const shownUntracked = 3

func (a *app) printCommit(done gitstate.Committed) error {
	on := " on " + done.Branch
	if done.Branch == "" {
		on = ", on no branch"
	}
	fmt.Fprintf(a.stdout, "committed %s as %.12s%s\n", count(len(done.Files), "file", "files"), done.Commit, on)
	if done.Said != "" {
		fmt.Fprintln(a.stdout, harmlessLines(done.Said))
	}
	for i, name := range done.Untracked {
		if i == shownUntracked {
			fmt.Fprintf(a.stdout, "  … and %s more\n", thousands(len(done.Untracked)-i))
			break
		}
		fmt.Fprintf(a.stdout, "  left out, git does not track it: %s\n", oneLine(name))
	}
	return nil
}

// commitHint says what to try after a commit that was not made.
func commitHint(err error) error {
	switch {
	case errors.Is(err, gitstate.ErrIdentity):
		return withHint(err, "git config --global user.name NAME; git config --global user.email ADDRESS")
	case errors.Is(err, gitstate.ErrNothing):
		return withHint(err, "gemba commit -m MESSAGE PATH commits a file that git does not track yet")
	case errors.Is(err, gitstate.ErrUnfinished):
		return withHint(err, "git status says how")
	case errors.Is(err, gitstate.ErrNoRepository):
		return withHint(err, "git init makes this folder a repository")
	}
	return err
}
