package observe

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
)

// TestProgram: what a program opens is read or written, whatever becomes of it.
func TestProgram(t *testing.T) {
	for _, test := range []struct {
		name string
		do   func(l *lab, seen *tracker.Seen)
		want []string
	}{
		{"read", func(l *lab, seen *tracker.Seen) { l.open(seen, "a.csv") }, []string{`read a.csv "b\na\n" -> "b\na\n"`}},
		{"created", func(l *lab, seen *tracker.Seen) { l.open(seen, "new"); l.write("new", "n") }, []string{`written+created new -> "n"`}},
		{"changed", func(l *lab, seen *tracker.Seen) { l.open(seen, "a.csv"); l.write("a.csv", "c") }, []string{`written a.csv ? -> "c"`}},
		{"removed", func(l *lab, seen *tracker.Seen) { l.open(seen, "a.csv"); os.Remove(l.path("a.csv")) }, []string{`written+removed a.csv ?`}},
		{"temporary", func(l *lab, seen *tracker.Seen) { l.open(seen, "t"); l.write("t", "t"); os.Remove(l.path("t")) }, []string{`absent t`}},
		{"folder", func(l *lab, seen *tracker.Seen) { l.open(seen, "sub") }, []string{`folder sub`}},
		{"link and file", func(l *lab, seen *tracker.Seen) {
			l.open(seen, "link.csv")
			l.open(seen, "a.csv")
		}, []string{`read link.csv is a.csv "b\na\n" -> "b\na\n"`, `read a.csv "b\na\n" -> "b\na\n"`}},
		{"no data", func(l *lab, seen *tracker.Seen) {
			for _, path := range []string{"/usr/lib/x/data", "/etc/hosts", l.path(".git/config"), l.path("x/.gemba/format"), "/proc/self/stat", l.path("lib.so.1"), l.path("a.ipynb")} {
				seen.Opened = append(seen.Opened, tracker.Opened{Path: path, Existed: true})
			}
		}, nil},
		{"twice", func(l *lab, seen *tracker.Seen) {
			l.open(seen, "a.csv")
			l.open(seen, "./a.csv")
			l.open(seen, "sub/../a.csv")
		}, []string{`read a.csv "b\na\n" -> "b\na\n"`}},
		{"read and rewritten", func(l *lab, seen *tracker.Seen) {
			l.open(seen, "a.csv")
			l.open(seen, "a.csv")
			l.write("a.csv", "c")
		}, []string{`read+written a.csv ? -> "c"`}},
		{"written twice", func(l *lab, seen *tracker.Seen) {
			l.open(seen, "a.csv")
			l.write("a.csv", "c")
			l.open(seen, "a.csv")
			l.write("a.csv", "cd")
		}, []string{`written a.csv ? -> "cd"`}},
		{"unlooked", func(l *lab, seen *tracker.Seen) {
			l.write("sub/s.csv", "new")
			for _, name := range []string{"a.csv", "sub/s.csv"} {
				seen.Opened = append(seen.Opened, tracker.Opened{Path: l.path(name), Unlooked: true})
			}
		}, []string{`read a.csv "b\na\n" -> "b\na\n"`, `written sub/s.csv ? -> "new"`}},
		{"too large", func(l *lab, seen *tracker.Seen) { l.open(seen, "large"); l.write("large", strings.Repeat("x", 1001)) },
			[]string{"written+created large -> " + hashOf(strings.Repeat("x", 1001)) + " (larger than 1 kB)"}},
		{"strange name", func(l *lab, seen *tracker.Seen) { l.open(seen, "new\nline\xff"); l.write("new\nline\xff", "n") },
			[]string{"written+created new\nline\xff -> \"n\""}},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := newLab(t, func(o *Options) { o.Notebook = filepath.Join(o.Dir, "a.ipynb") })
			if err := os.Symlink("a.csv", l.path("link.csv")); err != nil {
				t.Skip(err)
			}
			d, told := l.cell("", func(seen *tracker.Seen) { test.do(l, seen) })
			if diff := cmp.Diff(test.want, l.lines(d)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			if told.Missing != "" {
				t.Errorf("missing: %s", told.Missing)
			}
		})
	}
}

