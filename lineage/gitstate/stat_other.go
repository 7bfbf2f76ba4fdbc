//go:build !unix

package gitstate

import "os"

// lstat returns the stamp of path, without following a link; the zero stamp when nothing is there.
func lstat(path string) stamp {
	info, err := os.Lstat(path)
	if err != nil {
		return stamp{}
	}
	return stamp{mode: info.Mode(), size: info.Size(), modified: info.ModTime().UnixNano()}
}
