//go:build unix

package cli

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	ossignal "os/signal"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel/kerneltest"
)

// newExec returns a scene whose ledger and temporary files do not lie in the folder where programs run.
func newExec(t *testing.T) *scene {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &scene{T: t, dir: filepath.Join(root, "work")}
	for _, name := range []string{"work", "temp", "home"} {
		if err := os.Mkdir(filepath.Join(root, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	s.env = append(os.Environ(), "GEMBA_LEDGER="+filepath.Join(root, "ledger"), "GEMBA_CONFIG="+filepath.Join(root, "config"),
		"TMPDIR="+filepath.Join(root, "temp"), "HOME="+filepath.Join(root, "home"), "XDG_CACHE_HOME="+filepath.Join(root, "cache"), "PYTHONPATH=", "GEMBA_USAGE=off")
	t.Cleanup(func() {
		if left, _ := filepath.Glob(filepath.Join(root, "temp", "gemba-exec-*")); len(left) > 0 && !strings.Contains(t.Name(), "Kill") {
			t.Errorf("%q were left behind", left)
		}
	})
	return s
}

// told runs gemba to its end and returns what it printed on both streams, and its exit status.
func (s *scene) told(args ...string) (out, complaints string, status int) {
	s.Helper()
	c := s.gemba(args...)
	var o, e bytes.Buffer
	c.Stdout, c.Stderr = &o, &e
	err := c.Run()
	if c.ProcessState == nil {
		s.Fatal(err)
	}
	return o.String(), e.String(), c.ProcessState.ExitCode()
}

// shown is what the ledger says of the only cell.
func (s *scene) shown() string {
	s.Helper()
	out, complaints, _ := s.told("log", "--json", "--cells", "-n", "2")
	var cells []struct{ ID string }
	if err := json.Unmarshal([]byte(out), &cells); err != nil || len(cells) != 1 {
		s.Fatalf("%d cells, %v: %s%s", len(cells), err, out, complaints)
	}
	shown, complaints, status := s.told("show", cells[0].ID)
	if status != 0 {
		s.Fatal(complaints)
	}
	return shown
}

// says checks what is recorded against patterns, line by line.
func (s *scene) says(patterns ...string) {
	s.Helper()
	shown := s.shown()
	for _, p := range patterns {
		if !regexp.MustCompile(`(?m)^\s*` + p).MatchString(shown) {
			s.Errorf("the record does not say %s:\n%s", p, shown)
		}
	}
}

// pythonPath is that of an interpreter.
func pythonPath(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("python3")
	if err != nil {
		kerneltest.Lacking(t, "python3 is not installed")
	}
	return path
}

func (s *scene) write(name, text string) string {
	s.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		s.Fatal(err)
	}
	return path
}

func sum(text string) string { return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(text))) }

// TestExecPython: what Python processes open is recorded, also that of those which the program starts, and what they log.
func TestExecPython(t *testing.T) {
	s := newExec(t)
	outside := filepath.Join(t.TempDir(), "outside.csv")
	if err := os.WriteFile(outside, []byte("far"), 0o644); err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond) // a file that changes shortly before the program may have been changed by it: times count in steps
	s.write("a.csv", "1,2\n")
	s.write("part.py", "open('b.csv', 'w').write('of a child')\n")
	s.write("train.py", strings.Join([]string{
		"import gemba, random, subprocess, sys", "random.seed(7)", "open('a.csv').read()", "open(" + fmt.Sprintf("%q", outside) + ").read()",
		"subprocess.run([sys.executable, '-m', 'part'], check=True)", "gemba.param('lr', 0.5)", "for i in range(3): gemba.metric('loss', 1 / (i + 1), i)",
		"print('trained', flush=True)", "sys.exit(3)"}, "\n"))
	out, complaints, status := s.told("exec", "--", pythonPath(t), "train.py", "--lr", "0.5")
	if out != "trained\n" || complaints != "" || status != 3 {
		t.Errorf("said %q, %q, exit status %d", out, complaints, status)
	}
	s.says("status +error", "notebook .*/train.py", "seeds +random.seed 7", "read +.*/work/a.csv +4 B +"+sum("1,2\n"), "read +.*/outside.csv +3 B +"+sum("far"),
		"(created|wrote) +.*/work/b.csv +10 B +"+sum("of a child"), "started +.* -m part", "engine +python", "trained", ".*exit status 3")
	s.logged("train.py", "failed")
}

