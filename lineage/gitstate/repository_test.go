package gitstate

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// changeMuch makes most kinds of changes.
func changeMuch(r *repo) {
	r.write("a.txt", "one\nthree\n")
	r.write("sub/c.go", "package d\n")
	r.git("add", "sub/c.go")
	r.write("sub/c.go", "package e\n")
	r.remove("b.txt")
	r.chmod("run.sh", 0o644)
	r.write("new", "n")
	r.git("add", "new")
	r.write("untracked", "u")
}

// at is the same repository, seen from another folder.
func (r *repo) at(dir string) *repo { return &repo{r.t, dir} }

func TestIndexFormats(t *testing.T) {
	for name, set := range map[string][]string{
		"version 2":       {"update-index", "--index-version", "2"},
		"version 4":       {"update-index", "--index-version", "4"},
		"split index":     {"update-index", "--split-index"},
		"untracked cache": {"update-index", "--untracked-cache"},
		"no cache tree":   {"update-index", "--force-write-index", "--add", "--cacheinfo", "100644,e69de29bb2d1d6434b8b29ae775ad8c2e48c5391,zz"},
		"skip hash":       {"-c", "index.skipHash=true", "update-index", "--force-write-index"},
	} {
		t.Run(name, func(t *testing.T) {
			r := committed(t)
			r.git("config", "splitIndex.maxPercentChange", "100")
			r.git(set...)
			changeMuch(r)
			r.git("add", "-N", "untracked") // flags of version 3
			s := r.restoredAs(Options{})
			r.compareWithGit(s)
			if len(s.Missing) > 0 {
				t.Errorf("missing: %q", s.Missing)
			}
			if shared, _ := filepath.Glob(r.path(".git/sharedindex.*")); name == "split index" && len(shared) == 0 {
				t.Error("git made no split index")
			}
		})
	}
}

func TestSplitIndexLosesAndReplaces(t *testing.T) {
	r := newRepo(t)
	for i := range 200 {
		r.write(string(rune('a'+i%26))+"/"+strings.Repeat("x", i/26+1), "text")
	}
	r.commit("many")
	r.git("config", "splitIndex.maxPercentChange", "100")
	r.git("update-index", "--split-index")
	for _, letter := range []string{"c", "d", "k"} {
		r.git("rm", "-rq", letter)
	}
	r.write("e/x", "changed")
	r.write("e/new", "new")
	r.git("add", "e")
	r.compareWithGit(r.restoredAs(Options{}))
}

func TestLinkedWorktree(t *testing.T) {
	r := committed(t)
	r.git("tag", "v1")
	dir := filepath.Join(t.TempDir(), "linked")
	r.git("worktree", "add", "-q", "-b", "side", dir)
	linked := r.at(dir)
	changeMuch(linked)
	s := linked.restoredAs(Options{})
	linked.compareWithGit(s)
	if s.Branch != "side" || !s.Is(Linked) || s.Root != dir || !slices.Equal(s.Tags, []string{"v1"}) {
		t.Errorf("state %+v", s)
	}
	if s := r.capture(NewCapturer(r.path("sub/deep"), Options{})); s.Branch != "main" || len(s.Changes) > 0 || s.Root != r.dir {
		t.Errorf("state of the main work tree: %+v", s)
	}
}

func TestBare(t *testing.T) {
	r := committed(t)
	bare := r.at(filepath.Join(t.TempDir(), "bare.git"))
	r.git("clone", "-q", "--bare", r.dir, bare.dir)
	s := bare.capture(NewCapturer(bare.dir, Options{}))
	if !s.Is(Bare) || s.Commit != strings.TrimSpace(r.git("rev-parse", "HEAD")) || s.Branch != "main" || s.GitDir != bare.dir || len(s.Missing) > 0 {
		t.Errorf("state %+v", s)
	}
	bare.comesBack("from a bare repository", Source{Repository: bare.dir, Commit: s.Commit}, workTree(t, r.dir, nil))
}

func TestShallowAndAlternates(t *testing.T) {
	r := committed(t)
	r.write("more", "m")
	r.commit("second")
	for flag, args := range map[Flag][]string{Shallow: {"--depth", "1"}, "": {"--shared"}} {
		clone := r.at(filepath.Join(t.TempDir(), "clone"))
		r.git(append(append([]string{"clone", "-q"}, args...), "file://"+r.dir, clone.dir)...)
		if flag == "" {
			check(t, os.RemoveAll(clone.dir))
			r.git("clone", "-q", "--shared", r.dir, clone.dir)
		}
		changeMuch(clone)
		s := clone.restoredAs(Options{})
		clone.compareWithGit(s)
		if flag != "" && !s.Is(flag) {
			t.Errorf("flags %q", s.Flags)
		}
	}
}

