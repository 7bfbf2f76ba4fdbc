package process

import (
	"fmt"
	"os"
)

// newFolder makes a session's private folder: where the user wants temporary files, or else where it can be made.
func newFolder() (string, error) {
	dir, err := os.MkdirTemp("", "gemba-")
	if err == nil {
		return dir, nil
	}
	for _, other := range []string{"/tmp", "/var/tmp"} {
		if dir, err := os.MkdirTemp(other, "gemba-"); err == nil {
			return dir, nil
		}
	}
	return "", fmt.Errorf("make the session's folder: %w: set TMPDIR to a folder that can be written", err)
}
