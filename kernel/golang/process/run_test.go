//go:build unix

package process

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/kernel/wire"
)

func TestExit(t *testing.T) {
	for _, test := range []struct {
		script string
		want   Exit
	}{
		{"exit 0", Exit{}},
		{"exit 3", Exit{Code: 3}},
		{"kill -TERM $$", Exit{Code: 143, Signal: "terminated"}},
		{"echo oops >&2; exit 1", Exit{Code: 1, Stderr: []byte("oops\n")}},
	} {
		r := newRunner(t)
		_, got := run(t, r, sh(test.script))
		if got.Run <= 0 || got.MaxRSS < 0 {
			t.Errorf("%q: no figures: %+v", test.script, got)
		}
		got.Run, got.UserCPU, got.SystemCPU, got.MaxRSS = 0, 0, 0, 0
		if len(got.Stderr) == 0 {
			got.Stderr = nil
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%q: %s", test.script, diff)
		}
	}
}

// The memory told is the program's, not this process's.
func TestMemory(t *testing.T) {
	ballast := bytes.Repeat([]byte{1}, 100<<20)
	r := newRunner(t)
	_, small := run(t, r, sh("sleep 0.3"))
	_, quick := run(t, r, sh("true"))
	_, large := run(t, r, Spec{Path: testProgram(t, "stress"), Args: []string{"memory", "300"}})
	if small.MaxRSS <= 0 || small.MaxRSS > 20<<20 || quick.MaxRSS > 20<<20 || large.MaxRSS < 300<<20 || large.MaxRSS > 400<<20 {
		t.Errorf("%d MB of ballast here; small %d, quick %d, large %d bytes", len(ballast)>>20, small.MaxRSS, quick.MaxRSS, large.MaxRSS)
	}
}

func TestNoSuchProgram(t *testing.T) {
	r := newRunner(t)
	_, err := r.Run(t.Context(), Spec{Path: filepath.Join(t.TempDir(), "none"), Rich: true}, &front{})
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want one that says the file does not exist", err)
	}
	if left, _ := filepath.Glob(filepath.Join(r.Dir(), "*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestStreamsDirEnvCapture(t *testing.T) {
	r, dir := newRunner(t), t.TempDir()
	var capture bytes.Buffer
	spec := sh(`pwd; echo "$A" >&2; printf é | head -c 1; sleep 0.1; printf é | tail -c 1`)
	spec.Dir, spec.Env, spec.Capture = dir, append(os.Environ(), "A=b"), &capture
	f, _ := run(t, r, spec)
	if diff := cmp.Diff([]string{dir + "\né", "b\n"}, []string{f.stream("stdout"), f.stream("stderr")}); diff != "" {
		t.Error(diff)
	}
	if got := capture.String(); len(got) != len(dir)+1+2+2 {
		t.Errorf("captured %q", got)
	}
}

// TestNoTemporaryFolder: a session needs a folder, not the one that TMPDIR names.
func TestNoTemporaryFolder(t *testing.T) {
	t.Setenv("TMPDIR", "/dev/null")
	r := newRunner(t)
	if _, exit := run(t, r, Spec{Path: "/bin/echo", Rich: true}); !exit.OK() {
		t.Error(exit)
	}
}

func TestSilent(t *testing.T) {
	r := newRunner(t)
	var capture bytes.Buffer
	f, _ := run(t, r, Spec{Path: testProgram(t, "display"), Args: []string{"kinds"}, Rich: true, Silent: true, Capture: &capture})
	if said := f.messages(); len(said) > 0 {
		t.Errorf("published %v", said)
	}
	if got, want := capture.String(), "<b>html</b>*md*"; !strings.HasPrefix(got, want) {
		t.Errorf("captured %q, want it to begin with %q", got, want)
	}
}

func TestFloods(t *testing.T) {
	const n = 300_000
	var lines strings.Builder
	lines.WriteString("running\n")
	for i := range n {
		lines.WriteString(strconv.Itoa(i) + "\n")
	}
	for _, test := range []struct {
		kind string
		n    int
		want string
	}{
		{"big", 100, "running\n" + strings.Repeat("x", 100<<20)},
		{"small", n, lines.String()},
		{"buffered", n, lines.String()},
	} {
		t.Run(test.kind, func(t *testing.T) {
			f, exit := run(t, newRunner(t), Spec{Path: testProgram(t, "stress"), Args: []string{test.kind, strconv.Itoa(test.n)}})
			if !exit.OK() || f.stream("stdout") != test.want {
				t.Errorf("exit %+v, output of %d bytes is not what was printed (%d bytes)", exit, len(f.stream("stdout")), len(test.want))
			}
			t.Logf("%d messages in %v", len(f.messages()), exit.Run)
		})
	}
}

func TestInterrupt(t *testing.T) {
	stress := testProgram(t, "stress")
	for name, spec := range map[string]Spec{
		"loop":       {Path: stress, Args: []string{"loop"}},
		"syscall":    {Path: stress, Args: []string{"syscall"}},
		"goroutines": {Path: stress, Args: []string{"goroutines"}},
		"child":      {Path: stress, Args: []string{"child"}},
		"deaf":       {Path: stress, Args: []string{"deaf"}},
		"shell":      sh("echo running; sleep 100"),
		"children":   sh("trap '' INT; echo running; sleep 100 & sh -c 'sleep 100'; wait"),
		"background": sh("sleep 100 & echo $! running; wait"),
		"flood":      sh("echo running; yes"),
		"jobs":       {Path: "bash", Args: []string{"-c", "set -m; trap '' INT; sleep 100 & echo $! running; wait"}},
		"rich":       {Path: stress, Args: []string{"deaf"}, Rich: true},
		"asking":     {Path: "/bin/sh", Args: []string{"-c", "echo running; read x"}, Stdin: Stdin{Ask: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			interrupt(t, spec)
		})
	}
}

func interrupt(t *testing.T, spec Spec) {
	r, f := newRunner(t), &patient{}
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		f.has(t, "running")
		cancel()
	}()
	exit, err := r.Run(ctx, spec, f)
	if err != nil || !exit.Interrupted || exit.OK() {
		t.Errorf("exit %+v, error %v; want an interrupt", exit, err)
	}
	eventually(t, "the group's end", func() bool {
		r.groups.tidy()
		return len(r.groups.all) == 0
	})
	for _, word := range strings.Fields(f.stream("stdout")) {
		if pid, err := strconv.Atoi(word); err == nil {
			eventually(t, "the end of child "+word, func() bool { return !exists(pid) })
		}
	}
}