// TestChildren: what a child process does in the work tree is told of, and nothing else.
func TestChildren(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells what changes in a folder")
	}
	for _, test := range []struct {
		name, script string
		want         []string
	}{
		{"sort", "sort a.csv > b.csv", []string{`read a.csv "b\na\n" -> "b\na\n"`, `written+created b.csv -> "a\nb\n"`}},
		{"replace", "sort a.csv > t; mv t a.csv", []string{`read+written a.csv ? -> "a\nb\n"`, `absent t`}},
		{"new folder", "mkdir -p new/deep; echo x > new/deep/x; cat new/deep/x", []string{`read+written+created new/deep/x -> "x\n"`}},
		{"removed", "rm a.csv; rm -r sub", []string{`written+removed a.csv ?`, `written+removed sub/s.csv ?`}},
		{"moved folder", "mv sub moved", []string{`written+created moved/s.csv -> "s\n"`, `removed+folder sub`}},
		{"moved folder, watched on", "mv sub moved; echo x > moved/y", []string{`written+created moved/s.csv -> "s\n"`, `written+created moved/y -> "x\n"`, `removed+folder sub`}},
		{"left out", "mkdir .git __pycache__; echo x > .git/x; echo x > __pycache__/x; cat sub/s.csv", []string{`read sub/s.csv "s\n" -> "s\n"`}},
		{"opened for writing, not written", ": >> a.csv", nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := newLab(t)
			d, told := l.cell("!"+test.script, func(seen *tracker.Seen) { l.sh(seen, test.script) })
			if diff := cmp.Diff(test.want, l.lines(d)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
			if told.Missing != "" {
				t.Errorf("missing: %s", told.Missing)
			}
		})
	}
}

// TestBefore: the version before a change is known from earlier cells, or from the baseline, and said to be unknown when
// somebody else has changed the file since.
func TestBefore(t *testing.T) {
	change := func(l *lab, text string) []string {
		d, _ := l.cell("", func(seen *tracker.Seen) { l.open(seen, "a.csv"); l.write("a.csv", text) })
		return l.lines(d)
	}
	l := newLab(t)
	got := slices.Concat(change(l, "1"), change(l, "2"))
	l.write("a.csv", "by another")
	got = append(got, change(l, "3")...)
	want := []string{`written a.csv ? -> "1"`, `written a.csv "1" -> "2"`, `written a.csv ? -> "3"`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("by a program (-want +got):\n%s", diff)
	}
	l = newLab(t, func(o *Options) { o.Baseline = 0 })
	time.Sleep(2 * tick)
	l.library.foresee(t.Context(), l.path("a.csv"), l.leisure) // which was too young for the baseline
	if diff := cmp.Diff([]string{"written a.csv " + hashOf("b\na\n") + ` -> "1"`}, change(l, "1")); diff != "" {
		t.Errorf("from the baseline (-want +got):\n%s", diff)
	}
}

// TestBeforeOfChildren is the same for what a child process changes.
func TestBeforeOfChildren(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells what changes in a folder")
	}
	l := newLab(t)
	change := func(text string) []string {
		d, _ := l.cell("!", func(seen *tracker.Seen) { l.sh(seen, "echo "+text+" > a.csv") })
		return l.lines(d)
	}
	got := slices.Concat(change("1"), change("2"))
	l.write("a.csv", "by another")
	got = append(got, change("3")...)
	want := []string{`written a.csv ? -> "1\n"`, `written a.csv "1\n" -> "2\n"`, `written a.csv ? -> "3\n"`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestAtomicReplace: a program without children that renames what it wrote is seen to have written the final name.
func TestAtomicReplace(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells what changes in a folder")
	}
	l := newLab(t)
	d, _ := l.cell("", func(seen *tracker.Seen) {
		l.open(seen, "b.tmp")
		l.write("b.tmp", "b")
		l.write("by another", "x")
		if err := os.Rename(l.path("b.tmp"), l.path("b.parquet")); err != nil {
			t.Fatal(err)
		}
	})
	if diff := cmp.Diff([]string{"absent b.tmp", `written b.parquet ? -> "b"`}, l.lines(d)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestNames: what a program without children removes and renames is told of, and not what somebody else does meanwhile
// with files of his own.
func TestNames(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells what changes in a folder")
	}
	for _, test := range []struct {
		name string
		do   func(l *lab, seen *tracker.Seen)
		want []string
	}{
		{"removed", func(l *lab, _ *tracker.Seen) { os.Remove(l.path("a.csv")) }, []string{`written+removed a.csv "b\na\n"`}},
		{"removed with its folder", func(l *lab, _ *tracker.Seen) { os.RemoveAll(l.path("sub")) }, []string{`written+removed sub/s.csv ?`}},
		{"renamed", func(l *lab, _ *tracker.Seen) { os.Rename(l.path("a.csv"), l.path("b.csv")) },
			[]string{`written+removed a.csv "b\na\n"`, `written b.csv ? -> "b\na\n"`}},
		{"renamed over another", func(l *lab, _ *tracker.Seen) { os.Rename(l.path("sub/s.csv"), l.path("a.csv")) },
			[]string{`written a.csv "b\na\n" -> "s\n"`, `written+removed sub/s.csv ?`}},
		{"read, then removed", func(l *lab, seen *tracker.Seen) {
			l.open(seen, "a.csv")
			os.Remove(l.path("a.csv"))
		}, []string{`written+removed a.csv "b\na\n"`}},
		{"renamed folder", func(l *lab, _ *tracker.Seen) { os.Rename(l.path("sub"), l.path("moved")) },
			[]string{`written+created moved/s.csv -> "s\n"`, `removed+folder sub`}},
		{"an editor saves", func(l *lab, _ *tracker.Seen) {
			l.write(".a.swp", "edited")
			os.Rename(l.path(".a.swp"), l.path("a.csv"))
		}, nil},
		{"others' files come and go", func(l *lab, _ *tracker.Seen) {
			l.write("t", "t")
			l.write("sub/s.csv", "by another")
			os.Remove(l.path("t"))
		}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			l := newLab(t)
			l.cell("", func(seen *tracker.Seen) { l.open(seen, "a.csv") }) // its digest is known from then on
			d, told := l.cell("", func(seen *tracker.Seen) { test.do(l, seen) })
			if diff := cmp.Diff(test.want, l.lines(d)); diff != "" || told.Missing != "" {
				t.Errorf("files (-want +got):\n%s\nmissing: %s", diff, told.Missing)
			}
		})
	}
}

