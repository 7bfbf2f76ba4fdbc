package gitstate

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// chaos does random things to a repository.
type chaos struct {
	*repo
	random *rand.Rand
}

func (c *chaos) pick(from ...string) string { return from[c.random.IntN(len(from))] }

// name is one of few, so that things happen to the same files.
func (c *chaos) name() string {
	name := c.pick("a", "b", "c.txt", "d.log", "e f", "ö", "x.o", "caf\xe9", "n\nl")
	for range c.random.IntN(3) {
		name = c.pick("p", "q", "p.d", "build", "q-r") + "/" + name
	}
	return name
}

func (c *chaos) step() {
	name := c.name()
	path := c.path(name)
	switch c.random.IntN(16) {
	case 0, 1, 2, 3:
		if os.MkdirAll(filepath.Dir(path), 0o755) == nil {
			_ = os.WriteFile(path, []byte(strings.Repeat(c.pick("x", "y\n", "\x00"), c.random.IntN(4))), 0o644)
		}
	case 4:
		_ = os.Remove(path)
	case 5:
		_ = os.RemoveAll(filepath.Dir(path))
		_ = os.MkdirAll(c.dir, 0o755)
	case 6:
		_ = os.Chmod(path, 0o755)
	case 7:
		_ = os.Rename(path, c.path(c.name()))
	case 8:
		_ = os.Remove(path)
		_ = os.Symlink(c.pick("a", "p", "nowhere"), path)
	case 9, 10:
		c.try("add", "--", name)
	case 11:
		c.try("add", "-A")
	case 12:
		c.try("rm", "-q", "--cached", "-r", "--", name)
	case 13:
		c.try("commit", "-q", "-m", "step")
	case 14:
		pattern := c.pick("*.log", "*.o", "build/", "/p", "!keep", "p/*\n!p/a", "**/q/", "q/**/a", "[abc]", "!a", "\\!x", "e\\ f", "e f ", "p.d/**", "?", "*", "!*/")
		dir := c.pick(".", "p", "q", "p/q")
		if info, err := os.Stat(c.path(dir)); err == nil && info.IsDir() {
			_ = os.WriteFile(c.path(dir+"/.gitignore"), []byte(pattern+"\n"+c.pick("", "#x\n", "a\n", "!b\n")), 0o644)
		}
	case 15:
		c.try("add", "-N", "--", name)
	}
}

// try runs git, which may refuse.
func (c *chaos) try(args ...string) { _ = gitCommand(c.dir, args...).Run() }

// TestRandomTreesAreGits compares status with git's after random steps, with a capturer that remembers.
func TestRandomTreesAreGits(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := committed(t)
			c := &chaos{r, rand.New(rand.NewPCG(seed, 1))}
			capturer := NewCapturer(r.dir, Options{Store: newBlobs(), Parallel: seed%2 == 0})
			for round := 0; round < 25 && !t.Failed(); round++ {
				for range 1 + c.random.IntN(12) {
					c.step()
				}
				if !r.exists(".git") { // the last step removed it all
					return
				}
				r.compareWithGit(r.capture(capturer))
			}
			r.compareWithGit(r.restoredAs(Options{}))
		})
	}
}

func (r *repo) exists(name string) bool { _, err := os.Lstat(r.path(name)); return err == nil }

// patternPieces are put together to patterns.
var patternPieces = []string{"a", "b", "*", "**", "/", "/", "?", "[ab]", "[!a]", "[a-c]", "[[:alpha:]]", "\\*", "\\a", ".", "!", " ", "\\ ", "ab", "[", "]", "a*b", "#", "[]a]", "[^b]", "***", "\\"}

// TestIgnoreIsGits compares what is untracked with `git ls-files -o --exclude-standard` for random patterns.
func TestIgnoreIsGits(t *testing.T) {
	r := newRepo(t)
	random := rand.New(rand.NewPCG(7, 7))
	for range 120 {
		name := ""
		for range 1 + random.IntN(4) {
			name = filepath.Join(name, []string{"a", "b", "ab", "abb", "c", "a.b", "*", "[", "!", "#a", "a ", "B", "."}[random.IntN(12)])
		}
		if os.MkdirAll(filepath.Dir(r.path(name)), 0o755) == nil {
			_ = os.WriteFile(r.path(name), nil, 0o644)
		}
	}
	r.write("core.ignore", "")
	r.git("config", "core.excludesFile", r.path("core.ignore"))
	for round := range 150 {
		for _, file := range []string{".gitignore", "a/.gitignore", ".git/info/exclude", "core.ignore"} {
			var text strings.Builder
			for range random.IntN(3) {
				for range 1 + random.IntN(5) {
					text.WriteString(patternPieces[random.IntN(len(patternPieces))])
				}
				text.WriteString([]string{"\n", "\r\n", " \n"}[random.IntN(3)])
			}
			if info, err := os.Stat(filepath.Dir(r.path(file))); err == nil && info.IsDir() {
				r.write(file, text.String())
			}
		}
		var want, got []string
		for _, name := range strings.Split(r.git("ls-files", "-z", "-o", "--exclude-standard"), "\x00") {
			if name != "" {
				want = append(want, name)
			}
		}
		for _, c := range r.capture(NewCapturer(r.dir, Options{})).Changes {
			got = append(got, c.Path)
		}
		slices.Sort(want)
		if diff := cmp.Diff(want, got); diff != "" {
			for _, file := range []string{".gitignore", "a/.gitignore", ".git/info/exclude", "core.ignore"} {
				b, _ := os.ReadFile(r.path(file))
				t.Logf("%s: %q", file, b)
			}
			t.Fatalf("round %d: untracked files (-git +gemba):\n%s", round, diff)
		}
	}
}
