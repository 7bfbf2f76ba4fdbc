//go:build unix && !linux

package gopls

import (
	"os/exec"
	"syscall"
)

// group gives the process a group of its own: an interrupt of the kernel does not reach it, and kill
// reaches its children. Where this process is killed it ends with its standard input, once it has
// nothing left to do.
func group(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
