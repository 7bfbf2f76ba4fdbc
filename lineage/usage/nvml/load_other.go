//go:build !windows && !(linux && cgo && (amd64 || arm64))

package nvml

import (
	"errors"
	"fmt"
	"runtime"
)

// library would be a shared library. A Linux program that was built without cgo is static: it runs on any Linux, and can load none.
type library struct{}

func load(string) (library, error) {
	if runtime.GOOS == "linux" {
		return library{}, errors.New("this gemba was built without cgo (CGO_ENABLED=1), so that it can load no library of the driver")
	}
	return library{}, fmt.Errorf("%w for %s", ErrNone, runtime.GOOS)
}

func (library) symbol(string) (uintptr, error) { return 0, errors.ErrUnsupported }

func (library) unload() error { return nil }

func (library) invoke(uintptr, ...uintptr) uint32 { return 13 }
