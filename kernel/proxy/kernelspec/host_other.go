//go:build !unix

package kernelspec

// ownedByUser cannot ask here whom a folder belongs to. Environments are mostly their users' own.
func ownedByUser(string) bool { return true }
