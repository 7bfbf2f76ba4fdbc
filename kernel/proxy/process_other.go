//go:build !unix

package proxy

import (
	"errors"
	"fmt"
	"os/exec"
)

// socketFiles says whether ZeroMQ's ipc sockets are there.
const socketFiles = false

// spawn starts a kernel and calls buried when it has ended.
func spawn(cmd *exec.Cmd, buried func(error)) error {
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start kernel: %w", err)
	}
	go func() { buried(cmd.Wait()) }()
	return nil
}

func interrupt(*exec.Cmd) error {
	return errors.New("this system cannot interrupt a kernel by a signal")
}
func terminate(cmd *exec.Cmd) { kill(cmd) }
func kill(cmd *exec.Cmd)      { _ = cmd.Process.Kill() } // who is gone is gone
