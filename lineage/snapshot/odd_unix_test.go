//go:build unix

package snapshot

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker/blob"
)

func TestOddThings(t *testing.T) {
	b := newRoom(t)
	b.write("line\nend", "a")
	b.write("\xff\xfe no text", "b")
	b.write("sha256:"+strings.Repeat("0", 64), "c")
	b.write("sub/-rf", "d")
	for name, target := range map[string]string{"loop": ".", "sub/loop": "..", "dangling": "\xff", "everything": "/", "self": "self"} {
		if err := os.Symlink(target, filepath.Join(b.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(b.dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(b.dir) // a socket's path must be short
	l, err := net.Listen("unix", "socket")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	r, _ := b.take()
	want := []string{
		"link  \"dangling\" to \xff", `link  "everything" to /`, `file 0644 "line\nend"`, `link  "loop" to .`, `pipe  "pipe": pipe`, `link  "self" to self`,
		`file 0644 "sha256:` + strings.Repeat("0", 64) + `"`, `socket  "socket": socket`, `folder 0755 "sub"`, `file 0644 "sub/-rf"`, `link  "sub/loop" to ..`,
		`file 0644 "\xff\xfe no text"`,
	}
	if diff := cmp.Diff(want, b.lines(r.Tree)); diff != "" || r.Missing.Count != 2 || r.Missing.Unread != 0 {
		t.Errorf("%+v, tree (-want +got):\n%s", r, diff)
	}
	out := filepath.Join(t.TempDir(), "out")
	if back, err := restore(t, blob.OpenStore(b.packs), r.Tree, out); err != nil || back.Files != 4 {
		t.Fatalf("restored %+v, %v", back, err)
	}
	for _, name := range []string{"pipe", "socket"} {
		if err := os.Remove(filepath.Join(b.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	original, _ := b.take()
	restored, _ := b.take(func(o *Options) { o.Path = out })
	if original.Tree != restored.Tree {
		t.Errorf("restored (-want +got):\n%s", cmp.Diff(b.lines(original.Tree), b.lines(restored.Tree)))
	}
}

func TestSparseFile(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells of holes here")
	}
	b := newRoom(t)
	b.write("terabyte", "start")
	b.write("some holes", "start")
	for name, size := range map[string]int64{"terabyte": 1 << 40, "some holes": 1 << 22} {
		if err := os.Truncate(filepath.Join(b.dir, name), size); err != nil {
			t.Fatal(err)
		}
	}
	r, _ := b.take()
	lines := b.lines(r.Tree)
	if len(lines) != 2 || lines[0] != `file 0644 "some holes"` || !strings.HasPrefix(lines[1], `file 0644 "terabyte": sparse: 1099511`) || r.Files != 1 {
		t.Errorf("%+v, tree %q", r, lines)
	}
}

// A file that can be opened and not be read: this process's own memory, whose first page is nobody's.
func TestFileThatCannotBeRead(t *testing.T) {
	const memory = "/proc/self/mem"
	if _, err := os.Stat(memory); err != nil {
		t.Skip("there is no " + memory)
	}
	b := newRoom(t)
	r, _ := b.take(func(o *Options) { o.Path = memory })
	want := []string{`file 0600 "mem": unreadable: input/output error`}
	if diff := cmp.Diff(want, b.lines(r.Tree)); diff != "" || r.Missing.Unread != 1 {
		t.Errorf("%+v, tree (-want +got):\n%s", r, diff)
	}
}

const nobodyEnv = "GEMBA_TEST_AS_NOBODY"

// Root may read everything, so that it runs this test again as somebody else.
func TestWithoutPermission(t *testing.T) {
	if os.Geteuid() == 0 {
		asNobody(t)
		return
	}
	b := newRoom(t)
	for _, path := range []string{"closed/x", "file", "open/x", "locked/x"} {
		b.write(path, path)
	}
	for path, mode := range map[string]os.FileMode{"closed": 0, "file": 0, "locked": 0o600} {
		full := filepath.Join(b.dir, path)
		if err := os.Chmod(full, mode); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = os.Chmod(full, 0o700) })
	}
	r, _ := b.take()
	const denied = ": unreadable: permission denied"
	want := []string{`folder 0000 "closed"` + denied, `file 0000 "file"` + denied, `folder 0600 "locked"` + denied,
		`other  "locked/x"` + denied, `folder 0755 "open"`, `file 0644 "open/x"`}
	if diff := cmp.Diff(want, b.lines(r.Tree)); diff != "" || r.Missing.Unread != 3 || r.Files != 1 {
		t.Errorf("%+v, tree (-want +got):\n%s", r, diff)
	}
}

// asNobody runs the test that calls it again in a process that is not root's.
func asNobody(t *testing.T) {
	t.Helper()
	if os.Getenv(nobodyEnv) != "" {
		t.Fatal("this process is root's still")
	}
	dir := t.TempDir()
	for at := dir; at != os.TempDir(); at = filepath.Dir(at) {
		if err := os.Chmod(at, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Skip("this test cannot find its own program: ", err)
	}
	program := filepath.Join(dir, "test")
	if err := os.WriteFile(program, self, 0o755); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(program, "-test.v", fmt.Sprintf("-test.run=^%s$", t.Name()))
	c.Dir, c.Env = dir, append(os.Environ(), nobodyEnv+"=1", "TMPDIR="+dir, "HOME="+dir)
	c.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	if out, err := c.CombinedOutput(); err != nil || !strings.Contains(string(out), "--- PASS: "+t.Name()) {
		t.Errorf("as nobody: %v\n%s", err, out)
	}
}
