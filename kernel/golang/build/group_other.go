//go:build !unix

package build

import "os/exec"

// ownGroup does nothing where there are no process groups: only the command itself ends with its context.
func ownGroup(*exec.Cmd) {}
