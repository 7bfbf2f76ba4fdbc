package golang

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/gemba-ml/gemba/kernel/golang/process"
)

// startError words why a program could not be started, and what to do, where the system's own words mislead: it speaks
// of the program even when the folder is missing.
func startError(spec process.Spec, err error) error {
	if _, gone := os.Stat(spec.Dir); gone != nil {
		return fmt.Errorf("the folder where cells run is gone (%w): go to another one with %%cd", gone)
	}
	if !spec.Rich { // a command, which the user named
		return err
	}
	program, missing := os.Stat(spec.Path)
	switch {
	case missing != nil || program.Mode()&0o111 == 0:
		return errors.New(`go build made no program to run: the flags in %goflags are for something else, and %goflags "" clears them`)
	case errors.Is(err, syscall.ENOEXEC):
		return fmt.Errorf("the program is for another system (%w): %%env GOOS and %%env GOARCH say for which", syscall.ENOEXEC)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("the system runs no programs that lie in %s: set TMPDIR to a folder where it does, and start the kernel again",
			filepath.Dir(spec.Path))
	}
	return err
}
