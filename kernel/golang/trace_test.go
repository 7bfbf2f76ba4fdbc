package golang

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// plain is a traceback without its colours.
func plain(traceback []string) []string {
	text := strings.NewReplacer("\x1b[31m", "", "\x1b[0m", "").Replace(strings.Join(traceback, "\n"))
	return strings.Split(text, "\n")
}

// TestErrorsShowLinesOfEarlierCells: what a cell breaks in an earlier one is shown there.
func TestErrorsShowLinesOfEarlierCells(t *testing.T) {
	n := newNotebook(t)
	n.prints("// area is of a square.\nfunc area(x int) int {\n\treturn double(x) * x\n}\nfunc double(x int) int { return 2 * x }", "")
	_, outcome := n.run("func double(x int) string { return \"\" }")
	want := []string{
		"Cell[1]:3:9: invalid operation: double(x) * x (mismatched types string and int)",
		"    3 | \treturn double(x) * x", "      | \t       ^",
	}
	if diff := cmp.Diff(want, plain(outcome.Error.Traceback)); diff != "" {
		t.Error(diff)
	}
}

// TestPanicsShowTheCellsLines: the traceback leads from where it happened to where it began, also in a program that is
// run again under other numbers.
func TestPanicsShowTheCellsLines(t *testing.T) {
	n := newNotebook(t)
	n.prints("func at(list []int, i int) int {\n\treturn list[i]\n}", "")
	cell := "fmt.Println(\"go\")\nat(nil, 5)"
	for range 2 {
		_, outcome := n.run(cell)
		name := "Cell[" + string(rune('0'+n.count)) + "]:2"
		want := []string{"exit status 2", "Cell[1]:2", "    2 | \treturn list[i]", name, "    2 | at(nil, 5)"}
		if diff := cmp.Diff(want, plain(outcome.Error.Traceback)); diff != "" {
			t.Error(diff)
		}
		if e := outcome.Error; e.Name != "panic" || e.Value != "runtime error: index out of range [5] with length 0" {
			t.Error(e.Name, e.Value)
		}
	}
}

// TestLastWords: what ended a program is the name of its error.
func TestLastWords(t *testing.T) {
	tests := []struct{ stderr, name, value string }{
		{"starting\npanic: a\n\tb\n\ngoroutine 1", "panic", "a"},
		{"panic: first [recovered]\n\tpanic: second [recovered]\n\tpanic: third\n\ngoroutine", "panic", "third"},
		{"panic: oops [recovered, repanicked]\n", "panic", "oops"},
		{"panic: panic: x\n", "panic", "panic: x"},
		{"fatal error: all goroutines are asleep - deadlock!\n", "fatal error", "all goroutines are asleep - deadlock!"},
		{"SIGSEGV: segmentation violation\nPC=0x4aa060 m=0\n", "fatal error", "SIGSEGV: segmentation violation"},
		{"x.c:1:1: fatal error: no.h\nI panic: not\n", "", ""},
	}
	for _, test := range tests {
		if name, value := lastWords(test.stderr); name != test.name || value != test.value {
			t.Errorf("%q: %q %q", test.stderr, name, value)
		}
	}
}

func TestStartErrors(t *testing.T) {
	n := newNotebook(t)
	dir := filepath.Join(t.TempDir(), "gone")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	n.prints("%cd "+dir, "stdout: Changed directory to \""+dir+"\"\n")
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	for _, cell := range []string{"!pwd", "fmt.Println()", "%%bash\npwd"} {
		if _, outcome := n.run(cell); outcome.Error == nil || !strings.Contains(outcome.Error.Value, "the folder where cells run is gone") {
			t.Errorf("%s: %v", cell, outcome.Error)
		}
	}
	n.run("%cd /")
	n.run("%goflags -n")
	n.fails("fmt.Println(1)", "Error", "go build made no program to run")
}

// TestWorkingFolder: PWD, which many programs trust, is the folder that they run in.
func TestWorkingFolder(t *testing.T) {
	n := newNotebook(t)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(t.TempDir(), link); err != nil {
		t.Fatal(err)
	}
	n.run("%cd " + link)
	n.prints("%%script /usr/bin/env sh -c \"printenv PWD\"\n", "stdout: "+link+"\n")
	n.prints("dir, _ := os.Getwd()\nfmt.Println(dir, os.Getenv(\"PWD\"))", "stdout: "+link+" "+link+"\n")
}

// TestCommandsOfTheSessionsPath: PATH and HOME, as a cell set them, count as they do in a shell.
func TestCommandsOfTheSessionsPath(t *testing.T) {
	n, dir := newNotebook(t), t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "its-own-tool"), []byte("#!/bin/sh\necho tool \"$1\"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	n.fails("%%script its-own-tool a", "CommandError", "its-own-tool")
	n.run("%env PATH " + dir + ":/usr/bin:/bin")
	n.prints("%%script its-own-tool a\n", "stdout: tool a\n")
	n.prints("fmt.Println(2)", "stdout: 2\n") // go is found all the same
	n.prints("%env HOME "+dir+"\n%cd ~", "stdout: Set: HOME=\""+dir+"\"\nChanged directory to \""+dir+"\"\n")
}

func TestByteOrderMark(t *testing.T) {
	n := newNotebook(t)
	n.prints("\ufefffmt.Println(1)", "stdout: 1\n")
	n.prints("\ufeff!echo 2", "stdout: 2\n")
	n.fails("\ufeffx", "BuildError", "Cell[3]:1:1: ")
}
