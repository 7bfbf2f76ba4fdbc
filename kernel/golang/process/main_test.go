//go:build unix

package process

import (
	"context"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/gemba-ml/gemba/kernel/wire"

	_ "github.com/janpfeifer/gonb/gonbui/widgets" // imported by the programs in testdata, of which go.mod does not know otherwise
)

func TestMain(m *testing.M) {
	if script := os.Getenv("GEMBA_TEST_KERNEL"); script != "" {
		kernel(script)
		return
	}
	code := m.Run()
	_ = os.RemoveAll(binaries)
	os.Exit(code)
}

// kernel is a kernel to be killed: it runs a script and says which folder is its own.
func kernel(script string) {
	r, err := New("")
	if err != nil {
		panic(err)
	}
	os.Stdout.WriteString(r.Dir() + "\n")
	if script, ok := strings.CutPrefix(script, "own "); ok {
		owned(r, script)
	}
	_, _ = r.Run(context.Background(), Spec{Path: "/bin/sh", Args: []string{"-c", script}, Rich: true}, echo{})
	select {}
}

// owned runs a script in a process group that the runner did not start. The script waits until the runner
// knows of it, as the test kills as soon as the script has said something.
func owned(r *Runner, script string) {
	cmd := exec.Command("/bin/sh", "-c", "read known; "+script)
	cmd.Stdout, cmd.SysProcAttr = os.Stdout, &syscall.SysProcAttr{Setpgid: true}
	known, err := cmd.StdinPipe()
	if err != nil {
		panic(err)
	}
	if err := cmd.Start(); err != nil {
		panic(err)
	}
	defer r.OwnGroup(cmd.Process.Pid)()
	if _, err := known.Write([]byte("\n")); err != nil {
		panic(err)
	}
	_ = cmd.Wait()
}

// echo is a front end that prints streams.
type echo struct{ nothing }

func (echo) Publish(_ wire.Type, content any, _ ...[]byte) {
	if s, ok := content.(wire.StreamContent); ok {
		os.Stdout.WriteString(s.Text)
	}
}

// nothing is a front end that is not there.
type nothing struct{}

func (nothing) Publish(wire.Type, any, ...[]byte) {}

func (nothing) Input(context.Context, string, bool) (string, error) { return "", wire.ErrNoStdin }
