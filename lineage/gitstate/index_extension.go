package gitstate

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// cacheTree is the index's extension TREE: for a folder, how many entries are below it, and the tree that has
// exactly these, where the index knows.
type cacheTree struct {
	entries int // below zero: what the tree is, is not known
	hash    plumbing.Hash
	folders map[string]*cacheTree
}

// child returns a folder's subfolder, nil when nothing is known of it.
func (c *cacheTree) child(name string) *cacheTree {
	if c == nil {
		return nil
	}
	return c.folders[name]
}

// is reports whether a folder is known to hold exactly what a tree does.
func (c *cacheTree) is(tree plumbing.Hash) bool { return c != nil && c.entries >= 0 && c.hash == tree }

// extensions reads what follows the entries. Those with a capital letter are optional: only TREE is used.
func (f *indexFile) extensions() error {
	for f.at+8 <= len(f.data) {
		name := f.text[f.at : f.at+4]
		size := int(binary.BigEndian.Uint32(f.data[f.at+4:]))
		f.at += 8
		if size > len(f.data)-f.at {
			return f.fault("extension cut short")
		}
		if err := f.extension(name, f.data[f.at:f.at+size]); err != nil {
			return err
		}
		f.at += size
	}
	return nil
}

func (f *indexFile) extension(name string, data []byte) (err error) {
	switch {
	case name == "TREE":
		rest := string(data)
		if f.index.cache, _, rest = parseCacheTree(rest, 0); f.index.cache == nil || rest != "" {
			f.index.cache = nil // it only saves time
		}
	case name == "link":
		f.link, err = parseLink(data)
	case name == "sdir": // entries may be folders: see indexEntry.mode
	case name[0] < 'A' || name[0] > 'Z':
		return fmt.Errorf("index extension %q is not known here, and needed", name)
	}
	return err
}

// maxDepth is how deep folders may be nested; the system's limits are far below.
const maxDepth = 4096

// parseCacheTree reads a folder and those below it; nil when the text is wrong.
func parseCacheTree(text string, depth int) (tree *cacheTree, name, rest string) {
	name, rest, ok := strings.Cut(text, "\x00")
	counts, rest, ok2 := strings.Cut(rest, "\n")
	first, second, ok3 := strings.Cut(counts, " ")
	entries, err := strconv.Atoi(first)
	folders, err2 := strconv.Atoi(second)
	if !ok || !ok2 || !ok3 || err != nil || err2 != nil || depth > maxDepth {
		return nil, "", ""
	}
	tree = &cacheTree{entries: entries}
	if entries >= 0 {
		if len(rest) < len(tree.hash) {
			return nil, "", ""
		}
		rest = rest[copy(tree.hash[:], rest):]
	}
	for range folders {
		sub, subName, more := parseCacheTree(rest, depth+1)
		if sub == nil {
			return nil, "", ""
		}
		if tree.folders == nil {
			tree.folders = map[string]*cacheTree{}
		}
		tree.folders[subName], rest = sub, more
	}
	return tree, name, rest
}
