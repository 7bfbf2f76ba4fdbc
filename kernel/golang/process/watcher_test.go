//go:build unix

package process

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// exists reports whether a process exists and does not just wait to be buried.
func exists(pid int) bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return syscall.Kill(pid, 0) == nil && !errors.Is(err, fs.ErrNotExist)
	}
	_, state, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(state, "Z")
}

// Whatever ends the kernel, its programs, their children and its folders go with it.
func TestKernelKilled(t *testing.T) {
	for name, end := range map[string]syscall.Signal{"kill -9": syscall.SIGKILL, "SIGTERM": syscall.SIGTERM} {
		for what, script := range map[string]string{
			"running":    `echo $$; sleep 100 & echo $!; (sleep 100 & echo $!; wait); wait`,
			"background": `echo $$; sleep 100 & echo $!; sh -c 'trap "" INT TERM HUP; sleep 100' & echo $!`,
			"owned":      `own echo $$; sleep 100 & echo $!; sleep 100 & echo $!; wait`,
			"job groups": `exec bash -c "set -m; echo \$\$; sleep 100 & echo \$!; sleep 100 & echo \$!; wait"`,
		} {
			t.Run(name+" "+what, func(t *testing.T) {
				t.Parallel()
				killed(t, end, script)
			})
		}
	}
}

func killed(t *testing.T, end syscall.Signal, script string) {
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "GEMBA_TEST_KERNEL="+script)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for in := bufio.NewScanner(out); len(lines) < 4 && in.Scan(); {
		lines = append(lines, in.Text())
	}
	if len(lines) < 4 {
		t.Fatalf("the kernel said only %q", lines)
	}
	if err := syscall.Kill(-cmd.Process.Pid, end); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	for _, line := range lines[1:] {
		pid, err := strconv.Atoi(line)
		if err != nil {
			t.Fatal(err)
		}
		eventually(t, "the end of process "+line, func() bool { return !exists(pid) })
	}
	eventually(t, "the removal of "+lines[0], func() bool {
		_, err := os.Stat(lines[0])
		return errors.Is(err, fs.ErrNotExist)
	})
}
