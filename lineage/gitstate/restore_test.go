package gitstate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/lineage/snapshot"
	"github.com/gemba-ml/gemba/tracker"
)

// workTree is all files and links below dir that git would not ignore, by path: mode and content. Folders count
// where they are empty in a restored tree only because of a file.
func workTree(t *testing.T, dir string, ignored map[string]bool) map[string]string {
	t.Helper()
	all := map[string]string{}
	check(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(strings.TrimPrefix(path, dir), string(filepath.Separator)))
		switch {
		case d.Name() == ".git" && d.IsDir():
			return fs.SkipDir
		case d.Name() == ".git" || d.IsDir() || ignored[rel]:
			return nil
		case d.Type()&fs.ModeSymlink != 0:
			target, err := os.Readlink(path)
			all[rel] = "-> " + target
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		b, err := os.ReadFile(path)
		all[rel] = fmt.Sprintf("%v %q", info.Mode(), b)
		return err
	}))
	return all
}

// ignored are the files that git ignores, in submodules too.
func (r *repo) ignored() map[string]bool {
	r.t.Helper()
	all := map[string]bool{}
	for _, name := range strings.Split(r.git("ls-files", "-z", "-o", "-i", "--exclude-standard"), "\x00") {
		all[name] = true
	}
	return all
}

// restoredAs captures the state and checks that it comes back, from the repository and from a tree in the store.
func (r *repo) restoredAs(o Options) State {
	r.t.Helper()
	store := newBlobs()
	o.Store = store
	c := NewCapturer(r.dir, o)
	defer c.Close()
	s := r.capture(c)
	ignored := r.ignored()
	for i := range s.Changes {
		delete(ignored, s.Changes[i].Path) // HEAD has it
	}
	want := workTree(r.t, r.dir, ignored)
	from := Source{Repository: r.dir, Commit: s.Commit, Changes: s.Document(), Blobs: store}
	r.comesBack("from the repository", from, want)
	if s.Commit != "" {
		folder, missing, err := Materialize(context.Background(), r.dir, s.Commit, store, nil)
		check(r.t, err)
		if len(missing) > 0 {
			r.t.Errorf("the tree lacks %q", missing)
		}
		r.comesBack("from a tree", Source{Tree: folder.Tree, Changes: s.Document(), Blobs: store}, want)
	}
	return s
}

func (r *repo) comesBack(how string, from Source, want map[string]string) {
	r.t.Helper()
	dir := filepath.Join(r.t.TempDir(), "back")
	got, err := Restore(context.Background(), from, dir)
	check(r.t, err)
	if len(got.Missing) > 0 {
		r.t.Errorf("restored %s, missing %q", how, got.Missing)
	}
	if diff := cmp.Diff(want, workTree(r.t, dir, nil)); diff != "" {
		r.t.Errorf("restored %s (-work tree +restored):\n%s\n%s", how, diff, from.Changes)
	}
}

func TestRestoreBringsBack(t *testing.T) {
	for name, change := range dirtyStates {
		t.Run(name, func(t *testing.T) {
			r := committed(t)
			change(r)
			r.restoredAs(Options{})
		})
	}
}

func TestRestoreRefuses(t *testing.T) {
	r := committed(t)
	store := newBlobs()
	digest, err := store.Put([]byte("evil"))
	check(t, err)
	commit := strings.TrimSpace(r.git("rev-parse", "HEAD"))
	file := func(path string) Change {
		return Change{Path: path, Status: Untracked, Mode: 0o100644, Size: 4, Digest: digest}
	}
	for name, changes := range map[string][]Change{
		"above":         {file("../evil")},
		"absolute":      {file("/tmp/evil")},
		"dots inside":   {file("sub/../../evil")},
		"git folder":    {file(".git/hooks/post-checkout")},
		"git in a sub":  {file("sub/.GIT/config")},
		"through links": {{Path: "out", Status: Untracked, Mode: modeLink, Target: "/tmp"}, file("out/evil")},
		"empty":         {file("")},
		"NUL":           {file("a\x00b")},
	} {
		t.Run(name, func(t *testing.T) {
			s := State{Changes: changes}
			dir := filepath.Join(t.TempDir(), "back")
			_, err := Restore(context.Background(), Source{Repository: r.dir, Commit: commit, Changes: s.Document(), Blobs: store}, dir)
			if err == nil {
				t.Error("restored")
			}
			if _, err := os.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the folder is there: %v", err)
			}
			if left, _ := os.ReadDir(filepath.Dir(dir)); len(left) > 0 {
				t.Errorf("left over: %v", left)
			}
		})
	}
}

