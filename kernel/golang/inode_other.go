//go:build !unix

package golang

import "io/fs"

// inode is not known on this system.
func inode(fs.FileInfo) uint64 { return 0 }
