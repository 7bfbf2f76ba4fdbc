package snapshot

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
)

func (b *room) move(from, to string) {
	b.t.Helper()
	to = filepath.Join(b.dir, to)
	if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o755), os.Rename(filepath.Join(b.dir, from), to)); err != nil {
		b.t.Fatal(err)
	}
}

func (b *room) remove(path string) {
	b.t.Helper()
	if err := os.RemoveAll(filepath.Join(b.dir, path)); err != nil {
		b.t.Fatal(err)
	}
}

func (b *room) mkdir(path string) {
	b.t.Helper()
	if err := os.MkdirAll(filepath.Join(b.dir, path), 0o755); err != nil {
		b.t.Fatal(err)
	}
}

func TestDiff(t *testing.T) {
	b := newRoom(t)
	for _, path := range []string{"same/1", "same/2", "edited/1", "edited/2", "gone/a/b", "moved/x", "twins/1", "turned/file", "Z"} {
		b.write(path, "content of "+path)
	}
	b.write("twins/2", "content of twins/1")
	b.write("none", "")
	b.mkdir("hollow")
	first, _ := b.take()
	b.write("edited/2", "another content")
	b.write("new/deep/file", "fresh")
	b.mkdir("new/hollow")
	b.remove("gone")
	b.remove("hollow")
	b.remove("none")
	b.write("none2", "")
	b.move("moved/x", "elsewhere/y")
	b.move("twins", "zwillinge")
	b.remove("turned")
	b.write("turned", "now a file")
	if err := os.Chmod(filepath.Join(b.dir, "Z"), 0o600); err != nil {
		t.Fatal(err)
	}
	second, _ := b.take()
	changes, err := Diff(blob.OpenStore(b.packs), first.Tree, second.Tree)
	var got []string
	for _, c := range changes {
		got = append(got, strings.TrimSpace(c.Kind+" "+c.Was+" "+c.Path))
	}
	want := []string{
		"changed  Z", "changed  edited/2", "renamed moved/x elsewhere/y", "removed  gone/a/b", "removed  hollow",
		"added  new/deep/file", "added  new/hollow", "removed  none", "added  none2", "removed  turned/file", "added  turned",
		"renamed twins/1 zwillinge/1", "renamed twins/2 zwillinge/2",
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("error %v, changes (-want +got):\n%s", err, diff)
	}
	if changes, err := Diff(blob.OpenStore(b.packs), first.Tree, first.Tree); len(changes) > 0 || err != nil {
		t.Errorf("a tree differs from itself: %v, %v", changes, err)
	}
}

// Equal folders are not read, so they need not even be there.
func TestDiffSkipsWhatIsEqual(t *testing.T) {
	b := newRoom(t)
	b.write("x", "1")
	first, _ := b.take()
	b.write("x", "2")
	second, _ := b.take()
	far := Line{Name: "far", Type: Folder, Mode: 0o755, Tree: tracker.DigestOf([]byte("elsewhere"))}
	store := memory{}
	trees := [2]tracker.Digest{}
	for i, r := range []Result{first, second} {
		near := Line{Name: "near", Type: Folder, Mode: 0o755, Tree: r.Tree, Files: 1, Bytes: 1}
		trees[i] = store.put(near.append(far.append(nil)))
	}
	store.copy(t, blob.OpenStore(b.packs), first.Tree, second.Tree)
	changes, err := Diff(store, trees[0], trees[1])
	if len(changes) != 1 || err != nil || changes[0].Path != "near/x" {
		t.Errorf("changes %+v, error %v", changes, err)
	}
}

func TestDiffOfWhatIsNoTree(t *testing.T) {
	store := memory{}
	good := Line{Name: "b", Type: Link, Target: "x"}
	tree := store.put(good.append(nil))
	for name, document := range map[string]string{
		"twice": string(good.append(good.append(nil))), "no end": strings.TrimSpace(string(good.append(nil))), "text": "hello\n",
		"long": `{"name":"` + strings.Repeat("x", maxLine) + `"}` + "\n",
	} {
		for _, pair := range [][2]tracker.Digest{{tree, store.put([]byte(document))}, {store.put([]byte(document)), tree}} {
			if _, err := Diff(store, pair[0], pair[1]); !errors.Is(err, ErrDocument) {
				t.Errorf("%s: error %v, want ErrDocument", name, err)
			}
		}
	}
	if _, err := Diff(store, tree, tracker.DigestOf([]byte("missing"))); !errors.Is(err, blob.ErrNotFound) {
		t.Errorf("a tree that is not there: error %v", err)
	}
}