// logged checks what the program has logged to its run.
func (s *scene) logged(name, status string) {
	s.Helper()
	out, _, _ := s.told("sql", "SELECT name, status, (SELECT value FROM params WHERE key = 'lr'), (SELECT count(*) FROM metrics) FROM runs")
	if want := regexp.MustCompile(name + `\s+` + status + `\s+0\.5\s+`); !want.MatchString(out) {
		s.Errorf("its run is\n%s", out)
	}
}

// TestExecGo: a program that logs with the Go package.
func TestExecGo(t *testing.T) {
	s := newExec(t)
	if out, complaints, status := s.told("exec", "tracks"); out+complaints != "" || status != 0 {
		t.Errorf("said %q, %q, exit status %d", out, complaints, status)
	}
	s.says("status +ok", "engine +tracks")
	s.logged("tracks", "finished")
}

// terminal is what a program says on a terminal, which is read all the time.
type terminal struct {
	*os.File
	mu   sync.Mutex
	text strings.Builder
	over chan struct{}
}

func onTerminal(t *testing.T, c *exec.Cmd) *terminal {
	t.Helper()
	f, err := pty.StartWithSize(c, &pty.Winsize{Rows: 17, Cols: 71})
	if err != nil {
		kerneltest.Lacking(t, "no terminal can be opened: "+err.Error())
	}
	w := &terminal{File: f, over: make(chan struct{})}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = f.Close() })
	go func() {
		defer close(w.over)
		buf := make([]byte, 4096)
		for {
			n, err := f.Read(buf)
			w.mu.Lock()
			w.text.Write(buf[:n])
			w.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	return w
}

func (w *terminal) said() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

func (w *terminal) await(t *testing.T, text string) {
	t.Helper()
	for end := time.Now().Add(3 * time.Minute); !strings.Contains(w.said(), text); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("it did not say %q but %q", text, w.said())
		}
	}
}

const whichAreTerminals = `for i in 0 1 2; do test -t $i && echo $i yes >&3 || echo $i no >&3; done; `

// TestExecTerminal: a program on a terminal sees that terminal, and its size, and reads from it.
func TestExecTerminal(t *testing.T) {
	s := newExec(t)
	program := filepath.Join(s.dir, "program")
	s.write("program", `exec 3>seen; `+whichAreTerminals+`stty size <&1; printf 'a\nb\n\033[1mc\033[0m\n'; read x; echo "got $x"; exec 4<&1; trap 'test "$(stty size <&4)" = "17 71" || { stty size <&4; exit 4; }' WINCH; echo ready; while :; do sleep 0.01; done`)
	c := s.gemba("exec", "sh", program)
	w := onTerminal(t, c)
	w.await(t, "c\x1b[0m\r\n")
	if _, err := io.WriteString(w, "typed\r"); err != nil {
		t.Fatal(err)
	}
	w.await(t, "ready")
	if err := pty.Setsize(w.File, &pty.Winsize{Rows: 23, Cols: 99}); err != nil {
		t.Fatal(err)
	}
	w.await(t, "23 99")
	_ = c.Wait()
	<-w.over
	seen, _ := os.ReadFile(filepath.Join(s.dir, "seen"))
	if diff := cmp.Diff("0 yes\n1 yes\n2 yes\n", string(seen)); diff != "" {
		t.Error(diff)
	}
	if want := "17 71\r\na\r\nb\r\n\x1b[1mc\x1b[0m\r\ntyped\r\ngot typed\r\nready\r\n23 99\r\n"; w.said() != want || c.ProcessState.ExitCode() != 4 {
		t.Errorf("said %q, want %q; %v", w.said(), want, c.ProcessState)
	}
	s.says("got typed")
}

// TestExecPipe: what is no terminal for gemba is none for the program.
func TestExecPipe(t *testing.T) {
	s := newExec(t)
	c := s.gemba("exec", "sh", "-c", "exec 3>seen; "+whichAreTerminals+"echo piped")
	var out bytes.Buffer
	c.Stdout = &out
	w := onTerminal(t, c)
	err := c.Wait()
	<-w.over
	seen, _ := os.ReadFile(filepath.Join(s.dir, "seen"))
	if diff := cmp.Diff("0 yes\n1 no\n2 yes\n", string(seen)); diff != "" || out.String() != "piped\n" || err != nil || w.said() != "" {
		t.Errorf("%s said %q, on the terminal %q; %v", diff, out.String(), w.said(), err)
	}
}

