//go:build linux && cgo && (amd64 || arm64)

package nvml

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/ebitengine/purego"
)

// library is a shared library.
type library struct{ handle uintptr }

func load(path string) (library, error) {
	handle, err := purego.Dlopen(cmp.Or(path, "libnvidia-ml.so.1"), purego.RTLD_NOW|purego.RTLD_LOCAL)
	if err != nil && strings.Contains(err.Error(), "No such file") {
		return library{}, fmt.Errorf("%w: %w", ErrNone, err)
	}
	if err != nil {
		return library{}, fmt.Errorf("load the NVIDIA driver's library: %w", err)
	}
	return library{handle}, nil
}

func (l library) symbol(name string) (uintptr, error) { return purego.Dlsym(l.handle, name) }

func (l library) unload() error { return purego.Dlclose(l.handle) }

// invoke calls a function that takes integers and pointers and returns an int.
func (library) invoke(at uintptr, args ...uintptr) uint32 {
	result, _, _ := purego.SyscallN(at, args...)
	return uint32(result)
}
