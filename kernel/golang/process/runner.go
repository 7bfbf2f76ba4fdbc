package process

import (
	"context"
	"errors"
	"os"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// Runner runs the programs of one session, one after the other. It owns a private folder, a
// watcher process that cleans up should this process be killed, and the state of the session's
// comm with the notebook's page. Comm and Comms may be called while Run runs.
type Runner struct {
	dir string
}

// New starts a session's runner. KernelID is Jupyter's id of the kernel, which the JavaScript in
// the page needs to find its way back; empty when it is not known, and then widgets do not work.
func New(kernelID string) (*Runner, error) {
	return nil, errors.ErrUnsupported
}

// Dir is the session's private folder, removed by Close or, when this process is killed, by the
// watcher. Callers may keep their own files in it, under names that do not begin with "pipe".
func (r *Runner) Dir() string { return r.dir }

// Run runs a program to its end and publishes its output on front. When ctx ends, the program and
// all its children are interrupted, and killed when they do not stop within a second; that is an
// Exit with Interrupted, not an error. An error means that the program could not be started, or
// that it asked for input which the front end does not give (wire.ErrNoStdin; Exit is filled in).
func (r *Runner) Run(ctx context.Context, spec Spec, front wire.Front) (Exit, error) {
	return Exit{}, errors.ErrUnsupported
}

// Own has folder removed when this process ends, however it ends.
func (r *Runner) Own(folder string) error { return os.ErrInvalid }

// Comm hears a comm message (comm_open, comm_msg or comm_close) from the front end and reports
// whether it was the session's. It never blocks for long, and may be called at any time.
func (r *Runner) Comm(t wire.Type, c wire.Comm, front wire.Front) bool { return false }

// Comms lists the open comms as comm_info_reply does: id to target name. An empty target means all.
func (r *Runner) Comms(target string) map[string]string { return nil }

// Widgets connects to JavaScript in the notebook's page (%widgets). It returns ErrNoPage when no
// page answers within three seconds, as under nbconvert, where no browser is.
func (r *Runner) Widgets(ctx context.Context, front wire.Front) error { return ErrNoPage }

// Heartbeat reports whether the notebook's page answers within a second (%widgets_hb).
func (r *Runner) Heartbeat(ctx context.Context, front wire.Front) bool { return false }

// Close kills what still runs in the background and removes the session's folders.
func (r *Runner) Close() error { return nil }

// ErrNoPage says that no notebook page in a browser answered.
var ErrNoPage = errors.New("no notebook page answered: widgets need the notebook open in a browser (JupyterLab or Notebook 7)")
