package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/kernel/proxy/kernelspec"
	"github.com/gemba-ml/gemba/notebooks"
)

// runFlags are what `gemba run` was asked for.
type runFlags struct {
	out         string
	params      []string
	kernel      string
	timeout     time.Duration
	allowErrors bool
}

func runCommand(a *app) *cobra.Command {
	var f runFlags
	c := &cobra.Command{
		Use:   "run NOTEBOOK",
		Short: "Execute a notebook without a front end, recorded like any other",
		Long: `run executes the code cells of a notebook in order, in the notebook's folder, and records them. Go notebooks
run in gemba itself, others in the installed kernel that they name. A line for each cell goes to stderr. NOTEBOOK itself is never written; -o writes the executed notebook
to another file, also when a cell failed. The exit status is 1 when a cell failed.

-p gives a value to a parameter that a cell tagged "parameters" declares, as papermill does: a cell that
declares the name anew, under the same type, is put behind it. Lists are written as in JSON.`,
		Example: `  gemba run analysis.ipynb
  gemba run analysis.ipynb -o result.ipynb -p rate=0.1 -p names='["a", "b"]' --timeout 5m`,
		Args: cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.run(c.Context(), args[0], f) },
	}
	c.Flags().StringVarP(&f.out, "out", "o", "", "write the executed notebook to this `file`")
	c.Flags().StringArrayVarP(&f.params, "param", "p", nil, "set a parameter, `name=value`; may be repeated")
	c.Flags().StringVarP(&f.kernel, "kernel", "k", "", "execute it with the installed kernel of this `name`, and not the one that the notebook names")
	c.Flags().DurationVar(&f.timeout, "timeout", 0, "stop a cell that runs for longer than this, as in 90s or 5m (default: never)")
	c.Flags().BoolVar(&f.allowErrors, "allow-errors", false, "go on behind a cell that fails, and exit with 0")
	return c
}

// run executes the notebook at path, tells how it went and writes it out.
func (a *app) run(ctx context.Context, path string, f runFlags) error {
	n, spec, err := a.loadNotebook(path, f)
	if err != nil {
		return err
	}
	ctx, stop := untilSignal(ctx)
	defer stop()
	s, err := a.openRun(ctx, path, spec)
	if err != nil {
		return err
	}
	r := notebooks.Runner{Executor: s, Watcher: a.progress(), Now: a.now, Timeout: f.timeout, AllowErrors: f.allowErrors}
	sum, runErr := r.Run(ctx, n)
	recorded, closeErr := s.close(a, runErr) // before the notebook is written: no cell wrote it
	saveErr := save(n, f.out)
	a.summarize(sum, recorded)
	return errors.Join(runErr, saveErr, closeErr)
}

// loadNotebook reads the notebook and finds out, before anything runs, whether all that was asked for can be done.
func (a *app) loadNotebook(path string, f runFlags) (*notebooks.Notebook, kernelspec.Spec, error) {
	if f.timeout < 0 {
		return nil, kernelspec.Spec{}, wrongUse("--timeout %v is negative", f.timeout)
	}
	n, err := notebooks.Open(path)
	if err != nil {
		return nil, kernelspec.Spec{}, err
	}
	spec, err := executes(n.Kernel(), f.kernel)
	if err != nil {
		return nil, spec, err
	}
	if err := checkOut(path, f.out); err != nil {
		return nil, spec, err
	}
	return n, spec, a.inject(n, f.params)
}

// executes returns the kernel that executes a notebook: the one that was asked for, else the one that the notebook names. That of Go
// notebooks is this program, which is no kernelspec; one that names none is taken for Go.
func executes(k notebooks.Kernel, asked string) (kernelspec.Spec, error) {
	own := []string{"gemba", "gonb"}
	name := cmp.Or(asked, k.Name)
	if slices.Contains(own, name) || asked == "" && (strings.EqualFold(k.Language, "go") || name == "" && k.Language == "") {
		return kernelspec.Spec{}, nil
	}
	spec, err := findKernel(name)
	if err != nil {
		err = fmt.Errorf("find the notebook's kernel: %w", err)
	}
	return spec, err
}

// checkOut finds out whether out can be written, so that no run is in vain.
func checkOut(path, out string) error {
	if out == "" {
		return nil
	}
	in, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("open notebook: %w", err)
	}
	if old, err := os.Stat(out); err == nil && os.SameFile(in, old) {
		return withHint(wrongUse("-o names the notebook itself, which gemba never writes"), "-o %s", executedName(path))
	}
	return notebooks.CheckSave(out)
}

func executedName(path string) string {
	ext := filepath.Ext(path)
	return strings.TrimSuffix(path, ext) + ".executed" + ext
}

// inject gives the notebook its parameters.
func (a *app) inject(n *notebooks.Notebook, args []string) error {
	var params []notebooks.Param
	for _, arg := range args {
		p, err := notebooks.ParseParam(arg)
		if err != nil {
			return err
		}
		params = append(params, p)
	}
	done, err := notebooks.Inject(n, params)
	if err == nil && done.AtTop {
		a.warn("no cell is tagged parameters: what -p sets is declared at the top, and a later cell that declares it too wins")
	}
	if len(done.Unknown) > 0 {
		a.warn("the cell tagged parameters does not assign %s, which -p sets", strings.Join(done.Unknown, ", "))
	}
	return err
}

func save(n *notebooks.Notebook, out string) error {
	if out == "" {
		return nil
	}
	return n.Save(out)
}

// progressEvery is how often a run without a terminal says that a cell is still at it.
const progressEvery = 10 * time.Second

func (a *app) progress() *notebooks.Progress {
	return &notebooks.Progress{W: a.stderr, Terminal: bool(painterFor(a.stderr)), Width: width(a.stderr), Every: progressEvery, Name: sourceName}
}

// summarize ends the lines about cells with one about all of them.
func (a *app) summarize(sum notebooks.Summary, recorded string) {
	text := count(sum.Done, "cell", "cells")
	if sum.Done < sum.Total {
		text = fmt.Sprintf("%d of %s", sum.Done, count(sum.Total, "cell", "cells"))
	}
	text += " ran in " + notebooks.Duration(sum.Took)
	if sum.Failed > 0 {
		text += fmt.Sprintf(", %d failed", sum.Failed)
	}
	if recorded != "" {
		text += ", recorded in " + recorded
	}
	fmt.Fprintln(a.stderr, text)
}

// stopped is the cause of a context that a signal ended.
type stopped struct{ os.Signal }

func (s stopped) Error() string { return "stopped by " + s.name() }

func (s stopped) name() string {
	if s.Signal == os.Interrupt {
		return "SIGINT"
	}
	return "SIGTERM"
}

// untilSignal returns a context that the first SIGINT or SIGTERM ends. A second one ends the program.
func untilSignal(parent context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		defer signal.Stop(signals)
		select {
		case s := <-signals:
			cancel(stopped{s})
		case <-ctx.Done():
		}
	}()
	return ctx, func() { cancel(nil) }
}
