package journal

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

func TestFind(t *testing.T) {
	root := t.TempDir()
	for _, dir := range []string{"repo/.git", "repo/notebooks/deep", "plain/notebooks", "worktree/sub"} {
		if err := os.MkdirAll(filepath.Join(root, dir), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(root, "worktree/.git"), []byte("gitdir: elsewhere\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct{ env, dir, want string }{
		"root of a repository": {"", "repo", "repo/.gemba"},
		"below it":             {"", "repo/notebooks/deep", "repo/.gemba"},
		"a worktree":           {"", "worktree/sub", "worktree/.gemba"},
		"no repository":        {"", "plain/notebooks", "plain/notebooks/.gemba"},
		"override":             {"/elsewhere", "repo", "/elsewhere"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Setenv("GEMBA_LEDGER", test.env)
			want := test.want
			if !filepath.IsAbs(want) {
				want = filepath.Join(root, want)
			}
			if got := Find(filepath.Join(root, test.dir)); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		})
	}
}

func TestFormatFile(t *testing.T) {
	tests := map[string]struct {
		format string
		is     error  // what the error is
		says   string // what it says
	}{
		"newer":   {"gemba ledger 2\n", ErrNewer, "install a newer gemba"},
		"much":    {"gemba ledger 99999999999999999999\n", ErrCorrupt, "does not say a format"},
		"foreign": {"SQLite format 3\n", ErrCorrupt, "does not say a format"},
		"empty":   {"", ErrCorrupt, "does not say a format"},
		"zero":    {"gemba ledger 0\n", ErrCorrupt, "does not say a format"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSample(t)
			s.edit(s.format(), func([]byte) []byte { return []byte(test.format) })
			_, opened := Open(s.dir)
			_, created := Create(s.dir, Options{})
			_, verified := Verify(t.Context(), s.dir)
			for _, err := range []error{opened, created, verified} {
				if err == nil || !strings.Contains(err.Error(), test.says) || test.is != nil && !errors.Is(err, test.is) {
					t.Errorf("got %v, want one that says %q", err, test.says)
				}
			}
		})
	}
	if _, err := Open(t.TempDir()); !errors.Is(err, ErrNoLedger) {
		t.Errorf("no ledger: %v", err)
	}
}

func TestKey(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "config")
	ids := make([]string, 8)
	var all sync.WaitGroup
	for i := range ids {
		all.Go(func() {
			key, err := LoadKey(dir)
			if err != nil {
				t.Error(err)
				return
			}
			ids[i] = key.ID()
		})
	}
	all.Wait()
	for _, id := range ids {
		if id != ids[0] || id == "" {
			t.Errorf("key %q, another one got %q", id, ids[0])
		}
	}
	info, err := os.Stat(filepath.Join(dir, "key"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v; want mode 0600", info.Mode(), err)
	}
	if files, err := os.ReadDir(dir); len(files) != 1 || err != nil {
		t.Errorf("%v, %v; want the key alone", files, err)
	}
}

func TestBadKey(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "key")
	for _, text := range []string{"", "hello", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadKey(dir); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%q: %v, want an error that names the file", text, err)
		}
	}
	if _, err := LoadKey(filepath.Join(path, "under a file")); err == nil {
		t.Error("a folder that cannot be made: no error")
	}
}

func TestConfigDir(t *testing.T) {
	t.Setenv("GEMBA_CONFIG", "/some/where")
	if dir, err := ConfigDir(); dir != "/some/where" || err != nil {
		t.Errorf("%s, %v", dir, err)
	}
	t.Setenv("GEMBA_CONFIG", "")
	if dir, err := ConfigDir(); filepath.Base(dir) != "gemba" || err != nil {
		t.Errorf("%s, %v", dir, err)
	}
}

// TestMissingParts removes what every ledger has: that is not the same as no ledger.
func TestMissingParts(t *testing.T) {
	for name, remove := range map[string]func(*sample) error{
		"format":   func(s *sample) error { return os.Remove(s.format()) },
		"journals": func(s *sample) error { return os.RemoveAll(s.journals()) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newSample(t)
			if err := remove(s); err != nil {
				t.Fatal(err)
			}
			if _, err := Verify(t.Context(), s.dir); !errors.Is(err, ErrCorrupt) {
				t.Errorf("got %v, want ErrCorrupt", err)
			}
		})
	}
}
