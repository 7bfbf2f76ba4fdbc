package files

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

// asNobody runs do without the rights of root, in this thread only.
func asNobody(t *testing.T, do func()) {
	t.Helper()
	runtime.LockOSThread() // never unlocked when the rights do not come back: the thread ends with its goroutine
	if os.Geteuid() != 0 {
		do()
		return
	}
	const nobody = 65534
	if err := syscall.Setfsuid(nobody); err != nil {
		t.Fatal(err)
	}
	do()
	if err := syscall.Setfsuid(0); err != nil {
		t.Fatal(err)
	}
	runtime.UnlockOSThread()
}

func TestFolderThatMayNotBeRead(t *testing.T) {
	root := t.TempDir()
	write(t, root, "locked/file", "")
	if err := os.Chmod(filepath.Join(root, "locked"), 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(root, "locked"), 0o755) })
	r, err := OpenRoot(root)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	var entries []Entry
	asNobody(t, func() { entries, err = new(reader).read(r, "locked") })
	if len(entries) > 0 || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("read %d entries, error %v, want ErrPermission", len(entries), err)
	}
}

func TestHoles(t *testing.T) {
	root := t.TempDir()
	path := filepath.Join(root, "sparse")
	write(t, root, "sparse", "start")
	write(t, root, "full", "start")
	const size = 1 << 40
	if err := os.Truncate(path, size); err != nil {
		t.Fatal(err)
	}
	r, err := OpenRoot(root)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	for name, want := range map[string][2]int64{"sparse": {size - 1<<20, size}, "full": {0, 0}} {
		f, e, err := r.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		holes, err := f.Holes(e.Size)
		if err != nil || holes < want[0] || holes > want[1] {
			t.Errorf("%s of %d bytes has %d bytes of holes, error %v", name, e.Size, holes, err)
		}
		first := make([]byte, 5)
		if _, err := f.Read(first); err != nil || string(first) != "start" {
			t.Errorf("%s begins with %q, %v, after looking for holes", name, first, err)
		}
		_ = f.Close()
	}
}