func TestPacked(t *testing.T) {
	r := committed(t)
	r.git("tag", "-a", "v1", "-m", "annotated")
	r.git("tag", "light")
	c := NewCapturer(r.dir, Options{Store: newBlobs()})
	r.capture(c)
	r.write("a.txt", strings.Repeat("line\n", 1000))
	r.commit("second")
	r.write("a.txt", strings.Repeat("line\n", 1001))
	r.commit("third")
	r.git("tag", "-a", "v2", "-m", "annotated")
	r.git("gc", "-q", "--prune=now") // objects move to packs while c has the repository open
	changeMuch(r)
	r.compareWithGit(r.capture(c))
	s := r.restoredAs(Options{})
	if diff := cmp.Diff([]string{"v2"}, s.Tags); diff != "" {
		t.Errorf("tags (-want +got):\n%s", diff)
	}
	r.git("checkout", "-q", "-f", "v1")
	if s := r.capture(c); !slices.Equal(s.Tags, []string{"light", "v1"}) || !s.Is(Detached) || s.Branch != "" {
		t.Errorf("tags %q, flags %q, branch %q", s.Tags, s.Flags, s.Branch)
	}
}

func TestOperations(t *testing.T) {
	diverge := func(r *repo) {
		r.git("checkout", "-q", "-b", "side")
		r.write("a.txt", "side\n")
		r.commit("side")
		r.git("checkout", "-q", "main")
		r.write("a.txt", "main\n")
		r.commit("main")
	}
	for flag, start := range map[Flag]func(*repo){
		Merging:   func(r *repo) { diverge(r); r.fails("merge", "side") },
		Rebasing:  func(r *repo) { diverge(r); r.fails("rebase", "side") },
		Picking:   func(r *repo) { diverge(r); r.fails("cherry-pick", "side") },
		Reverting: func(r *repo) { diverge(r); r.write("a.txt", "more"); r.commit("more"); r.fails("revert", "HEAD~1") },
		Bisecting: func(r *repo) { r.git("bisect", "start") },
		Unborn:    func(r *repo) { r.git("checkout", "-q", "--orphan", "fresh") },
	} {
		t.Run(string(flag), func(t *testing.T) {
			r := committed(t)
			start(r)
			s := r.restoredAs(Options{})
			r.compareWithGit(s)
			if !s.Is(flag) {
				t.Errorf("flags %q", s.Flags)
			}
		})
	}
}

func TestEmptyRepository(t *testing.T) {
	r := newRepo(t)
	s := r.restoredAs(Options{})
	if !s.Is(Unborn) || s.Branch != "main" || len(s.Changes) > 0 || len(s.Missing) > 0 {
		t.Errorf("state %+v", s)
	}
	r.write("first", "f")
	r.git("add", "first")
	r.write("second", "s")
	r.compareWithGit(r.restoredAs(Options{}))
}

func TestAbsent(t *testing.T) {
	dir := t.TempDir()
	s := (&repo{t, dir}).capture(NewCapturer(dir, Options{}))
	if !s.Is(Absent) || !slices.Equal(s.Missing, []string{"not in a git repository"}) {
		t.Errorf("state %+v", s)
	}
	c := NewCapturer(filepath.Join(dir, "gone"), Options{})
	if s := (&repo{t, dir}).capture(c); len(s.Missing) == 0 {
		t.Errorf("state of a folder that is not there: %+v", s)
	}
}

func TestRepositoryComesAndGoes(t *testing.T) {
	r := committed(t)
	c := NewCapturer(r.dir, Options{})
	check(t, os.Rename(r.path(".git"), r.path(".hidden")))
	if s := r.capture(c); !s.Is(Absent) {
		t.Errorf("flags %q", s.Flags)
	}
	check(t, os.Rename(r.path(".hidden"), r.path(".git")))
	r.compareWithGit(r.capture(c))
}

