//go:build unix

package process

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// Run runs a program to its end and publishes its output on front. When ctx ends, the program and
// all its children are interrupted, and killed when they do not stop within a second; that is an
// Exit with Interrupted, not an error. An error means that the program could not be started, or
// that it asked for input which the front end does not give (wire.ErrNoStdin; Exit is filled in).
func (r *Runner) Run(ctx context.Context, spec Spec, front wire.Front) (Exit, error) {
	r.displays.clear(spec.Cell)
	run := r.newRunning(ctx, spec, front)
	defer run.clean()
	if err := run.prepare(); err != nil {
		return Exit{}, fmt.Errorf("run %s: %w", spec.Path, err)
	}
	if err := run.start(); err != nil {
		return Exit{}, fmt.Errorf("start %s: %w", spec.Path, err)
	}
	run.follow()
	exit := run.exit()
	exit.Interrupted = run.forced && ctx.Err() != nil
	return exit, run.asker.end()
}

// running is a program from its preparation to its end. Every part is where clean finds it as soon
// as it exists.
type running struct {
	*program
	runner *Runner
	spec   Spec
	cmd    *exec.Cmd
	ctx    context.Context // over when the program has to stop
	stop   context.CancelFunc
	quiet  context.CancelFunc // ends what asks the user
	child  []*os.File         // the program's ends of pipes, closed here once it has them
	names  []string           // named pipes, removed at the end
	gone   chan struct{}      // closed when the program has exited
	took   time.Duration      // until then
	memory Memory
	watch  *sampler // of children, nil when they are not observed
	missed string   // why the program's files are not observed
	forced bool     // the program was stopped
	work   sync.WaitGroup
}

func (r *Runner) newRunning(ctx context.Context, spec Spec, front wire.Front) *running {
	run := &running{runner: r, spec: spec, gone: make(chan struct{})}
	run.ctx, run.stop = context.WithCancel(ctx)
	run.cmd = exec.Command(spec.Path, spec.Args...)
	run.cmd.Dir, run.cmd.Env, run.cmd.SysProcAttr = spec.Dir, spec.Env, attributes()
	out := &output{front: front, capture: spec.Capture, displays: &r.displays, cell: spec.Cell}
	if spec.Silent {
		out.front = nil
	}
	buf := r.buffers.Get().(*[]byte)
	pump := &pump{out: out, fds: [streams]int{-1, -1}, rich: -1, now: r.now, buf: *buf}
	run.program = &program{pump: pump, front: front, comms: r.comms, displays: &r.displays}
	run.asker = &asker{front: front, stop: run.stop}
	run.asker.ctx, run.quiet = context.WithCancel(run.ctx)
	return run
}

// follow serves the program until it has exited and everything it said is published.
func (run *running) follow() {
	if run.spec.Rich {
		run.comms.attach(run.program)
		defer run.comms.detach(run.program)
	}
	run.talk()
	run.drain()
	run.out.end()
}

// held reports whether a stream is still open, because some child in the background has it. A
// stream that is not is closed.
func (run *running) held() bool {
	for i, fd := range run.fds {
		if n, err := read(fd, run.buf[:1]); n == 0 && err == nil {
			closeAll(fd)
			run.fds[i] = -1
		}
	}
	return run.fds != [streams]int{-1, -1}
}

// exit collects how the program ended, and stops what served it.
func (run *running) exit() Exit {
	run.quiet()
	run.work.Wait()
	run.runner.groups.ended(run.cmd.Process.Pid, run.held())
	run.runner.groups.tidy()
	state := run.cmd.ProcessState
	exit := Exit{
		Run: run.took, UserCPU: state.UserTime(), SystemCPU: state.SystemTime(), MaxRSS: run.memory.Of(state), Stderr: run.out.last(),
	}
	exit.Code, exit.Signal = status(state)
	exit.Seen = run.seen()
	return exit
}

// clean leaves nothing behind but what the program left in the background.
func (run *running) clean() {
	run.quiet()
	run.stop()
	closeFiles(run.child...)
	for _, fd := range run.fds {
		if fd >= 0 && run.cmd.ProcessState != nil {
			run.runner.ignore(fd)
		} else {
			closeAll(fd)
		}
	}
	closeAll(run.rich)
	if run.back != nil {
		run.back.close()
	}
	if run.bell != nil {
		run.bell.close()
	}
	for _, name := range run.names {
		_ = os.Remove(name)
	}
	run.runner.buffers.Put(&run.buf)
}