func TestRestoreKeepsWhatIsThere(t *testing.T) {
	r := committed(t)
	commit := strings.TrimSpace(r.git("rev-parse", "HEAD"))
	full := t.TempDir()
	check(t, os.WriteFile(filepath.Join(full, "mine"), []byte("mine"), 0o644))
	_, err := Restore(context.Background(), Source{Repository: r.dir, Commit: commit, Blobs: newBlobs()}, full)
	if !errors.Is(err, snapshot.ErrNotEmpty) {
		t.Errorf("into a full folder: %v", err)
	}
	empty := t.TempDir()
	_, err = Restore(context.Background(), Source{Repository: r.dir, Commit: commit, Blobs: newBlobs()}, empty)
	check(t, err)
	if diff := cmp.Diff(workTree(t, r.dir, nil), workTree(t, empty, nil)); diff != "" {
		t.Errorf("into an empty folder (-want +got):\n%s", diff)
	}
	_, err = Restore(context.Background(), Source{Repository: r.dir, Commit: strings.Repeat("ab", 20), Blobs: newBlobs()}, filepath.Join(t.TempDir(), "x"))
	if !errors.Is(err, ErrNoCommit) || !strings.Contains(err.Error(), "may have lost the commit") {
		t.Errorf("of an unknown commit: %v", err)
	}
	_, err = Restore(context.Background(), Source{Repository: filepath.Join(full, "gone"), Commit: commit, Blobs: newBlobs()}, filepath.Join(t.TempDir(), "x"))
	if !errors.Is(err, ErrNoCommit) {
		t.Errorf("without a repository: %v", err)
	}
}

// TestRestoreWithoutAContent: where one content was purged, the others come back.
func TestRestoreWithoutAContent(t *testing.T) {
	r := committed(t)
	r.write("kept", "still there")
	r.write("purged", "a secret")
	store := newBlobs()
	state := r.capture(NewCapturer(r.dir, Options{Store: store}))
	store.held[tracker.DigestOf([]byte("a secret"))] = nil
	dir := filepath.Join(t.TempDir(), "x")
	back, err := Restore(context.Background(), Source{Repository: r.dir, Commit: state.Commit, Changes: state.Document(), Blobs: store}, dir)
	check(t, err)
	want := workTree(t, r.dir, map[string]bool{"purged": true})
	if diff := cmp.Diff(want, workTree(t, dir, nil)); diff != "" || int(back.Files) != len(want) {
		t.Errorf("%d files (-want +got):\n%s", back.Files, diff)
	}
	if len(back.Missing) != 1 || !strings.HasPrefix(back.Missing[0], "purged: its bytes") {
		t.Errorf("missing: %q", back.Missing)
	}
}

// TestRestoreWithoutTheCommit: what differed from a commit comes back even where the commit is lost.
func TestRestoreWithoutTheCommit(t *testing.T) {
	for name, change := range dirtyStates {
		t.Run(name, func(t *testing.T) {
			r := committed(t)
			change(r)
			blobs := newBlobs()
			state := r.capture(NewCapturer(r.dir, Options{Store: blobs}))
			dir := filepath.Join(t.TempDir(), "x")
			_, err := Restore(context.Background(), Source{Commit: state.Commit, Without: true, Changes: state.Document(), Blobs: blobs}, dir)
			check(t, err)
			for path, is := range workTree(t, dir, nil) {
				if diff := cmp.Diff(workTree(t, r.dir, nil)[path], is); diff != "" {
					t.Errorf("%s (-want +got):\n%s", path, diff)
				}
			}
			for _, c := range state.Changes {
				if _, err := os.Lstat(filepath.Join(dir, c.Path)); err != nil && c.Status == Untracked && !c.Digest.IsZero() {
					t.Errorf("%s did not come back: %v", c.Path, err)
				}
			}
		})
	}
}
