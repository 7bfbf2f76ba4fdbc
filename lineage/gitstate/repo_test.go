package gitstate

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gemba-ml/gemba/lineage/snapshot"
	"github.com/gemba-ml/gemba/tracker"
)

// repo is a real repository that the git program made.
type repo struct {
	t   *testing.T
	dir string
}

// newRepo makes a repository with some files committed, in a HOME of its own.
func newRepo(t *testing.T, initArgs ...string) *repo {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("no git program")
		}
		t.Skip("no git program")
	}
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", "")
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	for _, args := range [][]string{{"user.name", "Ada"}, {"user.email", "ada@example.org"}, {"init.defaultBranch", "main"},
		{"protocol.file.allow", "always"}, {"gc.auto", "0"}, {"advice.addEmbeddedRepo", "false"}} {
		command(t, home, "git", append([]string{"config", "--global"}, args...)...)
	}
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &repo{t, dir}
	r.git(append([]string{"init", "-q"}, initArgs...)...)
	return r
}

// committed makes a repository with a few files and one commit.
func committed(t *testing.T) *repo {
	t.Helper()
	r := newRepo(t)
	r.write("a.txt", "one\ntwo\n")
	r.write("b.txt", "b\n")
	r.write("sub/c.go", "package c\n")
	r.write("sub/deep/d.bin", "\x00\x01\x02")
	r.write("run.sh", "#!/bin/sh\n")
	r.chmod("run.sh", 0o755)
	r.link("a.txt", "link")
	r.write(".gitignore", "*.log\nbuild/\n")
	r.commit("first")
	return r
}

func command(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, stderr.Bytes())
	}
	return string(out)
}

func (r *repo) git(args ...string) string { r.t.Helper(); return command(r.t, r.dir, "git", args...) }

// fails runs git where it must not succeed, as a merge with a conflict.
func (r *repo) fails(args ...string) {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	if out, err := cmd.CombinedOutput(); err == nil {
		r.t.Fatalf("git %s succeeded: %s", strings.Join(args, " "), out)
	}
}

func (r *repo) commit(message string) {
	r.t.Helper()
	r.git("add", "-A")
	r.git("commit", "-q", "-m", message)
}

func (r *repo) path(name string) string { return filepath.Join(r.dir, name) }

func (r *repo) write(name, text string) {
	r.t.Helper()
	check(r.t, os.MkdirAll(filepath.Dir(r.path(name)), 0o755))
	check(r.t, os.WriteFile(r.path(name), []byte(text), 0o644))
}

func (r *repo) link(target, name string) { r.t.Helper(); check(r.t, os.Symlink(target, r.path(name))) }
func (r *repo) remove(name string)       { r.t.Helper(); check(r.t, os.RemoveAll(r.path(name))) }
func (r *repo) chmod(name string, m fs.FileMode) {
	r.t.Helper()
	check(r.t, os.Chmod(r.path(name), m))
}
func (r *repo) rename(old, to string) { r.t.Helper(); check(r.t, os.Rename(r.path(old), r.path(to))) }

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// blobs is a store in memory.
type blobs struct {
	mu   sync.Mutex
	held map[tracker.Digest][]byte
}

func newBlobs() *blobs { return &blobs{held: map[tracker.Digest][]byte{}} }

func (b *blobs) Put(p []byte) (tracker.Digest, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	d := tracker.Digest(sha256.Sum256(p))
	b.held[d] = bytes.Clone(p)
	return d, nil
}

func (b *blobs) PutReader(r io.Reader) (tracker.Digest, int64, error) {
	p, err := io.ReadAll(r)
	if err != nil {
		return tracker.Digest{}, 0, err
	}
	d, err := b.Put(p)
	return d, int64(len(p)), err
}

func (b *blobs) Open(d tracker.Digest) (io.ReadCloser, int64, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	p, ok := b.held[d]
	if ok && p == nil {
		return nil, 0, fmt.Errorf("open blob %s: %w", d, snapshot.ErrRemoved)
	}
	if !ok {
		return nil, 0, fmt.Errorf("no blob %s: %w", d, fs.ErrNotExist)
	}
	return io.NopCloser(bytes.NewReader(p)), int64(len(p)), nil
}

// capture captures the state of a repository, through its document.
func (r *repo) capture(c *Capturer) State {
	r.t.Helper()
	s, err := c.Capture(context.Background())
	check(r.t, err)
	parsed, err := ParseChanges(s.Document())
	check(r.t, err)
	if diff := cmp.Diff(s.Changes, parsed, cmpopts.EquateEmpty()); diff != "" {
		r.t.Errorf("changes, through their document (-want +got):\n%s", diff)
	}
	if !slices.IsSortedFunc(s.Changes, func(a, b Change) int { return strings.Compare(a.Path, b.Path) }) {
		r.t.Errorf("changes are not sorted: %v", s.Changes)
	}
	return s
}

// statusOfGit is what git says: for each path two letters as in porcelain v2, and ?? for untracked ones.
func (r *repo) statusOfGit() map[string]string {
	r.t.Helper()
	out := r.git("--no-optional-locks", "status", "--porcelain=v2", "-z", "--no-renames", "--untracked-files=all", "--ignore-submodules=none")
	status := map[string]string{}
	for _, item := range strings.Split(out, "\x00") {
		fields := strings.SplitN(item, " ", 9)
		switch {
		case strings.HasPrefix(item, "1 "):
			status[fields[8]] += strings.ReplaceAll(fields[1], "T", "M")
		case strings.HasPrefix(item, "u "):
			path := strings.SplitN(item, " ", 11)[10]
			status[path] = "uu"
		case strings.HasPrefix(item, "? "):
			status[strings.TrimSuffix(item[2:], "/")] += "??"
		}
	}
	return status
}

// asGit is a change in git's letters.
func asGit(c *Change) string {
	there := c.Mode != 0
	switch c.Status {
	case Untracked:
		return "??"
	case Conflicted:
		return "uu"
	case Added, Renamed:
		switch {
		case slices.Contains(c.Marks, IntentToAdd) && there:
			return ".A"
		case slices.Contains(c.Marks, IntentToAdd):
			return ".D"
		case !there:
			return "AD"
		case c.Index == Other:
			return "AM"
		}
		return "A."
	case Modified, Staged:
		if c.Dirty > 0 && c.Index == AsWork {
			return "MM"
		}
		return map[Place]string{AsHead: ".M", AsWork: "M.", Other: "MM", None: "D.??"}[c.Index]
	case Deleted:
		return map[Place]string{AsHead: ".D", None: "D.", Other: "MD"}[c.Index]
	}
	return ""
}

// compareWithGit checks that a state says of each path what git says.
func (r *repo) compareWithGit(s State) {
	r.t.Helper()
	own := map[string]string{}
	for i := range s.Changes {
		if c := &s.Changes[i]; c.dirty() {
			own[c.Path] = asGit(c)
		}
	}
	want := r.statusOfGit()
	for path, xy := range own { // what was taken out of the index and is ignored, git does not list
		if xy == "D.??" && want[path] == "D." {
			own[path] = "D."
		}
	}
	if diff := cmp.Diff(want, own); diff != "" {
		r.t.Errorf("status (-git +gemba):\n%s\n%s", diff, s.Document())
	}
}

func gitCommand(dir string, args ...string) *exec.Cmd {
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	return cmd
}
