package gitstate

import (
	"bytes"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// head is where HEAD points.
type head struct {
	ref    string // refs/heads/main, empty when HEAD is detached
	commit string // hexadecimal, empty before the first commit
}

// packedRef is a line of packed-refs. Peeled is the commit that an annotated tag leads to.
type packedRef struct{ hash, peeled string }

// refs reads references as git's files keep them (gitrepository-layout): loose ones, then packed-refs.
type refs struct {
	Repository
	packedAt remembered
	packed   map[string]packedRef
}

// maxSymbolic is how many references may point at each other in a row, as in git.
const maxSymbolic = 5

// head follows HEAD.
func (r *refs) head() (h head) {
	name := "HEAD"
	for range maxSymbolic {
		text := r.read(name)
		target, symbolic := strings.CutPrefix(text, "ref:")
		if !symbolic {
			h.commit = text
			return h
		}
		name = strings.TrimSpace(target)
		h.ref = name
	}
	return h
}

// read returns the text of a reference, empty when there is none.
func (r *refs) read(name string) string {
	if !plainRef(name) {
		return ""
	}
	for _, dir := range []string{r.GitDir, r.Common} { // a linked work tree has some for itself
		if b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name))); err == nil {
			text := strings.TrimSpace(string(b))
			if isHash(text) || strings.HasPrefix(text, "ref:") {
				return text
			}
			return ""
		}
	}
	return r.packedRefs()[name].hash
}

// plainRef reports whether a name stays below the git folder.
func plainRef(name string) bool {
	return name == "HEAD" || strings.HasPrefix(name, "refs/") && filepath.IsLocal(filepath.FromSlash(name))
}

func isHash(text string) bool {
	_, err := hex.DecodeString(text)
	return err == nil && (len(text) == 40 || len(text) == 64)
}

// packedRefs returns what the file packed-refs says.
func (r *refs) packedRefs() map[string]packedRef {
	file := filepath.Join(r.Common, "packed-refs")
	if r.packed != nil && r.packedAt.holds(file) {
		return r.packed
	}
	r.packedAt, r.packed = remember(file), map[string]packedRef{}
	b, _ := os.ReadFile(file)
	last := ""
	for line := range bytes.Lines(b) {
		text := strings.TrimRight(string(line), "\r\n")
		if peeled, ok := strings.CutPrefix(text, "^"); ok {
			r.packed[last] = packedRef{r.packed[last].hash, peeled}
		} else if hash, name, ok := strings.Cut(text, " "); ok && isHash(hash) {
			r.packed[name], last = packedRef{hash: hash}, name
		}
	}
	return r.packed
}

// tags returns all tags: their names without refs/tags/, and what they point at. Peeled is empty where
// it is not known.
func (r *refs) tags() map[string]packedRef {
	const prefix = "refs/tags/"
	all := map[string]packedRef{}
	for name, ref := range r.packedRefs() {
		if tag, ok := strings.CutPrefix(name, prefix); ok {
			all[tag] = ref
		}
	}
	dir := filepath.Join(r.Common, "refs", "tags")
	_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, ".lock") {
			return nil
		}
		if b, err := os.ReadFile(path); err == nil && isHash(strings.TrimSpace(string(b))) {
			all[filepath.ToSlash(path[len(dir)+1:])] = packedRef{hash: strings.TrimSpace(string(b))}
		}
		return nil
	})
	return all
}

// tagsAt returns the sorted names of the tags that lead to a commit. Peel returns the commit that a
// tag object leads to; it is asked only about tags that packed-refs does not tell of.
func (r *refs) tagsAt(commit string, peel func(hash string) string) (names []string) {
	for name, ref := range r.tags() {
		if ref.peeled == "" && ref.hash != commit {
			ref.peeled = peel(ref.hash)
		}
		if ref.hash == commit || ref.peeled == commit {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
