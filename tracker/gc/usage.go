package gc

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// Usage tells what takes how much of a ledger. All sizes are bytes.
type Usage struct {
	Total    int64          `json:"total"`    // of the ledger's folder
	Packs    int64          `json:"packs"`    // of its packs
	Garbage  int64          `json:"garbage"`  // in packs: nothing needs it, or another pack has it too
	Journals int64          `json:"journals"` // with archives
	Index    int64          `json:"index"`
	Files    int            `json:"files"`
	Kinds    []KindUsage    `json:"kinds"` // largest first
	Sessions []SessionUsage `json:"sessions"`
	Cells    []CellUsage    `json:"cells"`
	Problems []string       `json:"problems,omitempty"`
}

// Share is what something takes. Logical counts each blob once, as long as it is when read. Stored is what it takes
// in packs, compressed and without chunks that were stored before. It is Unique where nothing else needs it: that much
// would be free without it.
type Share struct {
	Logical int64 `json:"logical"`
	Stored  int64 `json:"stored"`
	Unique  int64 `json:"unique"`
}

// KindUsage is what one kind of recorded thing takes. A blob counts for the first kind that needs it.
type KindUsage struct {
	Kind  string `json:"kind"`
	Blobs int64  `json:"blobs"`
	Share
}

// SessionUsage is what a session takes, or what was recorded outside of one: a snapshot, a removal.
type SessionUsage struct {
	Session  tracker.ID       `json:"session,omitzero"`
	Journal  tracker.ID       `json:"journal"`
	Started  time.Time        `json:"started,omitzero"`
	Notebook string           `json:"notebook,omitempty"`
	Cells    int              `json:"cells"`
	Kinds    map[string]int64 `json:"kinds,omitempty"` // stored bytes of each
	Share
}

// CellUsage is what a cell execution takes.
type CellUsage struct {
	Execution tracker.ID `json:"execution"`
	Session   tracker.ID `json:"session"`
	Share
}

// The kinds of recorded things.
const (
	kindOutputs      = "outputs"
	kindSources      = "sources"
	kindPrograms     = "programs"
	kindCode         = "code states"
	kindEnvironments = "environments"
	kindFiles        = "files"
	kindSnapshots    = "snapshots"
	kindOther        = "other"
)

// kindsOf maps kinds of entries to what du calls them.
var kindsOf = map[string]string{
	string(tracker.KindCellOutputs):  kindOutputs,
	string(tracker.KindCellStarted):  kindSources,
	string(tracker.KindCellFinished): kindPrograms,
	string(tracker.KindCode):         kindCode,
	string(tracker.KindEnvironment):  kindEnvironments,
	string(tracker.KindFiles):        kindFiles,
	string(tracker.KindSnapshot):     kindSnapshots,
}

// Measure tells what takes how much of the ledger in dir, the largest first. It only reads. What cannot be read is
// told, and counts as far as it could be.
func Measure(ctx context.Context, dir string) (*Usage, error) {
	ledger, err := journal.Open(dir)
	if err != nil {
		return nil, err
	}
	m := &meter{ledger: ledger, usage: &Usage{}, blobs: make(map[tracker.Digest]*measured),
		sessions: make(map[sessionKey]int32), cells: make(map[tracker.ID]int32), documents: make(map[tracker.Digest]Share)}
	if err := m.weigh(ctx); err != nil {
		return nil, err
	}
	ids, err := ledger.Journals()
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		m.journal(id)
	}
	m.sum()
	return m.usage, m.files(dir)
}

// weigh notes what each blob takes.
func (m *meter) weigh(ctx context.Context) error {
	blobs := m.ledger.Blobs()
	return blobs.Scan(func(pack string, f blob.Frame) error {
		if _, twice := m.blobs[f.Digest]; twice {
			return ctx.Err()
		}
		m.blobs[f.Digest] = &measured{raw: f.Raw, stored: f.Size(), recipe: f.Recipe(), session: nobody, cell: nobody}
		return ctx.Err()
	}, func(name string, err error) { m.problem(err) })
}

func (m *meter) problem(err error) {
	if text := err.Error(); !slices.Contains(m.usage.Problems, text) {
		m.usage.Problems = append(m.usage.Problems, text)
	}
}

// sum adds up what the blobs found their owners to be.
func (m *meter) sum() {
	u, kinds := m.usage, make(map[string]*KindUsage)
	needed := int64(0)
	for _, b := range m.blobs {
		if b.session == nobody {
			continue
		}
		needed += b.stored
		k := kinds[b.kind]
		if k == nil {
			k = &KindUsage{Kind: b.kind}
			kinds[b.kind] = k
		}
		k.Stored += b.stored
		if !b.chunk {
			k.Blobs++
			k.Logical += b.raw
		}
		if b.session != shared {
			u.Sessions[b.session].Unique += b.stored
			k.Unique += b.stored
		}
		if b.cell >= 0 {
			u.Cells[b.cell].Unique += b.stored
		}
	}
	for _, k := range kinds {
		u.Kinds = append(u.Kinds, *k)
	}
	u.Garbage = -needed // files adds the size of the packs
	slices.SortFunc(u.Kinds, func(a, b KindUsage) int {
		return cmp.Or(cmp.Compare(b.Stored, a.Stored), strings.Compare(a.Kind, b.Kind))
	})
	slices.SortFunc(u.Sessions, func(a, b SessionUsage) int {
		return cmp.Or(cmp.Compare(b.Stored, a.Stored), b.Started.Compare(a.Started), bytes.Compare(a.Journal[:], b.Journal[:]))
	})
	slices.SortFunc(u.Cells, func(a, b CellUsage) int {
		return cmp.Or(cmp.Compare(b.Stored, a.Stored), bytes.Compare(a.Execution[:], b.Execution[:]))
	})
}

// files adds up the sizes of files.
func (m *meter) files(dir string) error {
	u := m.usage
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := os.Lstat(path)
		if err != nil {
			return nil // gone meanwhile
		}
		rel, _ := filepath.Rel(dir, path)
		u.Files++
		u.Total += info.Size()
		switch top, _, _ := strings.Cut(filepath.ToSlash(rel), "/"); {
		case top == "packs":
			u.Packs += info.Size()
		case top == "journals":
			u.Journals += info.Size()
		case strings.HasPrefix(top, "index."):
			u.Index += info.Size()
		}
		return nil
	})
	u.Garbage = max(0, u.Garbage+u.Packs)
	return err
}