// TestExecCtrlC: a key's signal comes once, to the program and to what it started, and the record says who ended it.
func TestExecCtrlC(t *testing.T) {
	s := newExec(t)
	c := s.gemba("exec", "sh", "-c", `trap 'echo caught; n=$((n+1))' INT; sh -c 'echo ready; exec sleep 300'; sleep 0.2; echo $n times; exit 9`)
	w := onTerminal(t, c)
	w.await(t, "ready\r\n")
	if _, err := w.Write([]byte{3}); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	<-w.over
	if !strings.HasSuffix(w.said(), "caught\r\n1 times\r\n") || c.ProcessState.ExitCode() != 9 {
		t.Errorf("said %q; %v", w.said(), c.ProcessState)
	}
	s.says("status +interrupted", ".*SIGINT", "1 times")
}

// TestExecSignals: without a terminal, signals reach the program and what it started, and the record says which it was.
func TestExecSignals(t *testing.T) {
	for signal, status := range map[syscall.Signal]int{syscall.SIGTERM: 143, syscall.SIGHUP: 129, syscall.SIGINT: 130} {
		t.Run(signalName(signal), func(t *testing.T) {
			if ossignal.Ignored(signal) {
				t.Skip("this process was started to ignore it, as by nohup, and so is what it starts")
			}
			s := newExec(t)
			c := s.gemba("exec", "sh", "-c", `sleep 300 & echo $! >pid; echo ready; wait`)
			c.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
			if signal == syscall.SIGINT { // a shell has its background ignore it
				c.Args[len(c.Args)-1], status = `trap 'kill $!; exit 5' INT; sleep 300 & echo $! >pid; echo ready; wait`, 5
			}
			s.ready(c)
			if err := c.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			_ = c.Wait()
			if c.ProcessState.ExitCode() != status {
				t.Errorf("exit status %d, want %d", c.ProcessState.ExitCode(), status)
			}
			s.gone("pid")
			s.says("status +interrupted", ".*"+signalName(signal))
		})
	}
}

// ready starts a program that says "ready", and waits until it has.
func (s *scene) ready(c *exec.Cmd) {
	s.Helper()
	out, err := c.StdoutPipe()
	if err != nil || c.Start() != nil {
		s.Fatal(err)
	}
	s.Cleanup(func() { _ = c.Process.Kill() })
	if _, err := io.ReadFull(out, make([]byte, len("ready\n"))); err != nil {
		s.Fatal(err)
	}
}

// gone waits until a process does not run any more.
func (s *scene) gone(file string) {
	s.Helper()
	text, err := os.ReadFile(filepath.Join(s.dir, file))
	if err != nil {
		s.Fatal(err)
	}
	var pid int
	_, _ = fmt.Sscan(string(text), &pid)
	for end := time.Now().Add(3 * time.Minute); syscall.Kill(pid, 0) == nil; time.Sleep(5 * time.Millisecond) {
		if stat, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid)); bytes.Contains(stat, []byte(") Z ")) {
			return // nobody buries it here
		}
		if time.Now().After(end) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
			s.Fatalf("process %d goes on", pid)
		}
	}
}

// TestExecKilled: when gemba is killed the program goes on, and what was recorded stays.
func TestExecKilled(t *testing.T) {
	s := newExec(t)
	c := s.gemba("exec", "sh", "-c", `echo re""ady; read x; echo more >after; echo nobody listens; echo never >never`)
	in, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stdin = in
	s.ready(c)
	for end := time.Now().Add(3 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
		if out, _, _ := s.told("log", "--json", "--cells"); strings.Contains(out, `"status": "running"`) && strings.Contains(s.shown(), "ready") || time.Now().After(end) {
			break
		}
	}
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.Wait()
	if _, err := io.WriteString(write, "on\n"); err != nil {
		t.Error(err)
	}
	defer func() { _, _ = in.Close(), write.Close() }()
	for end := time.Now().Add(3 * time.Minute); !exists(filepath.Join(s.dir, "after")) && time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
	}
	if !exists(filepath.Join(s.dir, "after")) || exists(filepath.Join(s.dir, "never")) {
		t.Error("the program did not go on until it said something")
	}
	s.says("status +cut", "ready")
	if out, _, status := s.told("verify"); status != 0 {
		t.Error(out)
	}
}

