package gitstate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/gemba-ml/gemba/lineage/snapshot"
)

// Materialize stores all files of a commit as a snapshot's tree (see lineage/snapshot), with those of submodules whose
// repositories are there, and returns the line of that folder: so that code can be carried to where the repository is not.
// Dir is a folder in the repository. The bytes are those of git's blobs; a Restore from the tree applies
// what was recorded of filters. Screen, which may be nil, takes secrets out.
func Materialize(ctx context.Context, dir, commit string, store Store, screen func([]byte) []byte) (folder snapshot.Line, missing []string, err error) {
	r, err := Find(dir)
	if err != nil {
		return folder, nil, fmt.Errorf("store commit %s: %w", commit, err)
	}
	m := &materializer{ctx: ctx, options: Options{Store: store, Screen: screen}}
	if folder, err = m.commit(r, commit); err != nil {
		return folder, nil, fmt.Errorf("store commit %s of %s: %w", commit, dir, err)
	}
	return folder, m.missing, nil
}

type materializer struct {
	options Options
	ctx     context.Context
	missing []string
}

// commit stores a commit's tree.
func (m *materializer) commit(r Repository, commit string) (l snapshot.Line, err error) {
	if why := unreadable(readConfig(r, nil)); why != "" {
		return l, errors.New(why)
	}
	o := openObjects(r.Common)
	defer o.close()
	w := &work{Capturer: &Capturer{options: m.options, objects: o, objectsPut: map[plumbing.Hash]kept{}}, Repository: r, ctx: m.ctx}
	tree, err := o.treeOf(plumbing.NewHash(commit))
	if err != nil {
		return l, err
	}
	return m.folder(w, tree, "")
}

// folder stores a tree and all below it.
func (m *materializer) folder(w *work, tree plumbing.Hash, prefix string) (folder snapshot.Line, err error) {
	entries, err := w.objects.tree(tree)
	if err != nil {
		return folder, err
	}
	slices.SortFunc(entries, func(a, b treeEntry) int { return strings.Compare(a.name, b.name) })
	var document []byte
	for _, e := range entries {
		if err := m.ctx.Err(); err != nil {
			return folder, err
		}
		l, err := m.entry(w, e, prefix)
		if err != nil {
			return folder, err
		}
		folder.Files, folder.Bytes = folder.Files+l.Files, folder.Bytes+l.Bytes
		if l.Type == snapshot.File {
			folder.Files, folder.Bytes = folder.Files+1, folder.Bytes+l.Size
		}
		document = l.AppendTo(document)
	}
	folder.Type, folder.Mode = snapshot.Folder, 0o755
	folder.Tree, err = m.options.Store.Put(document)
	return folder, err
}

func (m *materializer) entry(w *work, e treeEntry, prefix string) (l snapshot.Line, err error) {
	mode := normalMode(e.mode)
	switch mode {
	case modeTree:
		l, err = m.folder(w, e.hash, prefix+e.name+"/")
	case modeModule:
		l, err = m.module(w.Repository, prefix+e.name, e.hash.String())
	case modeLink:
		var target []byte
		target, err = w.objects.bytes(plumbing.BlobObject, e.hash)
		l = snapshot.Line{Type: snapshot.Link, Target: string(target)}
	default:
		l, err = m.file(w, e, prefix+e.name)
		l.Mode = fs.FileMode(mode & 0o777)
	}
	l.Name = e.name
	return l, err
}

func (m *materializer) file(w *work, e treeEntry, path string) (l snapshot.Line, err error) {
	k, err := w.putObject(e.hash)
	if k.redacted {
		m.missing = append(m.missing, path+": secrets were taken out of it")
	}
	return snapshot.Line{Type: snapshot.File, Digest: k.digest, Size: k.size}, err
}

// module stores a submodule's commit, or says why not.
func (m *materializer) module(r Repository, path, commit string) (l snapshot.Line, err error) {
	if sub, ok := r.submodule(path); ok {
		if l, err = m.commit(sub, commit); err == nil {
			return l, nil
		}
	}
	why := "a submodule at commit " + commit + ", whose repository is not here"
	m.missing = append(m.missing, path+": "+why)
	return snapshot.Line{Type: snapshot.Folder, Mode: 0o755, Missing: why}, nil
}
