//go:build unix

package kernelspec

import (
	"os"
	"syscall"
)

// ownedByUser reports whether a folder belongs to the user of this process.
func ownedByUser(dir string) bool {
	info, err := os.Stat(dir)
	if err != nil {
		return false
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(stat.Uid) == os.Geteuid()
}
