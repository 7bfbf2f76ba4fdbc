//go:build !unix

package mlruns

// noRoom reports whether the disk, and not a name, is what is wrong; here names are taken for the reason.
func noRoom(error) bool { return false }
