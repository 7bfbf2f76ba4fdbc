//go:build unix

package proxy

import (
	"fmt"
	"os/exec"
	"runtime"
	"syscall"
)

// socketFiles says whether ZeroMQ's ipc sockets are there.
const socketFiles = true

// spawn starts a kernel as the leader of a session of processes, and calls buried when it has ended. The kernel dies with this
// process: on Linux it is tied to the thread that started it, which so must not end before.
func spawn(cmd *exec.Cmd, buried func(error)) error {
	cmd.SysProcAttr = attributes()
	started := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			buried(cmd.Wait())
		}
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("start kernel: %w", err)
	}
	return nil
}

func interrupt(cmd *exec.Cmd) error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
func terminate(cmd *exec.Cmd)       { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM) } // who is gone is gone
func kill(cmd *exec.Cmd)            { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