func TestSubmodules(t *testing.T) {
	inner := committed(t)
	inner.write("second", "s")
	inner.commit("second")
	r := committed(t)
	r.git("submodule", "--quiet", "add", inner.dir, "lib/inner")
	r.git("submodule", "--quiet", "add", inner.dir, "other")
	r.commit("with submodules")
	sub := r.at(r.path("lib/inner"))
	steps := []struct {
		name   string
		change func()
	}{
		{"clean", func() {}},
		{"edited inside", func() { changeMuch(sub) }},
		{"moved", func() { sub.git("checkout", "-q", "-f", "HEAD~1") }},
		{"moved and staged", func() { r.git("add", "lib/inner") }},
		{"nested, no submodule", func() { r.git("clone", "-q", inner.dir, "clone") }},
		{"nested and changed", func() { changeMuch(r.at(r.path("clone"))) }},
	}
	c := NewCapturer(r.dir, Options{Store: newBlobs()})
	for _, step := range steps {
		t.Run(step.name, func(t *testing.T) {
			step.change()
			r := &repo{t, r.dir}
			r.compareWithGit(r.capture(c))
			store := newBlobs()
			s := r.capture(NewCapturer(r.dir, Options{Store: store}))
			ignored := r.ignored()
			r.comesBack("with submodules", Source{Repository: r.dir, Commit: s.Commit, Changes: s.Document(), Blobs: store}, workTree(t, r.dir, ignored))
		})
	}
	s := r.capture(c)
	i := slices.IndexFunc(s.Changes, func(c Change) bool { return c.Path == "lib/inner" })
	want := Change{Path: "lib/inner", Status: Modified, Index: AsWork, Mode: modeModule, Dirty: s.Changes[i].Dirty,
		Commit: strings.TrimSpace(sub.git("rev-parse", "HEAD"))}
	if diff := cmp.Diff(want, s.Changes[i]); diff != "" {
		t.Errorf("submodule (-want +got):\n%s", diff)
	}
}

func TestSHA256(t *testing.T) {
	r := newRepo(t, "--object-format=sha256")
	r.write("a", "a")
	r.commit("first")
	s := r.capture(NewCapturer(r.dir, Options{}))
	if !s.Is(Inaccessible) || s.Commit != strings.TrimSpace(r.git("rev-parse", "HEAD")) || !strings.Contains(strings.Join(s.Missing, ""), "SHA256") {
		t.Errorf("state %+v", s)
	}
}

func TestCorruptIndex(t *testing.T) {
	for name, spoil := range map[string]func([]byte) []byte{
		"empty":        func([]byte) []byte { return nil },
		"cut":          func(b []byte) []byte { return b[:len(b)/2] },
		"bit":          func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"no signature": func(b []byte) []byte { return slices.Repeat([]byte("x"), len(b)) },
	} {
		t.Run(name, func(t *testing.T) {
			r := committed(t)
			changeMuch(r)
			before, err := os.ReadFile(r.path(".git/index"))
			check(t, err)
			check(t, os.WriteFile(r.path(".git/index"), spoil(slices.Clone(before)), 0o644))
			c := NewCapturer(r.dir, Options{Store: newBlobs()})
			s := r.capture(c)
			if len(s.Missing) != 1 || !strings.Contains(s.Missing[0], "corrupt index") {
				t.Errorf("missing %q", s.Missing)
			}
			var got []string
			for _, c := range s.Changes {
				got = append(got, c.Path+" "+string(c.Status))
			}
			want := []string{"a.txt modified", "b.txt deleted", "new untracked", "run.sh modified", "sub/c.go modified", "untracked untracked"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
			check(t, os.WriteFile(r.path(".git/index"), before, 0o644))
			if s := r.capture(c); len(s.Missing) > 0 {
				t.Errorf("missing, once it is whole again: %q", s.Missing)
			} else {
				r.compareWithGit(s)
			}
		})
	}
}

func TestCorruptObjects(t *testing.T) {
	r := committed(t)
	r.git("rm", "-q", "--cached", "a.txt") // the index's cache does not help
	packs, err := filepath.Glob(r.path(".git/objects/??"))
	check(t, err)
	for _, dir := range packs {
		check(t, os.RemoveAll(dir))
	}
	s := r.capture(NewCapturer(r.dir, Options{Store: newBlobs()}))
	if len(s.Missing) == 0 || s.Commit == "" {
		t.Errorf("state %+v", s)
	}
}

func TestOtherOwner(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root gives files away")
	}
	r := committed(t)
	changeMuch(r)
	command(t, r.dir, "chown", "-R", "65534", r.dir)
	if out, err := exec.Command("git", "-C", r.dir, "status").CombinedOutput(); err == nil {
		t.Logf("git itself does not mind: %s", out)
	}
	s := r.capture(NewCapturer(r.dir, Options{Store: newBlobs()}))
	if len(s.Missing) > 0 || s.Dirty() != 6 {
		t.Errorf("state %+v", s)
	}
}
