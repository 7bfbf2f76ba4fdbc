package python

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gemba-ml/gemba/kernel/kerneltest"
	"github.com/gemba-ml/gemba/kernel/wire"
)

// kernel is a real ipykernel with the hook in it.
type kernel struct {
	t      *testing.T
	dir    string // where it runs
	reader *Reader
	ask    *json.Encoder
	answer *bufio.Scanner
}

type answer struct{ ID, Status, Text, Dead string }

func newKernel(t *testing.T) *kernel {
	t.Helper()
	k := startKernel(t)
	spool := filepath.Join(t.TempDir(), "spool")
	k.reader = NewReader(spool)
	if a := k.execute(map[string]any{"code": Setup(spool, ""), "silent": true, "store_history": false}); a.Status != "ok" || a.Text != "" {
		t.Fatalf("setup: %+v", a)
	}
	return k
}

// startKernel starts a kernel without the hook, in an empty folder.
func startKernel(t *testing.T) *kernel {
	t.Helper()
	client, err := filepath.Abs(filepath.Join("testdata", "client.py"))
	if err != nil {
		t.Fatal(err)
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(python(t), client, dir)
	c.Env = append(os.Environ(), "IPYTHONDIR="+t.TempDir(), "JUPYTER_RUNTIME_DIR="+t.TempDir(), "PYDEVD_DISABLE_FILE_VALIDATION=1")
	var log bytes.Buffer
	c.Stderr = &log
	in, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_, _ = io.Copy(io.Discard, out)
		_ = c.Wait()
		if t.Failed() {
			t.Logf("the kernel said:\n%s", log.String())
		}
	})
	k := &kernel{t: t, dir: dir, ask: json.NewEncoder(in), answer: bufio.NewScanner(out)}
	k.answer.Buffer(nil, 1<<26)
	return k
}

// python returns the interpreter of the virtual environment that has ipykernel.
func python(t *testing.T) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("..", "..", "..", ".venv", "bin", "python"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		kerneltest.Lacking(t, "Jupyter is not in .venv: run make venv")
	}
	return path
}

func (k *kernel) execute(request map[string]any) (a answer) {
	k.t.Helper()
	if err := k.ask.Encode(request); err != nil {
		k.t.Fatal(err)
	}
	if !k.answer.Scan() {
		k.t.Fatalf("the client ended: %v", k.answer.Err())
	}
	if err := json.Unmarshal(k.answer.Bytes(), &a); err != nil {
		k.t.Fatal(err)
	}
	return a
}

// run executes a cell that must succeed, and returns what the hook told.
func (k *kernel) run(lines ...string) wire.Facts {
	k.t.Helper()
	a := k.execute(map[string]any{"code": strings.Join(lines, "\n")})
	if a.Status != "ok" {
		k.t.Fatalf("%q: %+v", lines, a)
	}
	facts, found := k.reader.Read(a.ID)
	if !found {
		k.t.Fatalf("%q: the hook told nothing", lines)
	}
	return facts
}

// says executes a cell and returns what it printed.
func (k *kernel) says(code string) string {
	k.t.Helper()
	return strings.TrimSpace(k.execute(map[string]any{"code": code}).Text)
}

func (k *kernel) write(name, text string) string {
	k.t.Helper()
	path := filepath.Join(k.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		k.t.Fatal(err)
	}
	return path
}
