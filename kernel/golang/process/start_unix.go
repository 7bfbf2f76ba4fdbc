//go:build unix

package process

import (
	"os"
	"path/filepath"
	"strconv"
	"time"

	"github.com/janpfeifer/gonb/gonbui/protocol"
	"golang.org/x/sys/unix"
)

// prepare makes the pipes between the program and its pump.
func (run *running) prepare() (err error) {
	if run.bell, err = newBell(); err != nil {
		return err
	}
	if err := run.prepareStreams(); err != nil {
		return err
	}
	if run.spec.Rich {
		if err := run.prepareRich(); err != nil {
			return err
		}
	}
	run.prepareSeen()
	return run.prepareStdin()
}

func (run *running) prepareStreams() error {
	var files [streams]*os.File
	for i := range files {
		r, w, err := pipe()
		if err != nil {
			return err
		}
		widen(r)
		run.fds[i] = r
		files[i] = os.NewFile(uintptr(w), streamNames[i])
		run.child = append(run.child, files[i])
	}
	run.cmd.Stdout, run.cmd.Stderr = files[stdout], files[stderr]
	return nil
}

// prepareRich makes gonbui's two pipes.
func (run *running) prepareRich() (err error) {
	there, back := run.name(), run.name()
	if run.rich, err = fifo(there); err != nil {
		return err
	}
	fd, err := fifo(back)
	if err != nil {
		return err
	}
	run.back = newMailbox(fd)
	env := run.cmd.Environ()
	run.cmd.Env = append(env, protocol.GONB_PIPE_ENV+"="+there, protocol.GONB_PIPE_BACK_ENV+"="+back)
	return nil
}

// prepareStdin leaves the standard input of a program that is given nothing and cannot ask for
// anything to package exec: it is the null device.
func (run *running) prepareStdin() error {
	in := run.spec.Stdin
	if !run.spec.Rich && !in.Ask && len(in.Text) == 0 {
		return nil
	}
	name := run.name()
	child, err := newStdin(name)
	if err != nil {
		return err
	}
	run.cmd.Stdin, run.child = child, append(run.child, child)
	run.asker.path = name
	if !in.Ask && len(in.Text) == 0 {
		return nil
	}
	w, err := run.asker.open()
	if err != nil {
		return err
	}
	if in.Ask {
		run.asker.prompt(w, in.Password)
	} else {
		run.asker.write(w, in.Text)
	}
	return nil
}

// name returns a new name for a named pipe.
func (run *running) name() string {
	serial := strconv.FormatInt(run.runner.serial.Add(1), 10)
	path := filepath.Join(run.runner.dir, "pipe"+serial)
	run.names = append(run.names, path)
	return path
}

// start starts the program, and what waits for its end and for that of its context.
func (run *running) start() error {
	if err := run.runner.spawner.do(run.cmd.Start); err != nil {
		return err
	}
	begun := run.now()
	group := run.cmd.Process.Pid
	run.runner.groups.add(group)
	run.runner.meter.Started(group)
	closeFiles(run.child...)
	run.child = nil
	run.work.Go(func() {
		run.atEnd(group)
		_ = run.cmd.Wait() // its error is the exit's status
		run.runner.meter.Exited(group, run.cmd.ProcessState)
		run.took = run.now().Sub(begun)
		close(run.gone)
		run.exited.Store(true)
		run.bell.ring()
	})
	run.work.Go(func() { run.enforce(group) })
	run.work.Go(func() { run.memory.Watch(group, run.gone) })
	if run.watch != nil {
		run.work.Go(func() { run.watch.watch(group, run.gone) })
	}
	return nil
}

// atEnd looks at a program that is dead and not yet buried.
func (run *running) atEnd(group int) {
	if !awaitDeath(group) {
		return
	}
	if run.watch != nil {
		run.watch.atEnd(group)
	}
	run.runner.meter.Dead(group)
}

// stopAfter is what an interrupted program gets to stop by itself.
const stopAfter = time.Second

// enforce stops the program's group when its context ends. What the program left in the background
// stays only when the program ended by itself.
func (run *running) enforce(group int) {
	select {
	case <-run.gone:
	case <-run.ctx.Done():
		run.forced = true
		signal(group, unix.SIGINT)
		select {
		case <-run.gone:
		case <-time.After(stopAfter):
		}
		kill(group)
	}
}