// TestExecFlood: however much a program says, little of it is in memory.
func TestExecFlood(t *testing.T) {
	s := newExec(t)
	const size = 300_000_000
	c := s.gemba("exec", "head", "-c", fmt.Sprint(size), "/dev/zero")
	out, err := c.StdoutPipe()
	if err != nil || c.Start() != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, out)
	if waited := c.Wait(); n != size || err != nil || waited != nil {
		t.Errorf("%d bytes, %v, %v", n, err, waited)
	}
	if most := peakOf(c.ProcessState.SysUsage()); most > 900<<20 {
		t.Errorf("gemba took %s of memory", humanBytes(most))
	}
	s.says("status +ok", "output .*")
}

// TestExecTwoAtOnce: programs do not wait for each other.
func TestExecTwoAtOnce(t *testing.T) {
	s := newExec(t)
	var work sync.WaitGroup
	for _, pair := range [][2]string{{"a", "b"}, {"b", "a"}} {
		work.Go(func() {
			c := s.gemba("exec", "sh", "-c", fmt.Sprintf("echo >%s; until test -e %s; do sleep 0.01; done", pair[0], pair[1]))
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	work.Wait()
	if out, _, _ := s.told("log"); strings.Count(out, " ok ") != 2 {
		t.Error(out)
	}
	if out, _, status := s.told("verify"); status != 0 {
		t.Error(out)
	}
}

func TestCommandLine(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"train.py", "main.go", "run.sh", "data.csv"} {
		if err := os.WriteFile(name, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		words                          []string
		source, language, script, name string
	}{
		{[]string{"python", "-u", "train.py", "it's"}, `python -u train.py 'it'\''s'`, "python", "train.py", "train.py"},
		{[]string{"/usr/bin/python3.12", "-m", "pkg.train", "train.py"}, "/usr/bin/python3.12 -m pkg.train train.py", "python", "", "pkg.train"},
		{[]string{"python3", "-c", "print(1)", "train.py"}, "python3 -c 'print(1)' train.py", "python", "", "python3"},
		{[]string{"go", "run", "main.go"}, "go run main.go", "go", "main.go", "main.go"},
		{[]string{"go", "run", "."}, "go run .", "go", "", "go"},
		{[]string{"go", "version"}, "go version", "go", "", "go"},
		{[]string{"uv", "run", "train.py"}, "uv run train.py", "uv", "train.py", "train.py"},
		{[]string{"./run.sh", "%x", "", "a b", "é"}, "./run.sh '%x' '' 'a b' 'é'", "run.sh", "./run.sh", "run.sh"},
		{[]string{"sort", "data.csv", "none.py"}, "sort data.csv none.py", "sort", "", "sort"},
	} {
		c := commandLine(test.words)
		got := []string{c.String(), c.language(), c.script(), c.title()}
		if diff := cmp.Diff([]string{test.source, test.language, test.script, test.name}, got); diff != "" {
			t.Errorf("%q (-want +got):\n%s", test.words, diff)
		}
	}
}

func TestTranscript(t *testing.T) {
	var told []string
	s := newTranscript(func(stream, text string) { told = append(told, stream+" "+text) })
	for _, said := range [][2]string{{"stdout", "a"}, {"stdout", "b\xc3"}, {"stderr", "c\xff"}, {"stdout", "\xa9\xe2\x82"}, {"stderr", "\xe2"}} {
		s.add(said[0], []byte(said[1]))
	}
	s.close()
	s.add("stdout", []byte("late"))
	want := []string{"stdout ab", "stderr c\ufffd", "stdout é", "stdout \ufffd\ufffd", "stderr \ufffd"}
	if diff := cmp.Diff(want, told); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// peakOf returns the most memory in bytes that the usage of a process tells.
func peakOf(usage any) int64 {
	u, ok := usage.(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" || runtime.GOOS == "ios" {
		return int64(u.Maxrss)
	}
	return int64(u.Maxrss) << 10
}
