//go:build unix && !linux

package process

import (
	"fmt"
	"os"
	"path/filepath"
)

// written is how much of a shared file is on the disk from the start: a program that writes to a hole in it while the disk
// is full would be killed.
const written = 4 << 20

// sharedFile makes a file in a folder.
func sharedFile(dir string, _ int64) (file *os.File, path string, err error) {
	path = filepath.Join(dir, "seen")
	if file, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return nil, "", fmt.Errorf("make memory: %w", err)
	}
	if _, err := file.Write(make([]byte, written)); err != nil {
		return nil, "", fmt.Errorf("make memory: %w", err)
	}
	return file, path, nil
}
