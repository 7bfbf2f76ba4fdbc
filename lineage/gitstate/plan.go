package gitstate

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"

	"github.com/gemba-ml/gemba/lineage/snapshot"
	"github.com/gemba-ml/gemba/tracker"
)

// planned is what is going to be written at a path. One of hash, digest, pointed, target and folder says what.
type planned struct {
	objects *objects // that have hash
	hash    plumbing.Hash
	digest  tracker.Digest
	pointed string // SHA-256 of what git-lfs keeps; hash is then its pointer
	target  string
	folder  bool
	perm    fs.FileMode
	exact   bool // perm is not subject to umask
	size    int64
	crlf    bool // every \n of the content becomes \r\n
}

// plan is what a work tree is going to hold.
type plan struct {
	Source
	paths   map[string]planned
	commits map[string]string // of submodules whose commit the changes tell
	lfs     []string          // folders of objects that git-lfs keeps
	opened  []*objects        // to be closed
	missing func(string, ...any)
}

// base plans HEAD: from the repository, or from the tree that Materialize made.
func (p *plan) base() error {
	switch {
	case !p.Tree.IsZero():
		return p.tree("", p.Tree)
	case p.Commit == "" || p.Without:
		return nil
	}
	r, err := Find(p.Repository)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrNoCommit, err)
	}
	if err := p.repository(r, p.Commit, ""); err != nil {
		return fmt.Errorf("%w: %w (the repository %s may have lost the commit, or never had it)", ErrNoCommit, err, p.Repository)
	}
	return nil
}

// repository plans a commit's files below prefix.
func (p *plan) repository(r Repository, commit, prefix string) error {
	c := readConfig(r, nil)
	if why := unreadable(c); why != "" {
		return fmt.Errorf("read commit %s: %s", commit, why)
	}
	o := openObjects(r.Common)
	p.opened, p.lfs = append(p.opened, o), append(p.lfs, filepath.Join(r.Common, "lfs", "objects"))
	tree, err := o.treeOf(plumbing.NewHash(commit))
	if err != nil {
		return err
	}
	return o.walk(tree, prefix, func(name string, e treeEntry) error {
		item := planned{objects: o, hash: e.hash, perm: 0o666}
		switch normalMode(e.mode) {
		case modeModule:
			return p.module(r, name, strings.TrimPrefix(name, prefix), e.hash.String())
		case modeLink:
			target, err := o.bytes(plumbing.BlobObject, e.hash)
			if err != nil {
				return err
			}
			item = planned{target: string(target)}
		case modeProgram:
			item.perm = 0o777
		}
		p.paths[name] = item
		return nil
	})
}

// module plans a submodule's files, if its repository is there.
func (p *plan) module(r Repository, name, inside, commit string) error {
	p.paths[name] = planned{folder: true}
	if changed := p.commits[name]; changed != "" {
		commit = changed
	}
	sub, ok := r.submodule(inside)
	if !ok {
		p.missing("submodule %s: its repository is not here, so its files at commit %s are not restored", name, commit)
		return nil
	}
	if err := p.repository(sub, commit, name+"/"); err != nil {
		p.missing("submodule %s: %v", name, err)
	}
	return nil
}

// tree plans what a snapshot's tree holds.
func (p *plan) tree(prefix string, tree tracker.Digest) error {
	for l, err := range snapshot.Read(p.Blobs, tree) {
		if err != nil {
			return err
		}
		name := prefix + l.Name
		if l.Missing != "" {
			p.missing("%s: %s", name, l.Missing)
		}
		switch {
		case l.Type == snapshot.Folder && l.Tree.IsZero():
			p.paths[name] = planned{folder: true}
		case l.Type == snapshot.Folder:
			if err := p.tree(name+"/", l.Tree); err != nil {
				return err
			}
		case l.Missing != "":
		case l.Type == snapshot.Link:
			p.paths[name] = planned{target: l.Target}
		default:
			p.paths[name] = planned{digest: l.Digest, perm: 0o666 | l.Mode&0o111, size: l.Size}
		}
	}
	return nil
}

// apply changes the plan as one path differs from HEAD.
func (p *plan) apply(c *Change) error {
	if c.Redacted {
		p.missing("%s: secrets were taken out of it", c.Path)
	}
	switch {
	case c.Mode == modeModule:
		return p.nested(c)
	case c.Status == Left:
		p.drop(c.Path)
	case c.Status == Filtered && c.Filter == "crlf":
		item := p.paths[c.Path]
		item.crlf, item.size = true, c.Size
		p.change(c, item)
	case c.Mode == modeLink:
		p.paths[c.Path] = planned{target: c.Target}
	case c.Mode == 0 && c.Missing == "" || c.Mode == 0 && c.Status == Deleted:
		p.drop(c.Path)
	case !c.Digest.IsZero():
		p.change(c, planned{digest: c.Digest})
	case c.Filter == "lfs" && c.Pointed != "":
		p.change(c, planned{pointed: c.Pointed, objects: p.paths[c.Path].objects, hash: p.paths[c.Path].hash})
	case c.Status == Staged:
		p.change(c, p.paths[c.Path])
	case c.Status == Filtered:
		p.missing("%s: its bytes are those of git, not those that %s made: %s", c.Path, c.Filter, c.Missing)
	default:
		delete(p.paths, c.Path)
		p.missing("%s: %s", c.Path, orElse(c.Missing, "its content was not kept"))
	}
	return nil
}

func orElse(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}

// change plans a file with the permissions and the size that a change tells.
func (p *plan) change(c *Change, item planned) {
	if p.Without && item.objects == nil && item.digest.IsZero() {
		p.missing("%s: its content is that of the commit", c.Path)
		return
	}
	item.perm, item.exact, item.size = fs.FileMode(c.Mode&0o777), true, c.Size
	if c.Redacted {
		item.size = 0
	}
	p.paths[c.Path] = item
}

// nested plans a repository in a folder that HEAD does not know as a submodule; the others are planned already.
func (p *plan) nested(c *Change) error {
	if _, known := p.paths[c.Path]; known || c.Status == Deleted {
		return nil
	}
	r, err := Find(p.Repository)
	if err != nil || p.Repository == "" {
		p.paths[c.Path] = planned{folder: true}
		p.missing("%s: it is a repository of its own, and not here", c.Path)
		return nil
	}
	if c.Commit == "" {
		p.paths[c.Path] = planned{folder: true}
		return nil
	}
	return p.module(r, c.Path, c.Path, c.Commit)
}

// drop takes a path, and all below it, out of the plan.
func (p *plan) drop(name string) {
	item, known := p.paths[name]
	delete(p.paths, name)
	if known && !item.folder {
		return // nothing is below it
	}
	for other := range p.paths {
		if strings.HasPrefix(other, name+"/") {
			delete(p.paths, other)
		}
	}
}

// safe refuses a path that leads out of the folder, or into a repository's own.
func safe(name string) error {
	if !filepath.IsLocal(filepath.FromSlash(name)) || path.Clean(name) != name || strings.Contains(name, "\x00") {
		return fmt.Errorf("%w: %q", ErrPath, name)
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.EqualFold(part, ".git") {
			return fmt.Errorf("%w: %q", ErrPath, name)
		}
	}
	return nil
}
