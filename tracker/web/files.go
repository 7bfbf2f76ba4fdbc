package web

import (
	"context"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
)

// version is a file as it was once.
type version struct{ path, hash string }

func (v version) node() string { return "file:" + v.path + "@" + v.hash }

// fileUse is that a cell execution read or wrote a version.
type fileUse struct {
	cell    tracker.ID
	wrote   bool
	removed bool
}

// fileUses is which cell executions of the whole ledger read and wrote which version of a file. The index does not know: it stands in
// documents. So they are read when somebody asks for the first time, and then those that came.
type fileUses struct {
	mu     sync.Mutex
	read   map[tracker.ID]int64 // entries of each journal
	of     map[version][]fileUse
	newest map[string]seenAt // version of each path
	n      int
	cut    bool // there are more than maxUses
	lacks  int  // documents that are not in the ledger
}

type seenAt struct {
	version
	time.Time
}

// maxUses is how many are remembered: about 150 bytes each.
const maxUses = 1_000_000

// with gives f the uses as they are now; f must not keep them.
func (u *fileUses) with(ctx context.Context, s *Server, f func(*fileUses) error) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.read == nil {
		u.read, u.of, u.newest = map[tracker.ID]int64{}, map[version][]fileUse{}, map[string]seenAt{}
	}
	at, err := s.Index.Positions(ctx)
	if err != nil {
		return err
	}
	for journal, position := range at {
		if u.read[journal] >= position.N {
			continue
		}
		all, err := s.Index.ObservationsIn(ctx, journal, u.read[journal])
		if err != nil {
			return err
		}
		for _, o := range all {
			if err := ctx.Err(); err != nil {
				return err
			}
			u.add(s, o.Execution, o.Time, o.Observed)
			u.read[journal] = o.Entry
		}
		u.read[journal] = position.N
	}
	return f(u)
}

func (u *fileUses) add(s *Server, cell tracker.ID, at time.Time, document tracker.Digest) {
	if document.IsZero() || u.n >= maxUses {
		u.cut = u.cut || !document.IsZero()
		return
	}
	b, err := s.Index.Blob(document)
	if err != nil {
		u.lacks++
		return
	}
	touched, err := s.Documents.Observed(b)
	if err != nil {
		u.lacks++
	}
	for _, f := range touched.Files {
		read, wrote := versionsOf(f)
		if read.hash != "" {
			u.use(read, fileUse{cell: cell, removed: f.Removed}, at)
		}
		if wrote.hash != "" {
			u.use(wrote, fileUse{cell: cell, wrote: true}, at)
		}
	}
}

func (u *fileUses) use(v version, x fileUse, at time.Time) {
	u.of[v] = append(u.of[v], x)
	u.n++
	if known := u.newest[v.path]; !at.Before(known.Time) {
		u.newest[v.path] = seenAt{v, at}
	}
}

// versionsOf returns which version of a file a cell read, and which it wrote; without a hash it did not, or it is not known which.
func versionsOf(f account.File) (read, wrote version) {
	if f.Absent {
		return read, wrote
	}
	if f.Read || f.Removed {
		read = version{f.Path, f.Before}
		if !f.Written && f.Before == "" {
			read.hash = f.After
		}
	}
	if f.Written && !f.Removed {
		wrote = version{f.Path, f.After}
	}
	return read, wrote
}
