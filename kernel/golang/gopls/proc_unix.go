//go:build unix

package gopls

import (
	"os/exec"
	"syscall"
)

func killGroup(cmd *exec.Cmd) { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }

// yieldTo lets cells go before gopls where both want the processor. It is a courtesy: failing is fine.
func yieldTo(pid int) { _ = syscall.Setpriority(syscall.PRIO_PGRP, pid, 5) }
