//go:build unix

package files

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestOddThings(t *testing.T) {
	root := t.TempDir()
	write(t, root, "line\nend", "")
	write(t, root, "\xff\xfe not UTF-8", "")
	write(t, root, "-rf *", "")
	for target, name := range map[string]string{".": "loop", "missing": "dangling", "/": "everything"} {
		if err := os.Symlink(target, filepath.Join(root, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(root, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(root) // a socket's path must be short
	l, err := net.Listen("unix", "socket")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	if err := os.Chmod("-rf *", 0o755|fs.ModeSetuid|fs.ModeSticky); err != nil {
		t.Fatal(err)
	}
	modes := map[string]fs.FileMode{}
	err = Walk(".", func(f *Folder) func(string) bool {
		for _, e := range f.Entries {
			modes[e.Name] = e.Mode &^ 0o777
		}
		return nil
	})
	want := map[string]fs.FileMode{
		"line\nend": 0, "\xff\xfe not UTF-8": 0, "-rf *": fs.ModeSetuid | fs.ModeSticky, "loop": fs.ModeSymlink, "dangling": fs.ModeSymlink,
		"everything": fs.ModeSymlink, "pipe": fs.ModeNamedPipe, "socket": fs.ModeSocket,
	}
	if diff := cmp.Diff(want, modes); diff != "" || err != nil {
		t.Errorf("error %v, modes (-want +got):\n%s", err, diff)
	}
	testOpenOdd(t)
}

func testOpenOdd(t *testing.T) {
	r, err := OpenRoot(".")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	for _, name := range []string{"pipe", "socket", "dangling", "loop", "everything"} {
		if f, _, err := r.Open(name); err == nil {
			_ = f.Close()
			t.Errorf("%s was opened", name)
		}
	}
	target, err := r.Readlink("everything")
	if target != "/" || err != nil {
		t.Errorf("the link leads to %q, %v, want /", target, err)
	}
}

// A tree whose paths are longer than the system takes at once.
func TestDeepTree(t *testing.T) {
	root := t.TempDir()
	t.Chdir(root)
	const depth = 60
	name := strings.Repeat("n", 200)
	for range depth {
		if err := errors.Join(os.Mkdir(name, 0o755), os.Chdir(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile("deepest", []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { removeDeep(t, root, name, depth) })
	folders, deepest := 0, ""
	err := Walk(root, func(f *Folder) func(string) bool {
		folders++
		if f.Err != nil {
			t.Fatal(f.Err)
		}
		for _, e := range f.Entries {
			if e.Mode.IsRegular() {
				deepest = Join(f.Path, e.Name)
			}
		}
		return nil
	})
	if err != nil || folders != depth+1 || len(deepest) != depth*201+len("deepest") {
		t.Errorf("error %v, %d folders, the file's path has %d bytes", err, folders, len(deepest))
	}
}

// removeDeep takes a tree apart that os.RemoveAll cannot.
func removeDeep(t *testing.T, root, name string, depth int) {
	for i := depth; i > 0; i-- {
		if err := os.Rename(filepath.Join(root, name), filepath.Join(root, "top")); err != nil {
			t.Error(err)
			return
		}
		if i > 1 {
			if err := os.Rename(filepath.Join(root, "top", name), filepath.Join(root, name)); err != nil {
				t.Error(err)
			}
		}
		if err := os.RemoveAll(filepath.Join(root, "top")); err != nil {
			t.Error(err)
		}
	}
}
