package build

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestForModule: what is set for a user's own modules does not keep cells from being built.
func TestForModule(t *testing.T) {
	dir, work := t.TempDir(), filepath.Join(t.TempDir(), "go.work")
	write(t, work, "go 1.26\n\nuse "+dir+"\n")
	tests := []struct{ name, given, want string }{
		{"GOFLAGS", "-mod=vendor", ""},
		{"GOFLAGS", "-tags=a -mod=vendor -v", "-tags=a -v"},
		{"GOFLAGS", "-mod=mod", "-mod=mod"},
		{"GO111MODULE", "off", "on"},
		{"GO111MODULE", "auto", "auto"},
		{"GOWORK", "off", "off"},
		{"GOWORK", "/no/such/go.work", ""},
		{"GOWORK", work, work},
	}
	for _, test := range tests {
		if got := (environment{test.name + "=" + test.given}).forModule(dir).get(test.name); got != test.want {
			t.Errorf("%s=%s became %q, want %q", test.name, test.given, got, test.want)
		}
	}
}

// TestGoCache: the go command has a cache that can be written, and not another one than the user's without need.
func TestGoCache(t *testing.T) {
	s := newSession(t)
	private := []string{"GOCACHE=" + filepath.Join(s.Dir(), ".gemba", "cache", "go-build")}
	tests := []struct {
		env  environment
		want []string
	}{
		{environment{"HOME=" + t.TempDir()}, nil},
		{environment{"HOME=/nonexistent", "XDG_CACHE_HOME=" + t.TempDir()}, nil},
		{environment{"GOCACHE=/nonexistent"}, nil},
		{environment{}, private},
		{environment{"HOME=/dev/null"}, private},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, s.goCache(test.env)); diff != "" {
			t.Errorf("%v: %s", test.env, diff)
		}
	}
}

// TestGoCommand: the go command is the one that the cells' environment leads to, and never one in the current folder.
func TestGoCommand(t *testing.T) {
	s, root := newSession(t), t.TempDir()
	own := filepath.Join(root, "bin", "go")
	write(t, own, "#!/bin/sh\n")
	if err := os.Chmod(own, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, env := range []environment{{"PATH=/nonexistent:" + filepath.Dir(own)}, {"GOROOT=" + root}} {
		if got := s.goCommand(env); got != own {
			t.Errorf("%v: %s", env, got)
		}
	}
	t.Chdir(root)
	if got, want := s.goCommand(environment{"PATH=bin:"}), goCommand(""); got != want || got == own {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestTidied: a session outlives the programs that tidy temporary folders.
func TestTidied(t *testing.T) {
	s := newSession(t)
	s.build("%%\nfmt.Println(1)")
	if err := os.RemoveAll(s.Dir()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("1\n", s.output(s.build("%%\nfmt.Println(1)"))); diff != "" {
		t.Error(diff)
	}
	s.inDir("mod", "edit", "-require=a.com/b@v1.0.0")
	if err := s.ResetModule(); err != nil {
		t.Fatal(err)
	}
	if text := s.module.read("go.mod"); strings.Contains(string(text), "a.com") {
		t.Errorf("go.mod was not made anew: %s", text)
	}
}

// TestOwned: every command is somebody's while it runs.
func TestOwned(t *testing.T) {
	s := newSession(t)
	var mu sync.Mutex
	started, running := 0, map[int]bool{}
	s.opts.Own = func(group int) func() {
		mu.Lock()
		defer mu.Unlock()
		started++
		running[group] = true
		return func() {
			mu.Lock()
			defer mu.Unlock()
			delete(running, group)
		}
	}
	s.build("%%\nfmt.Println(1)")
	if started < 3 || len(running) > 0 { // go list, compile, link
		t.Errorf("%d commands were owned, and %d still are", started, len(running))
	}
}
