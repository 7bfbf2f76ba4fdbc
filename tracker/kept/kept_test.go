package kept

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
)

func TestChanged(t *testing.T) {
	const old = `package main

import "fmt"

const (
	a = iota
	b
)

// T is a type.
type T struct{ x int }

func (t *T) Double() int { return 2 * t.x }

var seed = 3

func prepare() int { return (&T{seed}).Double() + b }

func unrelated() int { return 1 }

func main() { fmt.Println(prepare()) }
`
	for _, test := range []struct{ name, from, to, want string }{
		{"nothing", "", "", ""},
		{"a comment", "// T is a type.", "// T is another\n// line.\n//line cell:7:3", ""},
		{"layout", "{ return (&T{seed}).Double() + b }", "{\n\treturn (&T{seed}).Double() +\n\t\tb }", ""},
		{"what is not used", "return 1", "return 2", ""},
		{"the cell itself", "fmt.Println(prepare())", "fmt.Print()", ""},
		{"a function", "+ b }", "- b }", "prepare"},
		{"a variable that it uses", "seed = 3", "seed = 4", "seed"},
		{"a type", "x int", "x int8", "T"},
		{"a method", "2 * t.x", "3 * t.x", "T.Double"},
		{"another constant of the block", "a = iota", "a = iota + 1", "a"},
		{"what is gone", "var seed = 3", "", ""},
	} {
		changed := replace(t, old, test.from, test.to)
		if got := parse(old).reached().changed(parse(changed)); got != test.want {
			t.Errorf("%s: %q has changed, want %q", test.name, got, test.want)
		}
	}
	if len(parse("no Go")) != 0 {
		t.Error("what is no Go declares something")
	}
}

func replace(t *testing.T, text, from, to string) string {
	t.Helper()
	if from == "" {
		return text
	}
	for i := range text {
		if len(text[i:]) >= len(from) && text[i:i+len(from)] == from {
			return text[:i] + to + text[i+len(from):]
		}
	}
	t.Fatalf("%q is not there", from)
	return ""
}

// session runs cells against a Watcher: a cell keeps values by their ids.
type session struct {
	*testing.T
	*Watcher
	logs string
}

func (s *session) run(cell, source, program string, keep ...string) {
	s.Helper()
	e := tracker.NewID()
	s.Started(tracker.CellStarted{Execution: e, CellID: cell, Source: source})
	for _, id := range keep {
		head, _ := json.Marshal(map[string]string{"id": id, "execution": e.String()})
		path := filepath.Join(s.logs, folder, id+".value")
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			s.Fatal(err)
		}
		if err := os.WriteFile(path, append(head, '\n'), 0o600); err != nil {
			s.Fatal(err)
		}
	}
	if err := s.Finished(tracker.CellFinished{Execution: e, Program: program}); err != nil {
		s.Fatal(err)
	}
}

// stale returns the reason that is marked.
func (s *session) stale(id string) string {
	b, _ := os.ReadFile(filepath.Join(s.logs, folder, id+".stale"))
	return string(b)
}

func TestStale(t *testing.T) {
	logs := t.TempDir()
	s := &session{t, New(logs), logs}
	with := func(f string) string { return "package main\nfunc f() int { return " + f + " }\nfunc main() { f() }" }
	s.run("a", "f := 1", with("1"))
	s.run("b", "Keep(f())", with("1"), "x")
	s.run("b", "Keep(f())", with("1")) // again, and it did not get as far
	s.run("c", "fmt.Println()", "package main\nfunc main() {}")
	s.run("", "%%bash", "")
	if reason := s.stale("x"); reason != "" {
		t.Fatalf("x is stale: %s", reason)
	}
	s.run("a", "f := 2", with("2"))
	if diff := cmp.Diff("f, which the cell that kept it uses, has changed", s.stale("x")); diff != "" {
		t.Error(diff)
	}
	s.run("b", "Keep(f())", with("2"), "y")
	s.run("b", "Keep(f()+1)", with("2"))
	if diff := cmp.Diff("the cell that kept it has run with other code since, and did not keep it", s.stale("y")); diff != "" {
		t.Error(diff)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(logs); len(left) != 0 {
		t.Errorf("left are %v", left)
	}
}

// TestInputs: what a cell read is written down, what it wrote is not.
func TestInputs(t *testing.T) {
	logs, data := t.TempDir(), t.TempDir()
	s := &session{t, New(logs), logs}
	e := tracker.NewID()
	opened := func(name, before, after string) tracker.Opened {
		path := filepath.Join(data, name)
		if err := os.WriteFile(path, []byte(before), 0o600); err != nil {
			t.Fatal(err)
		}
		then := time.Unix(1_700_000_000, 0)
		if err := os.Chtimes(path, then, then); err != nil {
			t.Fatal(err)
		}
		o := tracker.Opened{Path: path, Existed: true, Size: int64(len(before)), ModTime: then}
		if after != before {
			if err := os.WriteFile(path, []byte(after), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		return o
	}
	s.run("a", "", "", "other")
	s.Started(tracker.CellStarted{Execution: e})
	head, _ := json.Marshal(map[string]string{"id": "x", "execution": e.String()})
	if err := os.WriteFile(filepath.Join(logs, folder, "x.value"), append(head, '\n'), 0o600); err != nil {
		t.Fatal(err)
	}
	seen := []tracker.Opened{opened("read.csv", "1", "1"), opened("written.csv", "1", "22"), {Path: filepath.Join(data, "new")}, {Path: "/proc/self/stat", Existed: true}}
	if err := s.Finished(tracker.CellFinished{Execution: e, Seen: tracker.Seen{Opened: seen}}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(logs, folder, e.String()+".inputs"))
	if err != nil {
		t.Fatal(err)
	}
	var got struct{ Files []input }
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Files) != 1 || got.Files[0].Path != seen[0].Path {
		t.Errorf("inputs are %s", text)
	}
}
