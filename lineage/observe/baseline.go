package observe

import (
	"context"
	"path/filepath"

	"github.com/gemba-ml/gemba/lineage/files"
)

// maxBaselineFile is the size in bytes of the largest file whose digest is taken ahead.
const maxBaselineFile = 64_000_000

// baseline takes the digests of the work tree's files while nobody needs the machine, so that it is known what the first
// cell that changes one has changed.
func (b *Observer) baseline(ctx context.Context) {
	left := b.options.Baseline
	root, err := files.OpenRoot(b.root)
	if err != nil || left < 0 {
		return
	}
	defer func() { _ = root.Close() }()
	_ = root.WalkAlone(ctx, func(f *files.Folder) func(string) bool {
		dir := filepath.Join(b.root, filepath.FromSlash(f.Path))
		for _, e := range f.Entries {
			path := filepath.Join(dir, e.Name)
			if !e.Mode.IsRegular() || e.Size > maxBaselineFile || e.Size > left || ctx.Err() != nil || !b.filter.data(path) {
				continue
			}
			left -= e.Size + 4096
			b.library.foresee(ctx, path, b.leisure)
		}
		return func(name string) bool { return left > 0 && b.filter.data(filepath.Join(dir, name)) }
	})
}