// patient never answers a question, and remembers only the begin of a flood: on a busy machine that goes on for long.
type patient struct {
	front
	kept atomic.Int64
}

func (p *patient) Publish(t wire.Type, content any, buffers ...[]byte) {
	if s, ok := content.(wire.StreamContent); ok && p.kept.Add(int64(len(s.Text))) > 1<<20 {
		return
	}
	p.front.Publish(t, content, buffers...)
}

func (p *patient) Input(ctx context.Context, _ string, _ bool) (string, error) {
	<-ctx.Done()
	return "", ctx.Err()
}

// A child in the background neither holds the cell nor dies of its output not being read.
func TestBackground(t *testing.T) {
	r, file := newRunner(t), filepath.Join(t.TempDir(), "alive")
	f, exit := run(t, r, sh(`(sleep 1; yes | head -c 300000; echo yes >`+file+`; sleep 100) & echo started`))
	if f.stream("stdout") != "started\n" || !exit.OK() || exit.Run > 60*time.Second {
		t.Errorf("got %q, %+v", f.stream("stdout"), exit)
	}
	if len(r.groups.all) != 1 {
		t.Errorf("groups %v, want the one in the background", r.groups.all)
	}
	eventually(t, "the child's file", func() bool { _, err := os.Stat(file); return err == nil })
	if f.stream("stdout") != "started\n" {
		t.Errorf("published after the cell's end: %q", f.stream("stdout"))
	}
}

func TestCloseKillsBackground(t *testing.T) {
	r, err := New("")
	if err != nil {
		t.Fatal(err)
	}
	f, _ := run(t, r, sh("sleep 100 >/dev/null 2>&1 & echo $!"))
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	pid, _ := strconv.Atoi(strings.TrimSpace(f.stream("stdout")))
	eventually(t, "the sleeper's end", func() bool { return !exists(pid) })
	if _, err := os.Stat(r.Dir()); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("folder %s: %v, want it gone", r.Dir(), err)
	}
}

var _ wire.Front = (*front)(nil)
