package cli

import (
	"context"
	"errors"
	"io/fs"
	"os/exec"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/magics"
)

// execFlags are what `gemba exec` was asked for.
type execFlags struct {
	name       string
	experiment string
	params     []string
	tags       []string
}

func execCommand(a *app) *cobra.Command {
	var f execFlags
	c := &cobra.Command{
		Use:   "exec [flags] [--] PROGRAM [ARGUMENT]...",
		Short: "Run any program, recorded like one cell",
		Long: `exec runs a program and records it: its command line, what it prints, the files it reads and writes, the code
state, the environment, how it ended and who ended it. It behaves as it does alone: its input, its output, the terminal, signals
and the exit status are its own. What the command line behind PROGRAM says is PROGRAM's.

Python processes tell which files they open, also those that PROGRAM starts (uv run, torchrun, make); of other programs the change
of this folder tells. What could not be seen is said. Programs that log with gemba's Go package or Python module log to a run named
after the script; -p and -t log to it too.

Output that is no text is recorded with U+FFFD for what cannot be read. Where standard output and standard error go to the
same place, as on a terminal, they are recorded as one stream, in order. What a program leaves in the background cannot print when exec is
over. When exec itself is killed (kill -9), the program goes on until it prints something; what was recorded until then stays.

The exit status is PROGRAM's, 128 and the number of the signal that ended it, 127 when there is no such program, 126 when it
cannot be executed.`,
		Example: `  gemba exec -- python train.py --lr 0.1
  gemba exec --experiment mnist -p lr=0.1 -- go run .
  gemba exec make data | tee make.log`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return a.exec(c.Context(), args, f) },
	}
	c.Flags().SetInterspersed(false)
	c.Flags().StringVar(&f.name, "name", "", "the run's `name` (default: the script's)")
	c.Flags().StringVar(&f.experiment, "experiment", "", "the `experiment` that the run belongs to")
	c.Flags().StringArrayVarP(&f.params, "param", "p", nil, "log a param, `name=value`; may be repeated")
	c.Flags().StringArrayVarP(&f.tags, "tag", "t", nil, "log a tag, `name=value`; may be repeated")
	return c
}

// exec runs a program and records it.
func (a *app) exec(ctx context.Context, words []string, f execFlags) error {
	given, err := f.logged()
	if err != nil {
		return err
	}
	path, err := findProgram(words[0])
	if err != nil {
		return err
	}
	p := a.openProgram(path, words)
	p.begin(ctx, f, given)
	ended := p.execute(ctx)
	p.close()
	return ended
}

// logged returns what the run is given.
func (f execFlags) logged() (l magics.Logged, err error) {
	for _, arg := range f.params {
		key, value, ok := strings.Cut(arg, "=")
		if !ok || key == "" {
			return l, wrongUse("-p %q is no name=value", arg)
		}
		l.Params = append(l.Params, magics.Param{Key: key, Value: value, Type: magics.TypeOf(value)})
	}
	for _, arg := range f.tags {
		key, value, ok := strings.Cut(arg, "=")
		if !ok || key == "" {
			return l, wrongUse("-t %q is no name=value", arg)
		}
		l.Tags = append(l.Tags, magics.Tag{Key: key, Value: value})
	}
	return l, nil
}

// Exit statuses of a program that does not run, as shells have them (POSIX.1-2024, XCU 2.8.2).
const (
	exitNotExecutable = 126
	exitNoProgram     = 127
)

// findProgram returns the path of a program as a shell finds it.
func findProgram(name string) (string, error) {
	path, err := exec.LookPath(name)
	switch {
	case err == nil, errors.Is(err, exec.ErrDot):
		return path, nil
	case errors.Is(err, exec.ErrNotFound), errors.Is(err, fs.ErrNotExist):
		return "", notRun(exitNoProgram, name, "there is no such program")
	}
	var why *exec.Error
	if errors.As(err, &why) {
		err = why.Err
	}
	return "", notRun(exitNotExecutable, name, err.Error())
}

// notRun is the error of a program that does not run.
func notRun(status int, name, why string) error {
	err := errors.New("run " + name + ": " + why)
	return &statusError{status: status, err: withHint(err, "gemba exec -- PROGRAM ARGUMENTS runs what the shell would: a program on the PATH, or the path of one")}
}
