package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/lineage/environ"
	"github.com/gemba-ml/gemba/tracker"
)

// surround records two sessions that ran a cell in other environments, and returns the ledger and the ids of sessions
// and cells.
func surround(t *testing.T) (ledger string, sessions, cells [2]tracker.ID) {
	t.Helper()
	t.Setenv("GEMBA_CONFIG", t.TempDir())
	ledger = filepath.Join(t.TempDir(), ".gemba")
	r := (&app{stderr: os.Stderr, now: time.Now}).openRecorder(ledger, "run")
	for i, version := range []string{"go1.25.0", "go1.26.8"} {
		sessions[i], cells[i] = tracker.NewID(), tracker.NewID()
		e := environ.Environment{{Name: "cpu.model", Value: "A" + version}, {Name: "go.version", Value: version}}
		at := time.Date(2026, 1, 2, 3, 4, i, 0, time.UTC)
		for _, event := range []tracker.Event{
			tracker.SessionOpened{Session: sessions[i], Time: at, Engine: "go", Notebook: "/lab/a.ipynb"},
			e.Event(sessions[i], at),
			tracker.CellStarted{Session: sessions[i], Execution: cells[i], Time: at, Count: 1, Notebook: "/lab/a.ipynb", Source: "1"},
			tracker.CellFinished{Execution: cells[i], Time: at, Status: tracker.OK,
				GoMod: "module x\n\nrequire a.com/x v1.0." + string(rune('0'+i)) + "\n", GoSum: "a.com/x v1.0.0 h1:abc=\n"},
			tracker.SessionClosed{Session: sessions[i], Time: at, Reason: "done"},
		} {
			r.Record(event)
		}
	}
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	return ledger, sessions, cells
}

// call runs the program and returns what it prints, having checked its exit status.
func call(t *testing.T, status int, args ...string) string {
	t.Helper()
	var out, complaints bytes.Buffer
	if got := Main(args, strings.NewReader(""), &out, &complaints); got != status {
		t.Fatalf("gemba %v: exit status %d, want %d\n%s", args, got, status, complaints.String())
	}
	return out.String() + complaints.String()
}

func TestRecordedEnvironment(t *testing.T) {
	ledger, sessions, cells := surround(t)
	for _, id := range []tracker.ID{sessions[0], cells[0]} {
		var shown shownEnvironment
		if err := json.Unmarshal([]byte(call(t, 0, "--ledger", ledger, "env", "show", id.String(), "--json")), &shown); err != nil {
			t.Fatal(err)
		}
		want := environ.Environment{{Name: "cpu.model", Value: "Ago1.25.0"}, {Name: "go.version", Value: "go1.25.0"}, {Name: "module.a.com/x", Value: "v1.0.0 h1:abc="}}
		if diff := cmp.Diff(want, shown.Facts); diff != "" || shown.Session != sessions[0] {
			t.Errorf("%s %s", shown.Session, diff)
		}
	}
	text := call(t, 0, "--ledger", ledger, "env", "diff", sessions[0].String(), cells[1].String())
	want := "FACT            WAS             IS\n" +
		"module.a.com/x  v1.0.0 h1:abc=  v1.0.1\n" +
		"go.version      go1.25.0        go1.26.8\n" +
		"cpu.model       Ago1.25.0       Ago1.26.8\n"
	if diff := cmp.Diff(want, text); diff != "" {
		t.Error(diff)
	}
	if text := call(t, 0, "--ledger", ledger, "env", "diff", sessions[0].String(), "."); !strings.Contains(text, "go.os") || strings.Contains(text, "module.") {
		t.Errorf("this machine knows no modules:\n%s", text)
	}
	call(t, 0, "verify", "--ledger", ledger)
}

// TestSecretsInTheEnvironment: what is shown and locked has no secret of a variable.
func TestSecretsInTheEnvironment(t *testing.T) {
	const token = "ghp_9fK2mQ7vXz4Lr8TbW1cYd5NsHj3GuE6oPaRi"
	dir := t.TempDir()
	t.Setenv("GEMBA_CONFIG", dir)
	t.Setenv("XLA_FLAGS", "--token="+token)
	t.Setenv("MY_VARIABLE", token)
	t.Setenv("GOMLX_BACKEND", "go")
	notebook := filepath.Join(dir, "a.ipynb")
	for name, text := range map[string]string{"a.ipynb": `{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}`, "gemba.json": `{"variables": ["MY_VARIABLE"]}`} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	shown := call(t, 0, "env", "show")
	call(t, 0, "env", "lock", notebook, "--ledger", filepath.Join(dir, "none"))
	lock, err := os.ReadFile(environ.LockPath(notebook))
	if err != nil {
		t.Fatal(err)
	}
	for what, text := range map[string]string{"show": shown, "lock": string(lock)} {
		if strings.Contains(text, token[:12]) || !strings.Contains(text, "MY_VARIABLE") || !strings.Contains(text, "(secret)") || !strings.Contains(text, "GOMLX_BACKEND") {
			t.Errorf("%s:\n%s", what, text)
		}
	}
	if text := call(t, 0, "env", "check", notebook); !strings.Contains(text, "no difference") {
		t.Errorf("the locked environment differs: %s", text)
	}
}
