package python_test

import (
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/track"
)

// keptProgram is the Go program of a session: it keeps what it reads, as JSON, or tells what is kept in a format.
func keptProgram(do string) {
	name := os.Getenv("PYTHON_TEST_NAME")
	copied := func(to io.Writer, from io.Reader) error { _, err := io.Copy(to, from); return err }
	var err error
	if do == "keep" {
		err = track.KeepStream(name, "json", func(w io.Writer) error { return copied(w, os.Stdin) })
	} else {
		err = track.GetStream(name, do, func(r io.Reader) error { return copied(os.Stdout, r) })
	}
	if err != nil {
		panic(err)
	}
}

// session is the environment of a program of a session.
func session(t *testing.T, folder string) (variable string, execution string) {
	t.Helper()
	p := track.Place{Folder: folder, Session: strings.Repeat("5", 32), Execution: tracker.NewID().String()}
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return track.Variable + "=" + string(text), p.Execution
}

// TestKept has Python keep values for Python and Go, and Go for Python.
func TestKept(t *testing.T) {
	dir := t.TempDir()
	do := func(c *exec.Cmd, variable string) string {
		t.Helper()
		c.Env = append(c.Env, variable)
		return strings.TrimSpace(string(succeed(t, c)))
	}
	cell := func() string { variable, _ := session(t, dir); return variable }
	value := map[string]any{"größe": []any{1.5, nil, true, "x"}}
	do(program(t, dir, "keep", "a name/with ../", value), cell())
	if got := do(program(t, dir, "get", "a name/with ../"), cell()); got != `{"gr\u00f6\u00dfe": [1.5, null, true, "x"]}` {
		t.Error(got)
	}
	do(program(t, dir, "keep", "bytes", []int{0, 10, 255}), cell())
	if got := do(program(t, dir, "get", "bytes"), cell()); got != "[0, 10, 255]" {
		t.Error(got)
	}
	golang := func(job, name, stdin string) string {
		t.Helper()
		c := exec.Command(os.Args[0])
		c.Env = append(os.Environ(), "PYTHON_TEST_PROGRAM="+job, "PYTHON_TEST_NAME="+name, cell())
		c.Stdin = strings.NewReader(stdin)
		out, err := c.Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	var got any
	if err := json.Unmarshal([]byte(golang("json", "a name/with ../", "")), &got); err != nil || cmp.Diff(any(value), got) != "" {
		t.Error(got, err)
	}
	if got := golang("bytes", "bytes", ""); got != "\x00\n\xff" {
		t.Errorf("%q", got)
	}
	golang("keep", "of Go", `{"a": [1]}`)
	if got := do(program(t, dir, "get", "of Go"), cell()); got != `{"a": [1]}` {
		t.Error(got)
	}
	if got := do(program(t, dir, "get", "none"), cell()); !strings.HasPrefix(got, `["KeyError"`) || !strings.Contains(got, "'of Go'") {
		t.Error(got)
	}
	if got := do(program(t, dir, "get", "bytes"), track.Variable+"="); !strings.HasPrefix(got, `["RuntimeError"`) {
		t.Error(got)
	}
}

// TestStale changes a file that the keeping cell had read, and then marks the value as gemba does.
func TestStale(t *testing.T) {
	dir := t.TempDir()
	variable, execution := session(t, dir)
	c := program(t, dir, "keep", "x", 1)
	c.Env = append(c.Env, variable)
	succeed(t, c)
	get := func() string {
		t.Helper()
		variable, _ := session(t, dir)
		c := program(t, dir, "get", "x")
		c.Env = append(c.Env, variable)
		return strings.TrimSpace(string(succeed(t, c)))
	}
	input := filepath.Join(dir, "input")
	if err := os.WriteFile(input, []byte("one"), 0o600); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(input)
	if err != nil {
		t.Fatal(err)
	}
	list, _ := json.Marshal(map[string]any{"files": []any{map[string]any{"path": input, "size": info.Size(), "mod_time": info.ModTime()}}})
	if err := os.WriteFile(filepath.Join(dir, "kept", execution+".inputs"), list, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := get(); got != "1" {
		t.Error(got)
	}
	if err := os.Chtimes(input, time.Time{}, info.ModTime().Add(time.Nanosecond)); err != nil {
		t.Fatal(err)
	}
	if got := get(); !strings.HasPrefix(got, `["stale", 1, `) || !strings.Contains(got, input+", which the cell that kept it had read, has changed") {
		t.Error(got)
	}
	values, _ := filepath.Glob(filepath.Join(dir, "kept", "*.value"))
	text, err := os.ReadFile(values[0])
	if err != nil {
		t.Fatal(err)
	}
	var head struct{ ID string }
	if err := json.NewDecoder(strings.NewReader(string(text))).Decode(&head); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "kept", head.ID+".stale"), []byte("its code changed"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got := get(); !strings.Contains(got, "is stale: its code changed; run the cell that keeps it again") {
		t.Error(got)
	}
}
