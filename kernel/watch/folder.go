package watch

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
)

// MakeFolder makes a private folder in another, which is the one for temporary files when it is "". The watcher knows the name
// before there is such a folder: whenever this process is killed, none is left.
func (w *Watcher) MakeFolder(in string) (string, error) {
	if in == "" {
		in = os.TempDir()
	}
	in, err := filepath.Abs(in)
	if err != nil {
		return "", fmt.Errorf("make folder: %w", err)
	}
	path := freeName(in)
	w.Folder(path)
	return path, os.Mkdir(path, 0o700)
}

// freeName returns a path in a folder that nothing has. It is short, as the path of a socket has to be: some kernels (xeus) take 31 bytes
// with all that belongs to it.
func freeName(in string) string {
	for {
		var name [4]byte
		_, _ = rand.Read(name[:]) // never fails
		path := filepath.Join(in, fmt.Sprintf("gemba-%x", name))
		if _, err := os.Lstat(path); err != nil {
			return path
		}
	}
}
