//go:build unix

package process

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gemba-ml/gemba/kernel/wire"
)

// front is a front end that remembers what is published.
type front struct {
	mu      sync.Mutex
	said    []message
	answers []string // to questions, in order; then the front end cannot be asked
	asked   []string
	react   func(wire.Type, any) // called for each message, may be nil
}

type message struct {
	Type    wire.Type
	Content any
}

func (f *front) Publish(t wire.Type, content any, _ ...[]byte) {
	f.mu.Lock()
	f.said = append(f.said, message{t, content})
	f.mu.Unlock()
	if f.react != nil {
		f.react(t, content)
	}
}

func (f *front) Input(ctx context.Context, prompt string, password bool) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, fmt.Sprint(prompt, password))
	if len(f.answers) == 0 {
		return "", wire.ErrNoStdin
	}
	answer := f.answers[0]
	f.answers = f.answers[1:]
	return answer, ctx.Err()
}

func (f *front) messages() []message {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]message(nil), f.said...)
}

// stream returns all text of a stream.
func (f *front) stream(name string) string {
	var b strings.Builder
	for _, m := range f.messages() {
		if s, ok := m.Content.(wire.StreamContent); ok && s.Name == name {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

// has waits for text on standard output.
func (f *front) has(t *testing.T, text string) {
	t.Helper()
	eventually(t, "output of "+text, func() bool { return strings.Contains(f.stream("stdout"), text) })
}

// shown returns the displays, each as its type and JSON content.
func (f *front) shown(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, m := range f.messages() {
		if d, ok := m.Content.(wire.Display); ok {
			b, err := json.Marshal(d)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, string(m.Type)+" "+string(b))
		}
	}
	return all
}

// eventually guards against hanging, it measures nothing.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !condition(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func newRunner(t *testing.T) *Runner {
	t.Helper()
	r, err := New("test-kernel")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

var (
	builds   sync.Mutex
	binaries = filepath.Join(os.TempDir(), fmt.Sprintf("gemba-process-test-%d", os.Getpid()))
)

// program builds a program of testdata once and returns its path.
func testProgram(t *testing.T, name string) string {
	t.Helper()
	builds.Lock()
	defer builds.Unlock()
	path := filepath.Join(binaries, name)
	if _, err := os.Stat(path); err == nil {
		return path
	}
	out, err := exec.Command("go", "build", "-ldflags=-s -w", "-o", path, "./testdata/"+name).CombinedOutput()
	if err != nil {
		t.Fatalf("build %s: %v\n%s", name, err, out)
	}
	return path
}

// run runs a program to its end, which it has to reach by itself.
func run(t *testing.T, r *Runner, spec Spec) (*front, Exit) {
	t.Helper()
	f := &front{}
	exit, err := r.Run(t.Context(), spec, f)
	if err != nil {
		t.Fatal(err)
	}
	return f, exit
}

func sh(script string) Spec { return Spec{Path: "/bin/sh", Args: []string{"-c", script}} }
