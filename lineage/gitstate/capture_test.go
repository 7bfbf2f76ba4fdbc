package gitstate

import (
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
)

// dirtyStates are ways in which a work tree differs from HEAD.
var dirtyStates = map[string]func(*repo){
	"clean":          func(*repo) {},
	"edited":         func(r *repo) { r.write("a.txt", "one\nthree\n") },
	"same size":      func(r *repo) { r.write("a.txt", "one\nTWO\n") },
	"touched":        func(r *repo) { r.write("a.txt", "one\ntwo\n") },
	"staged":         func(r *repo) { r.write("a.txt", "x"); r.git("add", "a.txt") },
	"staged, edited": func(r *repo) { r.write("a.txt", "x"); r.git("add", "a.txt"); r.write("a.txt", "y") },
	"staged, back":   func(r *repo) { r.write("a.txt", "x"); r.git("add", "a.txt"); r.write("a.txt", "one\ntwo\n") },
	"added":          func(r *repo) { r.write("new", "n"); r.git("add", "new") },
	"added, edited":  func(r *repo) { r.write("new", "n"); r.git("add", "new"); r.write("new", "m") },
	"added, gone":    func(r *repo) { r.write("new", "n"); r.git("add", "new"); r.remove("new") },
	"deleted":        func(r *repo) { r.remove("a.txt") },
	"folder deleted": func(r *repo) { r.remove("sub") },
	"git rm":         func(r *repo) { r.git("rm", "-q", "a.txt") },
	"rm cached":      func(r *repo) { r.git("rm", "-q", "--cached", "a.txt") },
	"rm cached, edited": func(r *repo) {
		r.git("rm", "-q", "--cached", "sub/c.go")
		r.write("sub/c.go", "package d\n")
	},
	"rm cached, ignored":  func(r *repo) { r.git("rm", "-q", "--cached", "a.txt"); r.write(".gitignore", "a.txt\n") },
	"staged, deleted":     func(r *repo) { r.write("a.txt", "x"); r.git("add", "a.txt"); r.remove("a.txt") },
	"renamed":             func(r *repo) { r.git("mv", "a.txt", "moved.txt") },
	"moved without git":   func(r *repo) { r.rename("a.txt", "moved.txt") },
	"executable":          func(r *repo) { r.chmod("a.txt", 0o755) },
	"not executable":      func(r *repo) { r.chmod("run.sh", 0o644) },
	"private":             func(r *repo) { r.write("secret", "s"); r.chmod("secret", 0o600) },
	"binary":              func(r *repo) { r.write("sub/deep/d.bin", "\x00\xff\xfe"); r.write("new.bin", "\x00\x00") },
	"untracked":           func(r *repo) { r.write("u", "u"); r.write("new/deep/er", "u"); r.write("sub/u", "") },
	"ignored":             func(r *repo) { r.write("x.log", "l"); r.write("build/o", "o"); r.write("sub/y.log", "") },
	"link to elsewhere":   func(r *repo) { r.remove("link"); r.link("b.txt", "link") },
	"link to file":        func(r *repo) { r.remove("link"); r.write("link", "a file") },
	"file to link":        func(r *repo) { r.remove("b.txt"); r.link("nowhere", "b.txt") },
	"untracked links":     func(r *repo) { r.link("/etc", "abs"); r.link("../..", "up"); r.link("sub", "dirlink") },
	"file to folder":      func(r *repo) { r.remove("b.txt"); r.write("b.txt/inner", "i") },
	"folder to file":      func(r *repo) { r.remove("sub"); r.write("sub", "file") },
	"folder to link":      func(r *repo) { r.remove("sub"); r.link("nowhere", "sub") },
	"intent to add":       func(r *repo) { r.write("ita", "i"); r.git("add", "-N", "ita") },
	"intent to add, gone": func(r *repo) { r.write("ita", "i"); r.git("add", "-N", "ita"); r.remove("ita") },
	"empty files":         func(r *repo) { r.write("a.txt", ""); r.write("e", "") },
	"newline in a name":   func(r *repo) { r.write("new\nline", "n"); r.write("tab\t\"quote\"", "q") },
	"no UTF-8":            func(r *repo) { r.write("caf\xe9", "latin"); r.git("add", "."); r.write("\xff\xfe", "bytes") },
	"name like a digest":  func(r *repo) { r.write("sha256:"+strings.Repeat("ab", 32), "d") },
	"conflict": func(r *repo) {
		r.git("checkout", "-q", "-b", "side")
		r.write("a.txt", "side\n")
		r.remove("b.txt")
		r.commit("side")
		r.git("checkout", "-q", "main")
		r.write("a.txt", "main\n")
		r.write("b.txt", "changed\n")
		r.commit("main")
		r.fails("merge", "side")
	},
	"assume unchanged": func(r *repo) { r.git("update-index", "--assume-unchanged", "a.txt") },
	"nested ignore": func(r *repo) {
		r.write("sub/.gitignore", "*\n!keep\n!.gitignore\n")
		r.write("sub/keep", "k")
		r.write("sub/drop", "d")
	},
	"LFS pointer": func(r *repo) {
		r.write("model.bin", lfsVersion+"oid sha256:"+strings.Repeat("ab", 32)+"\nsize 12345\n")
	},
	"no commits": func(r *repo) { r.git("checkout", "-q", "--orphan", "fresh") },
	"detached":   func(r *repo) { r.git("checkout", "-q", "--detach"); r.write("a.txt", "d") },
}

