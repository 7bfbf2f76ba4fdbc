package gopls

import (
	"bufio"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPositions(t *testing.T) {
	const text = "ab\né🙂x\r\n\n世"
	for _, test := range []struct {
		offset int
		want   lspPosition
	}{
		{0, lspPosition{0, 0}},
		{2, lspPosition{0, 2}},
		{3, lspPosition{1, 0}},
		{5, lspPosition{1, 1}},
		{9, lspPosition{1, 3}},
		{10, lspPosition{1, 4}},
		{12, lspPosition{2, 0}},
		{13, lspPosition{3, 0}},
		{16, lspPosition{3, 1}},
	} {
		got := positionOf(text, test.offset)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("position of %d: %s", test.offset, diff)
		}
		if back := offsetOf(text, got); back != test.offset {
			t.Errorf("offset of %+v is %d, want %d", got, back, test.offset)
		}
	}
	if got := positionOf(text, 7); got != (lspPosition{1, 1}) {
		t.Errorf("inside of a character: %+v", got)
	}
	if got := positionOf(text, 99); got != (lspPosition{3, 1}) {
		t.Errorf("behind the end: %+v", got)
	}
	if got := offsetOf(text, lspPosition{0, 99}); got != 2 {
		t.Errorf("behind the end of a line: %d", got)
	}
	if got := offsetOf(text, lspPosition{99, 0}); got != len(text) {
		t.Errorf("behind the last line: %d", got)
	}
}

func FuzzPositions(f *testing.F) {
	f.Add("ab\né🙂x\r\n", 5)
	f.Add("\xff\x80a", 1)
	f.Fuzz(func(t *testing.T, text string, offset int) {
		p := positionOf(text, offset)
		if back := positionOf(text, offsetOf(text, p)); back != p {
			t.Errorf("%+v became %+v", p, back)
		}
	})
}

func FuzzReadMessage(f *testing.F) {
	f.Add("Content-Length: 2\r\n\r\n{}")
	f.Add("Content-Length: 99999999999\r\n\r\n{}")
	f.Add("content-length: 38\r\nX: y\r\n\r\n" + `{"jsonrpc":"2.0","id":1,"result":null}`)
	f.Fuzz(func(t *testing.T, text string) {
		m, err := readMessage(bufio.NewReader(strings.NewReader(text)))
		if err != nil {
			return
		}
		if _, err := encode(m); err != nil {
			t.Errorf("%+v was read and cannot be written: %v", m, err)
		}
	})
}

func TestPlain(t *testing.T) {
	const markdown = "```go\nfunc f(a []int) *T // [x](y)\n```\n\n---\n\nF is `quick`, see [fmt.Println](https://pkg.go.dev/fmt#Println) \\*or\\* not.\n\n\n---\n\n[`f` on pkg.go.dev](https://pkg.go.dev/f)"
	const want = "func f(a []int) *T // [x](y)\n\nF is quick, see fmt.Println *or* not.\n\nf on pkg.go.dev"
	if diff := cmp.Diff(want, plain(markdown)); diff != "" {
		t.Error(diff)
	}
}

func TestURI(t *testing.T) {
	const path = "/tmp/größe 1/a%b.go"
	if got := uriOf(path); got != "file:///tmp/gr%C3%B6%C3%9Fe%201/a%25b.go" {
		t.Error(got)
	}
}

// emptyHome lets a test find only what it puts there itself. Go's telemetry is off in it: the go command
// leaves a process behind that would still write there when the test's folders are removed.
func emptyHome(t *testing.T) {
	t.Helper()
	home := t.TempDir()
	for name, value := range map[string]string{
		"HOME": home, "XDG_CONFIG_HOME": filepath.Join(home, "config"),
		"XDG_CACHE_HOME": filepath.Join(home, "cache"), "GEMBA_GOPLS": "",
	} {
		t.Setenv(name, value)
	}
	config, err := os.UserConfigDir() // which of the variables counts depends on the system
	if err != nil {
		t.Fatal(err)
	}
	mode := filepath.Join(config, "go", "telemetry", "mode")
	if err := os.MkdirAll(filepath.Dir(mode), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(mode, []byte("off"), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestFindMissing(t *testing.T) {
	emptyHome(t)
	onlyGoInPath(t)
	_, err := Find()
	if !errors.Is(err, ErrMissing) || !strings.Contains(err.Error(), Command) {
		t.Fatalf("got %v", err)
	}
	c := New(Options{Dir: t.TempDir(), Find: Find})
	defer c.Close()
	if _, err := c.Complete(t.Context(), "main.go", "", 0); !errors.Is(err, ErrMissing) {
		t.Errorf("a request says %v", err)
	}
}

func TestFindOrder(t *testing.T) {
	path := realGopls(t)
	emptyHome(t)
	inPath := filepath.Join(onlyGoInPath(t), executable())
	link(t, path, inPath)
	wantFound(t, inPath)
	tools, err := ToolsDir()
	if err != nil {
		t.Fatal(err)
	}
	own := filepath.Join(tools, executable())
	if err := os.MkdirAll(tools, 0o755); err != nil {
		t.Fatal(err)
	}
	link(t, path, own)
	wantFound(t, own)
	t.Setenv("GEMBA_GOPLS", "/anywhere/gopls")
	wantFound(t, "/anywhere/gopls")
}

func TestFits(t *testing.T) {
	path := realGopls(t)
	if err := fits(path, "go1.99.0"); err == nil || !strings.Contains(err.Error(), "older than the installed go1.99") {
		t.Errorf("a newer toolchain: %v", err)
	}
	if err := fits(os.Args[0], "go1.1"); err == nil || !strings.Contains(err.Error(), "is not gopls") {
		t.Errorf("another program: %v", err)
	}
}

func wantFound(t *testing.T, want string) {
	t.Helper()
	got, err := Find()
	if err != nil || got != want {
		t.Errorf("found %q (%v), want %q", got, err, want)
	}
}

func link(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Symlink(from, to); err != nil {
		t.Fatal(err)
	}
}

// onlyGoInPath makes PATH a folder that holds nothing but the go command.
func onlyGoInPath(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	link(t, path, filepath.Join(dir, filepath.Base(path)))
	t.Setenv("PATH", dir)
	return dir
}
