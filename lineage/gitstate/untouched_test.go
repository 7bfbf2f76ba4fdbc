package gitstate

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/lineage/settings"
)

// everything is each file below dir: mode, time of change, and digest.
func everything(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	check(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		all[path] = fmt.Sprint(info.Mode(), info.ModTime().UnixNano())
		if d.Type().IsRegular() {
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			all[path] += fmt.Sprintf(" %x", sha256.Sum256(b))
		}
		return nil
	}))
	return all
}

// TestNothingIsTouched: not the index, not a reference, not an object, not a file, not a time stamp.
func TestNothingIsTouched(t *testing.T) {
	r := committed(t)
	dirtyStates["conflict"](r)
	changeMuch(r)
	r.git("stash", "list")
	r.git("status") // refreshes the index, for the last time
	before, status := everything(t, r.dir), r.git("--no-optional-locks", "status", "--porcelain=v2", "--branch")
	c := NewCapturer(r.dir, Options{Store: newBlobs()})
	for range 1000 {
		_, err := c.Capture(context.Background())
		check(t, err)
	}
	r.restoredAs(Options{Parallel: true})
	r.restoredAs(Options{})
	if diff := cmp.Diff(before, everything(t, r.dir)); diff != "" {
		t.Errorf("files (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(status, r.git("--no-optional-locks", "status", "--porcelain=v2", "--branch")); diff != "" {
		t.Errorf("status (-before +after):\n%s", diff)
	}
}

// TestFilesVanish while they are captured: nothing fails, and nothing that stays is lost.
func TestFilesVanish(t *testing.T) {
	r := committed(t)
	r.write("stays", "s")
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for i := 0; ; i++ {
			select {
			case <-stop:
				return
			default:
			}
			dir := r.path(fmt.Sprintf("new%d", i%5))
			_ = os.MkdirAll(dir, 0o755)
			for n := range 20 {
				_ = os.WriteFile(filepath.Join(dir, fmt.Sprint(n)), []byte(strings.Repeat("x", i%1000)), 0o644)
			}
			_ = os.WriteFile(r.path("a.txt"), []byte(strings.Repeat("y", i%1000)), 0o644)
			_ = os.RemoveAll(dir)
		}
	}()
	c := NewCapturer(r.dir, Options{Store: newBlobs(), Parallel: true})
	for range 100 {
		s := r.capture(c)
		if !strings.Contains(string(s.Document()), `{"path":"stays","status":"untracked"`) {
			t.Errorf("what stays is lost:\n%s", s.Document())
		}
	}
	close(stop)
	<-done
	r.compareWithGit(r.capture(c))
}

// TestUnreadable: what may not be read is said, as far as root is kept from anything.
func TestStrangeFiles(t *testing.T) {
	r := committed(t)
	command(t, r.dir, "mkfifo", "pipe")
	r.remove("b.txt")
	command(t, r.dir, "mkfifo", "b.txt")
	s := r.capture(NewCapturer(r.dir, Options{Store: newBlobs()}))
	if diff := cmp.Diff(map[string]string{"b.txt": "modified"}, statusesOf(s)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s\n%s", diff, s.Document())
	}
}

func TestCaptureStops(t *testing.T) {
	r := committed(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := NewCapturer(r.dir, Options{}).Capture(ctx); err == nil {
		t.Error("no error")
	}
}

func TestRemotes(t *testing.T) {
	for url, want := range map[string]string{
		"https://ada:secret@example.org/x.git":             "https://example.org/x.git",
		"https://ghp_token@example.org/x.git":              "https://example.org/x.git",
		"https://ada:pa/ss@wo:rd@example.org/x.git":        "https://example.org/x.git",
		"https://example.org/x@v1.git":                     "https://example.org/x@v1.git",
		"https://example.org:8080/a@b":                     "https://example.org:8080/a@b",
		"ssh://git:secret@example.org:22/x":                "ssh://git@example.org:22/x",
		"ssh://git@example.org/x":                          "ssh://git@example.org/x",
		"git@example.org:team/x.git":                       "git@example.org:team/x.git",
		"/srv/x.git":                                       "/srv/x.git",
		"https://example.org/x?private_token=abc&ref=main": "https://example.org/x?private_token=…&ref=main",
		"HTTPS://Ada:Secret@example.org/x":                 "HTTPS://example.org/x",
	} {
		if got := withoutCredentials(url); got != want {
			t.Errorf("%s became %s, want %s", url, got, want)
		}
	}
	r := committed(t)
	r.git("remote", "add", "origin", "https://ada:secret@example.org/x.git")
	if s := r.capture(NewCapturer(r.dir, Options{})); s.Remote != "https://example.org/x.git" {
		t.Errorf("remote %q", s.Remote)
	}
}

func TestPolicies(t *testing.T) {
	r := committed(t)
	c := NewCapturer(r.dir, Options{})
	for _, p := range []settings.Policy{settings.Record, settings.Warn, settings.Refuse} {
		s := r.capture(c)
		if message, refused := s.Check(p); message != "" || refused {
			t.Errorf("%s of a clean tree: %q, %t", p, message, refused)
		}
	}
	changeMuch(r)
	s := r.capture(c)
	for p, want := range map[settings.Policy]struct {
		says    string
		refused bool
	}{
		settings.Record: {"", false},
		settings.Warn:   {"6 paths differ from the last commit: a.txt (modified), b.txt (deleted), new (added), …", false},
		settings.Refuse: {"6 paths differ from the last commit: a.txt (modified), b.txt (deleted), new (added), …. No cell runs with", true},
	} {
		message, refused := s.Check(p)
		if !strings.HasPrefix(message, want.says) || refused != want.refused || want.says == "" && message != "" {
			t.Errorf("%s: %q, %t", p, message, refused)
		}
	}
	e := s.Event()
	if e.Repository != r.dir || e.Dirty != 6 || e.Commit == "" || e.Branch != "main" || len(e.Changes) == 0 || e.Missing != "" {
		t.Errorf("event %+v", e)
	}
}
