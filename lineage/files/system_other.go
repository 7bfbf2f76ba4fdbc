//go:build !linux && !darwin

package files

import "io/fs"

// addSystem adds what only this system tells: nothing.
func addSystem(*Entry, fs.FileInfo) {}
