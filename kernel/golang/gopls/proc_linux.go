package gopls

import (
	"os/exec"
	"syscall"
)

// group gives the process a group of its own: an interrupt of the kernel does not reach it, and kill
// reaches its children. It is killed with this process; the end of its standard input would be enough
// only for a gopls that has nothing to do.
func group(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
