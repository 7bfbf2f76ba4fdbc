package gitstate

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/storage/filesystem"
)

// objects reads a repository's objects, loose, packed, or in the repositories that it borrows from.
type objects struct {
	stores []*filesystem.Storage
	common string
}

const (
	// objectCache is how many bytes of objects are kept in memory.
	objectCache = 16 << 20
	// largeObject is how many bytes an object may have to be read into memory when it is streamed.
	largeObject = 64 << 20
	// maxAlternates is how many repositories may borrow from each other.
	maxAlternates = 32
)

func openObjects(common string) *objects {
	o := &objects{common: common}
	o.reopen()
	return o
}

// reopen forgets what is known of packs: git may have packed anew.
func (o *objects) reopen() {
	o.close()
	memory := cache.NewObjectLRU(objectCache)
	for _, dir := range borrowed(filepath.Join(o.common, "objects"), map[string]bool{}) {
		fs := osfs.New(filepath.Dir(dir), osfs.WithBoundOS())
		o.stores = append(o.stores, filesystem.NewStorageWithOptions(fs, memory,
			filesystem.Options{LargeObjectThreshold: largeObject, MaxOpenDescriptors: 16}))
	}
}

func (o *objects) close() {
	for _, s := range o.stores {
		_ = s.Close()
	}
	o.stores = nil
}

// borrowed returns an objects folder and those that objects/info/alternates leads to.
func borrowed(dir string, seen map[string]bool) []string {
	if seen[dir] || len(seen) > maxAlternates {
		return nil
	}
	seen[dir] = true
	all := []string{dir}
	b, _ := os.ReadFile(filepath.Join(dir, "info", "alternates"))
	for line := range strings.Lines(string(b)) {
		if line = strings.TrimRight(line, "\r\n"); line != "" && line[0] != '#' {
			all = append(all, borrowed(relativeTo(dir, line), seen)...)
		}
	}
	return all
}

// get returns an object. One that is not found may have moved to a new pack: then packs are looked at again.
func (o *objects) get(kind plumbing.ObjectType, hash plumbing.Hash) (plumbing.EncodedObject, error) {
	obj, err := o.find(kind, hash)
	if err != nil {
		o.reopen()
		obj, err = o.find(kind, hash)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s %s: %w", kind, hash, err)
	}
	return obj, nil
}

func (o *objects) find(kind plumbing.ObjectType, hash plumbing.Hash) (obj plumbing.EncodedObject, err error) {
	defer func() { // a damaged pack must not end the kernel
		if fault := recover(); fault != nil {
			err = fmt.Errorf("damaged objects: %v", fault)
		}
	}()
	err = plumbing.ErrObjectNotFound
	for _, s := range o.stores {
		if obj, err = s.EncodedObject(kind, hash); err == nil || !errors.Is(err, plumbing.ErrObjectNotFound) {
			return obj, err
		}
	}
	return nil, err
}

// blob returns a reader of a blob and its size.
func (o *objects) blob(hash plumbing.Hash) (io.ReadCloser, int64, error) {
	obj, err := o.get(plumbing.BlobObject, hash)
	if err != nil {
		return nil, 0, err
	}
	r, err := obj.Reader()
	return r, obj.Size(), err
}

// bytes returns a whole object.
func (o *objects) bytes(kind plumbing.ObjectType, hash plumbing.Hash) ([]byte, error) {
	obj, err := o.get(kind, hash)
	if err != nil {
		return nil, err
	}
	r, err := obj.Reader()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", hash, err)
	}
	defer func() { _ = r.Close() }()
	b, err := io.ReadAll(r)
	if err == nil && int64(len(b)) != obj.Size() {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, fmt.Errorf("read %s %s: %w", kind, hash, err)
	}
	return b, nil
}

// treeOf returns the tree of a commit.
func (o *objects) treeOf(commit plumbing.Hash) (plumbing.Hash, error) {
	b, err := o.bytes(plumbing.CommitObject, commit)
	if err != nil {
		return plumbing.ZeroHash, err
	}
	line, _, _ := bytes.Cut(b, []byte("\n"))
	tree, ok := bytes.CutPrefix(line, []byte("tree "))
	if !ok || !isHash(string(tree)) {
		return plumbing.ZeroHash, fmt.Errorf("read commit %s: it names no tree", commit)
	}
	return plumbing.NewHash(string(tree)), nil
}

// treeEntry is what a tree holds under a name.
type treeEntry struct {
	name string
	mode uint32
	hash plumbing.Hash
}

// tree returns what a tree holds, in git's order: folders as if their names ended in "/".
func (o *objects) tree(hash plumbing.Hash) (entries []treeEntry, err error) {
	b, err := o.bytes(plumbing.TreeObject, hash)
	if err != nil {
		return nil, err
	}
	for text := string(b); text != ""; {
		var e treeEntry
		head, rest, ok := strings.Cut(text, "\x00")
		if _, err := fmt.Sscanf(head, "%o ", &e.mode); err != nil || !ok || len(rest) < len(e.hash) {
			return nil, fmt.Errorf("read tree %s: it is damaged", hash)
		}
		_, e.name, _ = strings.Cut(head, " ")
		text = rest[copy(e.hash[:], rest):]
		entries = append(entries, e)
	}
	return entries, nil
}

// peel returns the commit that a tag leads to, empty when it leads elsewhere.
func (o *objects) peel(hash string) string {
	at := plumbing.NewHash(hash)
	for range maxSymbolic {
		obj, err := o.find(plumbing.AnyObject, at)
		if err != nil || obj.Type() == plumbing.CommitObject {
			return at.String()
		}
		if obj.Type() != plumbing.TagObject {
			return ""
		}
		var tag object.Tag
		if tag.Decode(obj) != nil {
			return ""
		}
		at = tag.Target
	}
	return ""
}

// hashOf parses a name; the empty one is zero.
func hashOf(text string) plumbing.Hash { return plumbing.NewHash(text) }

// asIndex returns an index that holds what a tree does and knows nothing of the work tree.
func (o *objects) asIndex(tree plumbing.Hash) *gitIndex {
	index := &gitIndex{}
	_ = o.walk(tree, "", func(path string, e treeEntry) error {
		index.entries = append(index.entries, indexEntry{path: path, mode: normalMode(e.mode), hash: e.hash})
		return nil
	})
	return index
}

// walk calls visit for all that is below a tree, folders aside, in the order of an index.
func (o *objects) walk(tree plumbing.Hash, prefix string, visit func(path string, e treeEntry) error) error {
	if tree.IsZero() {
		return nil
	}
	entries, err := o.tree(tree)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.mode == modeTree {
			err = o.walk(e.hash, prefix+e.name+"/", visit)
		} else {
			err = visit(prefix+e.name, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
