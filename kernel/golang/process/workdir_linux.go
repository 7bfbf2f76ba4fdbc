package process

import (
	"fmt"
	"os"
)

// workingDir returns the working directory of another process.
func workingDir(pid string) (string, error) {
	dir, err := os.Readlink("/proc/" + pid + "/cwd")
	if err != nil {
		return "", fmt.Errorf("find working directory of process %s: %w", pid, err)
	}
	return dir, nil
}
