package nvml

import (
	"fmt"
	"syscall"

	"golang.org/x/sys/windows"
)

// library is a shared library.
type library struct{ dll *windows.DLL }

func load(path string) (library, error) {
	if path == "" {
		path = "nvml.dll"
	}
	handle, err := windows.LoadLibraryEx(path, 0, windows.LOAD_LIBRARY_SEARCH_DEFAULT_DIRS)
	if err != nil {
		return library{}, fmt.Errorf("%w: %w", ErrNone, err)
	}
	return library{&windows.DLL{Name: path, Handle: handle}}, nil
}

func (l library) symbol(name string) (uintptr, error) {
	return windows.GetProcAddress(l.dll.Handle, name)
}

func (l library) unload() error { return l.dll.Release() }

// invoke calls a function that takes integers and pointers and returns an int.
func (library) invoke(at uintptr, args ...uintptr) uint32 {
	result, _, _ := syscall.SyscallN(at, args...)
	return uint32(result)
}
