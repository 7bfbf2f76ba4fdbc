//go:build unix

package cli

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// killings is how often the two tests of this file kill in all.
const killings = 200

// victims is a notebook with something to be killed in at each moment: a build, a Go program, a shell
// with children, output under way.
const victims = `{"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": {"name": "gemba", "language": "go", "display_name": "Go"}}, "cells": [
{"cell_type": "code", "id": "a", "metadata": {}, "execution_count": null, "outputs": [], "source": "!echo first"},
{"cell_type": "code", "id": "b", "metadata": {}, "execution_count": null, "outputs": [], "source": "for i := range 5 {\n\tfmt.Println(i)\n\ttime.Sleep(10 * time.Millisecond)\n}"},
{"cell_type": "code", "id": "c", "metadata": {}, "execution_count": null, "outputs": [], "source": "!for i in 1 2 3; do echo $i; sleep 0.03; done"},
{"cell_type": "code", "id": "d", "metadata": {}, "execution_count": null, "outputs": [], "source": "%%bash\n(sleep 0.05; echo child) &\nwait"},
{"cell_type": "code", "id": "e", "metadata": {}, "execution_count": null, "outputs": [], "source": "!echo last"}
]}`

// A scene is a folder with the notebook, a ledger and temporary files of its own.
type scene struct {
	*testing.T
	dir string
	env []string
}

func newScene(t *testing.T) *scene {
	t.Helper()
	s := &scene{T: t, dir: t.TempDir()}
	if err := os.WriteFile(filepath.Join(s.dir, "victims.ipynb"), []byte(victims), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(s.temp(), 0o755); err != nil {
		t.Fatal(err)
	}
	s.env = append(os.Environ(), "GEMBA_LEDGER="+filepath.Join(s.dir, "ledger"), "GEMBA_CONFIG="+filepath.Join(s.dir, "config"), "TMPDIR="+s.temp())
	return s
}

func (s *scene) temp() string { return filepath.Join(s.dir, "temp") }

// gemba prepares a command of this program.
func (s *scene) gemba(args ...string) *exec.Cmd {
	program, err := os.Executable()
	if err != nil {
		s.Fatal(err)
	}
	c := exec.Command(program, args...)
	c.Args[0] = "gemba" // what testscript.Main goes by
	c.Env, c.Dir = s.env, s.dir
	return c
}

var progressLine = regexp.MustCompile(`^\[\d+/\d+\].*  (ok|failed)  `)

// cells reads from the progress of a run how the cells ended that it told of, in the words of the ledger.
func cells(progress io.Reader) (ended []string) {
	words := map[string]string{"ok": "ok", "failed": "error"}
	for lines := bufio.NewScanner(progress); lines.Scan(); {
		if m := progressLine.FindStringSubmatch(lines.Text()); m != nil {
			ended = append(ended, words[m[1]])
		}
	}
	return ended
}

// recorded are the statuses of the cells of the newest session, in the order in which they ran.
func (s *scene) recorded() (statuses []string) {
	s.Helper()
	out, err := s.gemba("log", "--json", "-n", "5").Output()
	if err != nil {
		s.Fatalf("log: %v", err)
	}
	var rows []struct{ Session, Status string }
	if err := json.Unmarshal(out, &rows); err != nil {
		s.Fatal(err)
	}
	for _, r := range rows {
		if r.Session == rows[0].Session {
			statuses = append(statuses, r.Status)
		}
	}
	slices.Reverse(statuses)
	return statuses
}

func (s *scene) verifies() {
	s.Helper()
	if out, err := s.gemba("verify").CombinedOutput(); err != nil {
		s.Fatalf("verify: %v\n%s", err, out)
	}
}

// leftNothing wants no temporary folder, and so no process that would keep one, to remain for long.
func (s *scene) leftNothing() {
	s.Helper()
	var entries []os.DirEntry
	for range 3600 { // three minutes: a guard against hanging
		entries, _ = os.ReadDir(s.temp())
		entries = slices.DeleteFunc(entries, func(e os.DirEntry) bool { return !strings.HasPrefix(e.Name(), "gemba-") })
		if len(entries) == 0 {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	s.Errorf("temporary folders are left: %v", entries)
}

func TestKilledKernels(t *testing.T) {
	s := newScene(t)
	if out, err := s.gemba("run", "victims.ipynb").CombinedOutput(); err != nil { // so that there is a ledger to verify
		t.Fatalf("run: %v\n%s", err, out)
	}
	for i := range killings / 2 {
		c := s.gemba("run", "victims.ipynb")
		var progress bytes.Buffer
		c.Stderr = &progress
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.IntN(500)) * time.Millisecond)
		_ = c.Process.Kill() // it may have ended by itself
		_ = c.Wait()
		s.verifies()
		s.judge(i, cells(&progress))
	}
	s.leftNothing()
}

// judge compares what a killed run had told with what is recorded: all that it told of, and at most one more
// that it had finished or was cut in.
func (s *scene) judge(round int, told []string) {
	s.Helper()
	if len(told) == 0 {
		return // it may not even have opened its journal
	}
	statuses := s.recorded()
	if len(statuses) < len(told) || !slices.Equal(statuses[:len(told)], told) || len(statuses) > len(told)+2 {
		s.Fatalf("round %d: told %v, recorded %v", round, told, statuses)
	}
	for i, status := range statuses[len(told):] {
		if status != "ok" && (status != "cut" || i != len(statuses)-len(told)-1) {
			s.Errorf("round %d: told %v, recorded %v", round, told, statuses)
		}
	}
}

func TestKilledCells(t *testing.T) {
	s := newScene(t)
	for i := range killings / 2 {
		c := s.gemba("run", "--allow-errors", "victims.ipynb")
		var progress bytes.Buffer
		c.Stderr = &progress
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Duration(rand.IntN(400)) * time.Millisecond)
		killOffspring(c.Process.Pid)
		if err := c.Wait(); err != nil {
			t.Fatalf("round %d: the kernel ended too: %v\n%s", i, err, progress.String())
		}
		told := cells(&progress)
		if statuses := s.recorded(); len(told) != 5 || !slices.Equal(statuses, told) {
			t.Fatalf("round %d: told %v, recorded %v\n%s", i, told, statuses, progress.String())
		}
	}
	s.verifies()
	s.leftNothing()
}

// killOffspring kills the descendants of a process that run now, except its watcher.
func killOffspring(pid int) {
	for _, child := range children(pid) {
		if line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", child)); !bytes.Contains(line, []byte("gemba-watcher")) {
			killOffspring(child)
			_ = syscall.Kill(child, syscall.SIGKILL)
		}
	}
}

// children lists the child processes of all threads of a process; see proc(5), "children".
func children(pid int) (list []int) {
	files, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, file := range files {
		text, _ := os.ReadFile(file)
		for _, field := range strings.Fields(string(text)) {
			if child, err := strconv.Atoi(field); err == nil {
				list = append(list, child)
			}
		}
	}
	return list
}
