//go:build !unix

package process

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"

	"github.com/gemba-ml/gemba/kernel/watch"
	"github.com/gemba-ml/gemba/kernel/wire"
)

// Runner runs the programs of one session, one after the other. On this system it has neither named
// pipes nor process groups: gonbui's rich output, comms and questions to the user do not work, and
// programs left in the background live on.
type Runner struct {
	session
	dir string

	mu      sync.Mutex
	folders []string
}

// New starts a session's runner. KernelID is Jupyter's id of the kernel.
func New(kernelID string) (*Runner, error) {
	dir, err := newFolder(&watch.Watcher{})
	if err != nil {
		return nil, err
	}
	return &Runner{session: newSession(kernelID), dir: dir, folders: []string{dir}}, nil
}

// Dir is the session's private folder, removed by Close.
func (r *Runner) Dir() string { return r.dir }

// Own has a folder removed by Close.
func (r *Runner) Own(folder string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.folders = append(r.folders, folder)
	return nil
}

// OwnGroup does nothing: there are no process groups.
func (r *Runner) OwnGroup(int) (release func()) { return func() {} }

// Close removes the session's folders.
func (r *Runner) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var failed error
	for _, folder := range r.folders {
		failed = errors.Join(failed, os.RemoveAll(folder))
	}
	return failed
}

// Run runs a program to its end and publishes what it prints on front. When ctx ends the program is
// killed; that is an Exit with Interrupted, not an error. An error means that the program could not
// be started.
func (r *Runner) Run(ctx context.Context, spec Spec, front wire.Front) (Exit, error) {
	out := &locked{output: output{front: front, capture: spec.Capture, displays: &r.displays}}
	if spec.Silent {
		out.front = nil
	}
	cmd := exec.CommandContext(ctx, spec.Path, spec.Args...)
	cmd.Dir, cmd.Env = spec.Dir, spec.Env
	cmd.Stdin = bytes.NewReader(spec.Stdin.Text)
	cmd.Stdout, cmd.Stderr = writer{out, stdout}, writer{out, stderr}
	begun := r.now()
	err := r.measured(cmd)
	out.end()
	exit := Exit{Run: r.now().Sub(begun), Stderr: out.last(), Interrupted: ctx.Err() != nil}
	if spec.Observe {
		exit.Seen = wire.Seen{Children: true, Missed: []string{missedSystem}}
	}
	if state := cmd.ProcessState; state != nil {
		exit.Code, exit.UserCPU, exit.SystemCPU = state.ExitCode(), state.UserTime(), state.SystemTime()
		return exit, nil
	}
	return exit, fmt.Errorf("start %s: %w", spec.Path, err)
}

// measured runs a command.
func (r *Runner) measured(cmd *exec.Cmd) error {
	if err := cmd.Start(); err != nil {
		return err
	}
	r.meter.Started(cmd.Process.Pid)
	err := cmd.Wait()
	r.meter.Exited(cmd.Process.Pid, cmd.ProcessState)
	return err
}

// locked is an output that both streams write to.
type locked struct {
	mu sync.Mutex
	output
}

type writer struct {
	out    *locked
	stream int
}

func (w writer) Write(b []byte) (int, error) {
	w.out.mu.Lock()
	defer w.out.mu.Unlock()
	w.out.stream(w.stream, b)
	return len(b), nil
}
