package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"

	"github.com/gemba-ml/gemba/lineage/profile"
	tables "github.com/gemba-ml/gemba/lineage/profile/table"
	"github.com/gemba-ml/gemba/lineage/settings"
	"github.com/gemba-ml/gemba/lineage/snapshot"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/index"
)

// inspection is what a look into the tables of a snapshot tells: documents, see lineage/profile.
type inspection struct {
	profile []byte
	checks  []byte
	failed  int // how many rules failed
}

// inspect looks into the tables of a snapshot that was just taken: at what was kept, not at what is there by now. A
// table that cannot be read is warned of, for the snapshot is taken; ill-formed rules are an error.
func (a *app) inspect(ctx context.Context, r snapshot.Result, name string, dataset settings.Dataset) (looked inspection, err error) {
	rules, err := profile.ParseRules(dataset.Rules)
	if err != nil {
		return looked, fmt.Errorf("%s: dataset %s: %w", settings.Name, name, err)
	}
	if len(r.Picked) == 0 && len(rules) == 0 {
		return looked, nil
	}
	blobs, done := a.snapshotBlobs(ctx)
	defer done()
	kept := &keptTables{store: blobs, digests: map[string]tracker.Digest{}}
	defer kept.close()
	before := a.snapshotBefore(ctx, name)
	all, err := a.profilesOf(ctx, r, kept, before)
	if err != nil {
		return looked, err
	}
	if looked.profile, err = profile.Document(all...); err != nil {
		return looked, err
	}
	if len(rules) == 0 {
		return looked, nil
	}
	verdicts, err := profile.Check(ctx, rules, profile.Input{Profiles: all, Previous: kept.profiles(before.Profile),
		Open: kept.open, Other: a.datasetTables(ctx, kept), Now: a.now()})
	if err != nil {
		return looked, err
	}
	for _, v := range verdicts {
		if !v.Passed {
			a.warn("%s: %s: %s", name, v.Table, v.Sentence)
		}
	}
	looked.failed = profile.Failed(verdicts)
	looked.checks, err = profile.Checks(verdicts)
	return looked, err
}

// snapshotBefore returns the newest snapshot of a name, zero when there is none or it cannot be found.
func (a *app) snapshotBefore(ctx context.Context, name string) index.Snapshot {
	x, err := index.Open(ctx, a.ledgerToRead())
	if err != nil {
		return index.Snapshot{}
	}
	defer x.Close()
	s, err := x.FindSnapshot(ctx, name)
	if err != nil {
		return index.Snapshot{}
	}
	return s
}

// profilesOf profiles the tables of a snapshot, unless the one before was of the same tree: then it has them.
func (a *app) profilesOf(ctx context.Context, r snapshot.Result, kept *keptTables, before index.Snapshot) (all []*profile.Profile, err error) {
	for _, l := range r.Picked {
		kept.add(path.Join(l.Dir, l.Name), l.Digest)
	}
	if before.Tree == r.Tree && !before.Profile.IsZero() {
		if all = kept.profiles(before.Profile); len(all) > 0 {
			return all, nil
		}
	}
	for _, name := range kept.names {
		p, err := kept.profile(ctx, name)
		switch {
		case ctx.Err() != nil:
			return nil, context.Cause(ctx)
		case err != nil:
			a.warn("%s: its table is not profiled: %v", name, err)
		case p != nil:
			all = append(all, p)
		}
	}
	return all, nil
}

// datasetTables returns a function that opens the tables of the newest snapshot of another dataset.
func (a *app) datasetTables(ctx context.Context, kept *keptTables) func(string) ([]tables.Source, error) {
	return func(name string) (list []tables.Source, err error) {
		other := a.snapshotBefore(ctx, name)
		if other.Tree.IsZero() {
			return nil, fmt.Errorf("there is no snapshot %s: take one with gemba snapshot PATH --name %s", name, name)
		}
		known := len(kept.names)
		if err := kept.find(other.Tree, name+": "); err != nil {
			return nil, err
		}
		for _, at := range kept.names[known:] {
			source, err := kept.open(at)
			if err != nil {
				return nil, err
			}
			list = append(list, source)
		}
		return list, nil
	}
}

// keptTables are tables whose bytes are in the ledger.
type keptTables struct {
	store   *blob.Store
	names   []string
	digests map[string]tracker.Digest
	files   []*os.File // temporary ones
}

// find lists the tables of a tree, their paths behind a prefix.
func (k *keptTables) find(tree tracker.Digest, prefix string) error {
	for l, err := range snapshot.Walk(k.store, tree) {
		if err != nil {
			return fmt.Errorf("look for tables: %w", err)
		}
		if l.Type == snapshot.File && l.Missing == "" && tables.Named(l.Name) {
			k.add(prefix+path.Join(l.Dir, l.Name), l.Digest)
		}
	}
	return nil
}

// add adds a table.
func (k *keptTables) add(name string, d tracker.Digest) {
	if _, known := k.digests[name]; !known {
		k.names = append(k.names, name)
	}
	k.digests[name] = d
}

// profile profiles a table while it is read from the ledger.
func (k *keptTables) profile(ctx context.Context, name string) (*profile.Profile, error) {
	r, size, err := k.store.Open(k.digests[name])
	if err != nil {
		return nil, err
	}
	defer r.Close()
	p, err := profile.Of(ctx, tables.Source{Name: name, Stream: r, Size: size})
	if p != nil || err != nil || tables.Streamed(name) {
		return p, err
	}
	defer k.closeFrom(len(k.files)) // one copy at a time: together they may be as large as the snapshot
	source, err := k.open(name)
	if err != nil {
		return nil, err
	}
	return profile.Of(ctx, source)
}

// open copies a table into a temporary file, to be read more than once and from any place.
func (k *keptTables) open(name string) (source tables.Source, err error) {
	r, size, err := k.store.Open(k.digests[name])
	if err != nil {
		return source, err
	}
	defer r.Close()
	f, err := os.CreateTemp("", "gemba-table-*")
	if err != nil {
		return source, err
	}
	k.files = append(k.files, f)
	if _, err := io.Copy(f, r); err != nil {
		return source, fmt.Errorf("copy table %s: %w", name, err)
	}
	return tables.Source{Name: name, At: f, Size: size}, nil
}

// profiles reads a document of profiles; one that is not there has none.
func (k *keptTables) profiles(document tracker.Digest) []*profile.Profile {
	if document.IsZero() {
		return nil
	}
	b, err := k.store.Get(document)
	if err != nil {
		return nil
	}
	all, err := profile.Parse(b)
	if err != nil {
		return nil
	}
	return all
}

// close removes the temporary files.
func (k *keptTables) close() { k.closeFrom(0) }

// closeFrom removes the temporary files behind the first so many.
func (k *keptTables) closeFrom(first int) {
	for _, f := range k.files[first:] {
		_ = errors.Join(f.Close(), os.Remove(f.Name()))
	}
	k.files = k.files[:first]
}
