package build

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"
)

// A command is a tool to be run in a folder.
type command struct {
	path string
	args []string
	dir  string
	env  []string
	line func(string) // told each line of stderr as it comes; may be nil
	data bool         // stdout is for a program: no part of what the command says when it fails
	own  Owner        // told of the command's process group; may be nil
}

// A failure is a command that ended badly, with all that it said.
type failure struct {
	command string
	output  string
	err     error
}

func (f *failure) Error() string {
	return strings.TrimSpace(fmt.Sprintf("run %s: %v\n%s", f.command, f.err, f.output))
}

func (f *failure) Unwrap() error { return f.err }

// run runs the command and gives its output. Its whole process group ends with ctx, so that no compiler outlives an
// interrupt. A command that fails gives a *failure.
func (c command) run(ctx context.Context) (stdout []byte, err error) {
	cmd := exec.CommandContext(ctx, c.path, c.args...)
	cmd.Dir, cmd.Env = c.dir, c.env
	ownGroup(cmd)
	cmd.WaitDelay = time.Second
	var out bytes.Buffer
	said := &lineWriter{line: c.line}
	cmd.Stdout, cmd.Stderr = &out, said
	err = c.wait(cmd)
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("build cell: %w", context.Cause(ctx))
	case errors.Is(err, exec.ErrNotFound):
		return nil, ErrNoGo
	case err != nil:
		if !c.data {
			said.all.Write(out.Bytes())
		}
		return out.Bytes(), &failure{c.path + " " + strings.Join(c.args, " "), said.all.String(), err}
	}
	return out.Bytes(), nil
}

// wait runs a command to its end. Should this process be killed meanwhile, the owner ends the command.
func (c command) wait(cmd *exec.Cmd) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	if c.own != nil {
		defer c.own(cmd.Process.Pid)()
	}
	return cmd.Wait()
}

// tool runs a tool in the build folder.
func (j *job) tool(c command) ([]byte, error) {
	c.dir, c.own = j.opts.Dir, j.opts.Own
	return c.run(j.ctx)
}

// A lineWriter keeps what is written and tells of each line.
type lineWriter struct {
	all  bytes.Buffer
	told int // bytes of all that were told of
	line func(string)
}

func (w *lineWriter) Write(p []byte) (int, error) {
	w.all.Write(p)
	if w.line == nil {
		return len(p), nil
	}
	for {
		end := bytes.IndexByte(w.all.Bytes()[w.told:], '\n')
		if end < 0 {
			return len(p), nil
		}
		w.line(string(w.all.Bytes()[w.told : w.told+end]))
		w.told += end + 1
	}
}
