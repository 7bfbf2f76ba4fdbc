//go:build unix

package gopls

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestKilledMeanwhile(t *testing.T) {
	c := newClient(t)
	const text = "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Printl‸ }\n"
	complete(t, c, text)
	if err := syscall.Kill(c.server.cmd.Process.Pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err) // so that the request is under way when it is killed
	}
	pid := c.server.cmd.Process.Pid
	time.AfterFunc(50*time.Millisecond, func() { syscall.Kill(pid, syscall.SIGKILL) })
	_, items := complete(t, c, text)
	find(t, items, "Println")
	if c.server.cmd.Process.Pid == pid {
		t.Error("gopls was not started again")
	}
}

func TestStuckIsReplaced(t *testing.T) {
	c := newClient(t)
	const text = "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Printl‸ }\n"
	complete(t, c, text)
	pid := c.server.cmd.Process.Pid
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	large := text[:strings.Index(text, "‸")] + "}\n//" + strings.Repeat("x", 1<<20) // more than a pipe holds
	for range 10 {                                                                  // it may have said something before it was stopped, so three may not do
		if c.server.dead() {
			break
		}
		_, err := c.Complete(within(t, 50*time.Millisecond), "main.go", large, 0)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("got %v", err)
		}
	}
	_, items := complete(t, c, text)
	find(t, items, "Println")
	if c.server.cmd.Process.Pid == pid {
		t.Error("gopls was not replaced")
	}
}

func TestGivenUp(t *testing.T) {
	script := filepath.Join(t.TempDir(), "gopls")
	if err := os.WriteFile(script, []byte("#!/bin/sh\necho cannot work here >&2\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	c := New(Options{Dir: t.TempDir(), Find: func() (string, error) { return script, nil }})
	defer c.Close()
	for range 2 * maxFailures {
		_, err := c.Complete(within(t, guard), "main.go", "", 0)
		if err == nil {
			t.Fatal("a script completed")
		}
		if errors.Is(err, ErrGivenUp) {
			return
		}
		if !strings.Contains(err.Error(), "cannot work here") {
			t.Errorf("its last words are missing: %v", err)
		}
	}
	t.Error("it is started for ever")
}

// A killed kernel cannot end gopls, whether that has something to do or not.
func TestNoOrphan(t *testing.T) {
	if how := os.Getenv("GOPLS_TEST_HOLDER"); how != "" {
		holdClient(t, how == "busy")
	}
	realGopls(t)
	for _, how := range []string{"idle", "busy"} {
		t.Run(how, func(t *testing.T) {
			holder := exec.Command(os.Args[0], "-test.run=^TestNoOrphan$", "-test.v")
			// A cache of its own gives gopls much to do; gopls itself is still found.
			holder.Env = append(os.Environ(), "GOPLS_TEST_HOLDER="+how, "GOPLSCACHE="+t.TempDir())
			out, err := holder.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := holder.Start(); err != nil {
				t.Fatal(err)
			}
			pid := reportedPid(out)
			if err := holder.Process.Kill(); err != nil || pid == 0 {
				t.Fatalf("gopls is process %d, error %v", pid, err)
			}
			_ = holder.Wait() // it was killed
			awaitEnd(t, pid)
		})
	}
}

func reportedPid(out io.Reader) (pid int) {
	for lines := bufio.NewScanner(out); pid == 0 && lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), "gopls="); ok {
			pid, _ = strconv.Atoi(text)
		}
	}
	return pid
}

// holdClient is the process that will be killed.
func holdClient(t *testing.T, busy bool) {
	c := newClient(t)
	for busy && c.server == nil { // a context may end before gopls is started
		ctx := within(t, 300*time.Millisecond)
		_, err := c.Complete(ctx, "main.go", "package main\n\nimport (\n\t\"go/types\"\n\t\"net/http\"\n)\n\nvar _ http.Client\nvar _ types.Package\n", 0)
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
	}
	if !busy {
		complete(t, c, "package main\n\nimport \"fmt\"\n\nfunc main() { fmt.Printl‸ }\n")
	}
	os.Stdout.WriteString("\ngopls=" + strconv.Itoa(c.server.cmd.Process.Pid) + "\n")
	time.Sleep(guard)
}

func awaitEnd(t *testing.T, pid int) {
	t.Helper()
	for end := time.Now().Add(guard); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if syscall.Kill(pid, 0) != nil || zombie(pid) {
			return
		}
	}
	syscall.Kill(pid, syscall.SIGKILL)
	t.Error("gopls outlives the process that started it")
}

// zombie tells whether the process has ended and nobody in this container reaps orphans.
func zombie(pid int) bool {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	return err == nil && strings.Contains(string(stat), ") Z ")
}