func TestStatusIsGits(t *testing.T) {
	for name, change := range dirtyStates {
		t.Run(name, func(t *testing.T) {
			r := committed(t)
			c := NewCapturer(r.dir, Options{Store: newBlobs(), Parallel: true})
			defer c.Close()
			r.compareWithGit(r.capture(c))
			change(r)
			first := r.capture(c)
			r.compareWithGit(first)
			r.compareWithGit(r.capture(c)) // from memory
			if fresh := r.capture(NewCapturer(r.dir, Options{Store: newBlobs()})); string(fresh.Document()) != string(first.Document()) {
				t.Errorf("a fresh capture says\n%s, one with memory\n%s", fresh.Document(), first.Document())
			}
			if len(first.Missing) > 0 {
				t.Errorf("missing: %q", first.Missing)
			}
		})
	}
}

func TestTheLedgerIsLeftWhereItDoesNotIgnoreItselfYet(t *testing.T) {
	r := committed(t)
	r.write("sub/.gemba/packs/lock", "")
	r.write("other/.gemba/mine", "of the user")
	r.write("own.txt", "new")
	c := NewCapturer(r.dir, Options{Store: newBlobs(), Leave: filepath.Join(r.dir, "sub", ".gemba")})
	defer c.Close()
	var paths []string
	for _, change := range r.capture(c).Changes {
		paths = append(paths, change.Path)
	}
	if diff := cmp.Diff([]string{"other/.gemba/mine", "own.txt"}, paths); diff != "" {
		t.Error(diff)
	}
}

// honest is a store that tells what it has.
type honest struct{ *blobs }

func (h honest) Has(d tracker.Digest) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	_, ok := h.held[d]
	return ok
}

// TestWhatIsGoneIsKeptAgain captures beside a store out of which somebody took everything meanwhile.
func TestWhatIsGoneIsKeptAgain(t *testing.T) {
	r := committed(t)
	changeMuch(r)
	store := honest{newBlobs()}
	c := NewCapturer(r.dir, Options{Store: store})
	_, err := c.Capture(t.Context())
	check(t, err)
	before := maps.Clone(store.held)
	clear(store.held)
	_, err = c.Capture(t.Context())
	check(t, err)
	if diff := cmp.Diff(before, store.held); diff != "" || len(before) == 0 {
		t.Errorf("%d blobs (-first +again):\n%s", len(before), diff)
	}
}
