package process

import (
	"fmt"

	"github.com/gemba-ml/gemba/kernel/watch"
)

// newFolder makes a session's private folder: where the user wants temporary files, or else where it can be made.
func newFolder(w *watch.Watcher) (string, error) {
	dir, err := w.MakeFolder("")
	if err == nil {
		return dir, nil
	}
	for _, other := range []string{"/tmp", "/var/tmp"} {
		if dir, err := w.MakeFolder(other); err == nil {
			return dir, nil
		}
	}
	return "", fmt.Errorf("make the session's folder: %w: set TMPDIR to a folder that can be written", err)
}