// TestForgottenBefore: what somebody else changes while a cell runs is not what a later cell removes, as far as is known.
func TestForgottenBefore(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells what changes in a folder")
	}
	l := newLab(t)
	l.cell("", func(seen *tracker.Seen) { l.open(seen, "a.csv") })
	l.cell("", func(*tracker.Seen) { l.write("a.csv", "by another") })
	d, _ := l.cell("", func(*tracker.Seen) { os.Remove(l.path("a.csv")) })
	if diff := cmp.Diff([]string{"written+removed a.csv ?"}, l.lines(d)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestCellsOneAfterTheOther: each cell gets its own changes, though they are looked at later.
func TestCellsOneAfterTheOther(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells what changes in a folder")
	}
	l := newLab(t)
	time.Sleep(2 * tick)
	var finished []tracker.CellFinished
	for i := range 5 {
		e := tracker.CellFinished{Execution: tracker.NewID()}
		l.Started(tracker.CellStarted{Execution: e.Execution, Time: time.Now(), Source: "!"})
		l.sh(&e.Seen, fmt.Sprintf("cat a.csv > out%d", i))
		e.Time = time.Now()
		finished = append(finished, e)
	}
	for i, e := range finished {
		told, err := l.Observe(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		d, _ := Parse(told.Observed)
		want := []string{`read a.csv "b\na\n" -> "b\na\n"`, fmt.Sprintf(`written+created out%d -> "b\na\n"`, i)}
		if diff := cmp.Diff(want, l.lines(d)); diff != "" || told.Missing != "" {
			t.Errorf("cell %d (-want +got):\n%s\nmissing: %s", i, diff, told.Missing)
		}
	}
}

// TestNextCellStartsMeanwhile: a cell that starts while the one before it is about to be looked at keeps its own changes.
func TestNextCellStartsMeanwhile(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells what changes in a folder")
	}
	l := newLab(t)
	time.Sleep(2 * tick)
	first, second := tracker.CellFinished{Execution: tracker.NewID()}, tracker.CellFinished{Execution: tracker.NewID()}
	l.Started(tracker.CellStarted{Execution: first.Execution, Time: time.Now(), Source: "!"})
	l.sh(&first.Seen, "cat a.csv > one")
	first.Time = time.Now().Add(200 * time.Millisecond) // so long Observe waits at least
	done := make(chan tracker.FilesObserved)
	go func() {
		told, err := l.Observe(t.Context(), first)
		if err != nil {
			t.Error(err)
		}
		done <- told
	}()
	for waits := true; waits; time.Sleep(time.Millisecond) {
		l.mu.Lock()
		waits = len(l.starts) > 0
		l.mu.Unlock()
	}
	l.Started(tracker.CellStarted{Execution: second.Execution, Time: time.Now(), Source: "!"})
	l.sh(&second.Seen, "cat one > two")
	second.Time = time.Now()
	check := func(told tracker.FilesObserved, want ...string) {
		t.Helper()
		d, _ := Parse(told.Observed)
		if diff := cmp.Diff(want, l.lines(d)); diff != "" || told.Missing != "" {
			t.Errorf("(-want +got):\n%s\nmissing: %s", diff, told.Missing)
		}
	}
	check(<-done, `read a.csv "b\na\n" -> "b\na\n"`, `written+created one -> "b\na\n"`)
	told, err := l.Observe(t.Context(), second)
	if err != nil {
		t.Fatal(err)
	}
	check(told, `read one "b\na\n" -> "b\na\n"`, `written+created two -> "b\na\n"`)
}

