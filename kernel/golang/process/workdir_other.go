//go:build !linux

package process

import (
	"fmt"
	"os/exec"
	"strings"
)

// workingDir returns the working directory of another process, as lsof tells it.
func workingDir(pid string) (string, error) {
	out, err := exec.Command("lsof", "-p", pid, "-a", "-d", "cwd", "-Fn").Output()
	if err != nil {
		return "", fmt.Errorf("find working directory of process %s: %w", pid, err)
	}
	for line := range strings.Lines(string(out)) {
		if dir, ok := strings.CutPrefix(line, "n"); ok {
			return strings.TrimSpace(dir), nil
		}
	}
	return "", fmt.Errorf("find working directory of process %s: lsof does not tell", pid)
}
