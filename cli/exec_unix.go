//go:build unix

package cli

import (
	"os"
	"os/signal"
	"slices"
	"syscall"

	"golang.org/x/sys/unix"
)

// passedOn returns the signals that come from now on and are the program's. What gemba was told to ignore, as nohup does, the program
// ignores too. SIGPIPE is heard so that who does not listen to the program's output ends the program and not gemba.
func passedOn() chan os.Signal {
	all := []os.Signal{unix.SIGINT, unix.SIGTERM, unix.SIGHUP, unix.SIGQUIT, unix.SIGUSR1, unix.SIGUSR2, unix.SIGWINCH, unix.SIGPIPE}
	c := make(chan os.Signal, 64)
	signal.Notify(c, slices.DeleteFunc(all, signal.Ignored)...)
	return c
}

// ends reports whether a signal is meant to end a program.
func ends(s os.Signal) bool {
	return slices.Contains([]os.Signal{unix.SIGINT, unix.SIGTERM, unix.SIGHUP, unix.SIGQUIT}, s)
}

func isResize(s os.Signal) bool { return s == unix.SIGWINCH }

func signalName(s os.Signal) string {
	if n, ok := s.(syscall.Signal); ok {
		return unix.SignalName(n)
	}
	return s.String()
}

// hasTerminal reports whether a terminal controls this process.
func hasTerminal() bool {
	f, err := os.OpenFile("/dev/tty", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return false
	}
	_ = f.Close()
	return true
}

// attributes leave a program that a terminal controls in gemba's process group: the terminal's signals reach it and all that it
// starts, it may read from the terminal, and the shell's job control holds for it. Another one gets a session of its own.
func (p *program) attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setsid: p.alone}
}

// fromTerminal reports whether a signal is one that the terminal has sent to the program too: nobody tells who sent it, but those that
// keys send come to the group in the foreground.
func fromTerminal(s os.Signal) bool {
	if s != unix.SIGINT && s != unix.SIGQUIT {
		return false
	}
	f, err := os.OpenFile("/dev/tty", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }()
	group, err := unix.IoctlGetInt(int(f.Fd()), unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

// signal signals the program: all that it started, where it has a session of its own.
func (p *program) signal(process *os.Process, s os.Signal) {
	n, ok := s.(syscall.Signal)
	if p.alone && ok {
		_ = unix.Kill(-process.Pid, n) // who is gone is gone
		return
	}
	_ = process.Signal(s)
}

// tellResized tells the program, and all in its group, that its terminal has another size now. The terminal behind has told it
// before, when its own had not.
func (p *program) tellResized(process *os.Process) {
	group := 0
	if p.alone {
		group = -process.Pid
	}
	_ = unix.Kill(group, unix.SIGWINCH)
}

// statusOf returns an exit status as shells have it.
func statusOf(state *os.ProcessState) int {
	if w, ok := state.Sys().(syscall.WaitStatus); ok && w.Signaled() {
		return 128 + int(w.Signal())
	}
	return state.ExitCode()
}