// TestCellsThatNeverRan: what an aborted cell left behind is not in the way of those after it.
func TestCellsThatNeverRan(t *testing.T) {
	l := newLab(t)
	l.Started(tracker.CellStarted{Execution: tracker.NewID(), Time: time.Now(), Source: "!"})
	for range 2 {
		d, told := l.cell("!", func(seen *tracker.Seen) { l.sh(seen, "sort a.csv > b.csv") })
		if len(d.Files) == 0 || told.Missing != "" && l.watcher != nil {
			t.Errorf("files %q, missing: %s", l.lines(d), told.Missing)
		}
	}
}

// TestChangedLater: what the next cell, or anybody, writes is not taken for the version after a cell.
func TestChangedLater(t *testing.T) {
	l := newLab(t)
	time.Sleep(2 * tick)
	e := tracker.CellFinished{Execution: tracker.NewID()}
	l.Started(tracker.CellStarted{Execution: e.Execution, Time: time.Now()})
	l.open(&e.Seen, "new")
	l.write("new", "mine")
	e.Time = time.Now()
	time.Sleep(2 * tick)
	l.write("new", "another's")
	told, _ := l.Observe(t.Context(), e)
	d, _ := Parse(told.Observed)
	if diff := cmp.Diff([]string{"written+created new (" + missingChanged + ")"}, l.lines(d)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSecrets: contents with secrets are not kept, and commands are shown without them.
func TestSecrets(t *testing.T) {
	l := newLab(t, func(o *Options) {
		o.Screen = func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("hunter2"), []byte("…")) }
	})
	d, _ := l.cell("", func(seen *tracker.Seen) {
		l.open(seen, "env")
		l.write("env", "password=hunter2")
		seen.Processes = []tracker.Process{{Command: "curl -u me:hunter2", PID: 7}, {Command: "sha256:" + strings.Repeat("a", 64)}}
		seen.Hosts = []string{"example.org:443"}
	})
	if diff := cmp.Diff([]string{"written+created env -> " + hashOf("password=hunter2") + " (" + whySecret + ")"}, l.lines(d)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	want := []Process{{"process", "curl -u me:…", 7}, {"process", Text("sha256:" + strings.Repeat("a", 64)), 0}}
	if diff := cmp.Diff(want, d.Processes); diff != "" {
		t.Errorf("processes (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]Host{{"host", "example.org:443"}}, d.Hosts); diff != "" {
		t.Errorf("hosts (-want +got):\n%s", diff)
	}
}

// TestUnwatched: without a watch the writes of children are known from a listing, and the rest is said to be missing.
func TestUnwatched(t *testing.T) {
	l := newLab(t)
	if l.watcher != nil {
		l.watcher.close()
		l.watcher, l.library.opened, l.fault = nil, nil, "no watches are left"
	}
	d, told := l.cell("!", func(seen *tracker.Seen) { l.sh(seen, "sort a.csv > b.csv; mkdir n; echo x > n/x") })
	if diff := cmp.Diff([]string{`written b.csv ? -> "a\nb\n"`, `written n/x ? -> "x\n"`}, l.lines(d)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !strings.Contains(told.Missing, "files that child processes read or removed") {
		t.Errorf("missing: %q", told.Missing)
	}
	if _, told = l.cell("", func(*tracker.Seen) {}); !strings.Contains(told.Missing, "files that the program removed or renamed") {
		t.Errorf("of a program alone: missing: %q", told.Missing)
	}
}

// TestOff: when observing is off nothing is watched, and that is said.
func TestOff(t *testing.T) {
	l := newLab(t, func(o *Options) { o.Off = true })
	_, told := l.cell("!", func(seen *tracker.Seen) { seen.Missed = []string{"observing is off: because"} })
	if l.watcher != nil || !strings.HasPrefix(told.Missing, "observing is off: because; ") {
		t.Errorf("watcher %v, missing %q", l.watcher, told.Missing)
	}
}

// TestOwnReads: what this process reads in the work tree is not taken for what a cell does.
func TestOwnReads(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("only Linux tells what changes in a folder")
	}
	l := newLab(t)
	d, _ := l.cell("!", func(seen *tracker.Seen) {
		seen.Children = true
		if _, err := os.ReadFile(l.path("a.csv")); err != nil {
			t.Fatal(err)
		}
		l.Opened(l.path("a.csv"))
	})
	if lines := l.lines(d); lines != nil {
		t.Errorf("files %q, want none", lines)
	}
}

// TestSecretAtTheCut has a command so long that it is cut within a secret.
func TestSecretAtTheCut(t *testing.T) {
	b := &Observer{options: Options{Screen: func(text []byte) []byte { return bytes.ReplaceAll(text, []byte("hunter2"), []byte("…")) }}}
	got := string(b.screened(strings.Repeat("x", maxCommand-3) + "hunter2"))
	if strings.Contains(got, "hun") || !strings.HasPrefix(got, "xxx") {
		t.Errorf("the command ends in %q", got[maxCommand-10:])
	}
}
