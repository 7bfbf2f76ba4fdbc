package cli

import (
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// glob checks how many entries, hidden ones too, a folder has: glob DIR N.
func glob(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	entries, err := os.ReadDir(ts.MkAbs(args[0]))
	ts.Check(err)
	if len(entries) != want {
		ts.Fatalf("%s has %d entries, want %d: %v", args[0], len(entries), want, entries)
	}
}

// await waits until a file is there: await FILE, where * stands for any name.
func await(ts *testscript.TestScript, _ bool, args []string) { until(ts, args[0], true) }

// vanish waits until a file is not there any more: vanish FILE.
func vanish(ts *testscript.TestScript, _ bool, args []string) { until(ts, args[0], false) }

func until(ts *testscript.TestScript, file string, there bool) {
	found := func() bool { names, _ := filepath.Glob(ts.MkAbs(file)); return len(names) > 0 }
	for deadline := time.Now().Add(3 * time.Minute); found() != there; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			ts.Fatalf("%s there: %t, want %t", file, !there, there)
		}
	}
}

// terminate sends SIGTERM to what runs in the background; interrupts come first and must not end it.
func terminate(ts *testscript.TestScript, _ bool, _ []string) {
	for _, c := range ts.BackgroundCmds() {
		ts.Check(c.Process.Signal(syscall.SIGINT))
		ts.Check(c.Process.Signal(syscall.SIGTERM))
	}
}
