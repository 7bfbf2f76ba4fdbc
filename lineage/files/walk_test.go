package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// write makes a file with its folders, below root.
func write(t testing.TB, root, path, content string) {
	t.Helper()
	path = filepath.Join(root, filepath.FromSlash(path))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

// list walks and returns a line for each folder and each thing in it.
func list(t *testing.T, root string, into func(folder, name string) bool) (lines []string) {
	t.Helper()
	err := Walk(root, func(f *Folder) func(string) bool {
		if f.Err != nil {
			lines = append(lines, fmt.Sprintf("%s: error", f.Path))
			return nil
		}
		lines = append(lines, f.Path+":")
		for _, e := range f.Entries {
			lines = append(lines, fmt.Sprintf("  %q %s", e.Name, e.Mode))
		}
		if into == nil {
			return nil
		}
		return func(name string) bool { return into(f.Path, name) }
	})
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func TestWalk(t *testing.T) {
	root := t.TempDir()
	for _, path := range []string{"b/2", "b/10", "a-b/x", "a/x/1", "a/y/2", "a.txt", "skipped/in/it"} {
		write(t, root, path, path)
	}
	if err := os.Mkdir(filepath.Join(root, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	got := list(t, root, func(_, name string) bool { return name != "skipped" })
	want := []string{
		".:", `  "a" drwxr-xr-x`, `  "a-b" drwxr-xr-x`, `  "a.txt" -rw-r--r--`, `  "b" drwxr-xr-x`, `  "empty" drwxr-xr-x`, `  "skipped" drwxr-xr-x`,
		"a:", `  "x" drwxr-xr-x`, `  "y" drwxr-xr-x`, "a/x:", `  "1" -rw-r--r--`, "a/y:", `  "2" -rw-r--r--`,
		"a-b:", `  "x" -rw-r--r--`, "b:", `  "10" -rw-r--r--`, `  "2" -rw-r--r--`, "empty:",
	}
	if diff := cmp.Diff(want, got); diff != "" && os.PathSeparator == '/' {
		t.Errorf("walk (-want +got):\n%s", diff)
	}
}

func TestWalkTellsWhatIsNoFolder(t *testing.T) {
	root := t.TempDir()
	write(t, root, "file", "")
	for _, path := range []string{filepath.Join(root, "file"), filepath.Join(root, "missing")} {
		err := Walk(path, func(*Folder) func(string) bool { t.Errorf("%s was visited", path); return nil })
		if err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("walk %s: error %v, want one that names it", path, err)
		}
	}
}

// What happens to a folder between being seen and being read does no harm.
func TestWalkWhileTheTreeChanges(t *testing.T) {
	root := t.TempDir()
	for _, path := range []string{"gone/x", "kept/x", "linked/x", "replaced/x"} {
		write(t, root, path, path)
	}
	elsewhere := t.TempDir()
	write(t, elsewhere, "secret", "")
	got := list(t, root, func(folder, name string) bool {
		path := filepath.Join(root, name)
		var err error
		switch {
		case folder != ".":
		case name == "gone":
			err = os.RemoveAll(path)
		case name == "linked":
			err = errors.Join(os.RemoveAll(path), os.Symlink(elsewhere, path))
		case name == "replaced":
			err = errors.Join(os.RemoveAll(path), os.WriteFile(path, nil, 0o644))
		}
		if err != nil {
			t.Fatal(err)
		}
		return true
	})
	want := []string{"gone: error", "kept:", `  "x" -rw-r--r--`, "linked: error", "replaced: error"}
	if diff := cmp.Diff(want, got[5:]); diff != "" && os.PathSeparator == '/' {
		t.Errorf("walk (-want +got):\n%s", diff)
	}
}

// Reading ahead must not change what is seen, nor its order.
func TestWalkEqualsASimpleWalk(t *testing.T) {
	root := t.TempDir()
	for i := range 700 {
		write(t, root, fmt.Sprintf("d%d/e%d/f%d/g%d", i%7, i%11, i%13, i), "x")
	}
	var want, got []string
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		want = append(want, path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	err = Walk(root, func(f *Folder) func(string) bool {
		got = append(got, filepath.Join(root, f.Path))
		for _, e := range f.Entries {
			if e.Mode.IsRegular() {
				got = append(got, filepath.Join(root, f.Path, e.Name))
			}
		}
		return nil
	})
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v, walk (-want +got):\n%s", err, diff)
	}
}

func TestFile(t *testing.T) {
	root := t.TempDir()
	write(t, root, "a/b", "content")
	r, err := OpenRoot(root)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	f, first, err := r.Open("a/b")
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(f)
	if string(content) != "content" || err != nil {
		t.Errorf("read %q, %v", content, err)
	}
	opened, err := f.Stat()
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	looked, err := r.Stat("a/b")
	for _, opened := range []Entry{first, opened} {
		if diff := cmp.Diff(opened, looked); diff != "" || err != nil {
			t.Errorf("error %v, the open file and its path differ:\n%s", err, diff)
		}
	}
	if _, _, err := r.Open("a"); !errors.Is(err, ErrIrregular) {
		t.Errorf("open a folder: %v, want ErrIrregular", err)
	}
	if _, _, err := r.Open("a/c"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("open what is missing: %v, want ErrNotExist", err)
	}
}

func BenchmarkWalk(b *testing.B) {
	root := b.TempDir()
	const folders, each = 200, 100
	for i := range folders * each {
		write(b, root, fmt.Sprintf("d%d/%d", i/each, i), "x")
	}
	for b.Loop() {
		n := 0
		err := Walk(root, func(f *Folder) func(string) bool {
			n += len(f.Entries)
			return nil
		})
		if err != nil || n != folders*(each+1) {
			b.Fatalf("saw %d, %v", n, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/(folders*each), "ns/file")
}
