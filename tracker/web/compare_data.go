package web

import (
	"path"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/index"
)

// pair returns the two things that a request compares.
func (s *Server) pair(c *call, kinds ...string) (both [2]index.Match, err error) {
	for i, name := range []string{"a", "b"} {
		if both[i], err = s.one(c.ctx, c.get(name), kinds...); err != nil {
			return both, err
		}
	}
	if both[0].Kind != both[1].Kind {
		return both, kind(errWrong, "a is a %s, and b is a %s: want two of one kind", both[0].Kind, both[1].Kind)
	}
	return both, nil
}

func (s *Server) tabular(name string) bool { return s.Data != nil && s.Data.Tabular(name) }

// kept reports whether the ledger has the bytes of a blob.
func (s *Server) kept(d tracker.Digest) bool {
	_, err := s.Ledger.Blobs().Stat(d)
	return err == nil
}

func (s *Server) compareData(c *call) (p Page[account.DataChange], err error) {
	both, err := s.pair(c, "run", "session", "cell")
	if err != nil {
		return p, err
	}
	all, err := s.account.DataChanges(c.ctx, both, s.tabular, s.kept)
	if err != nil {
		return p, err
	}
	return paged(s, c, all)
}

func (s *Server) compareSnapshots(c *call) (p Page[account.FileChange], err error) {
	both, err := s.pair(c, "snapshot")
	if err != nil {
		return p, err
	}
	if s.Data == nil {
		return p, account.ErrNoData
	}
	var trees [2]tracker.Digest
	for i, m := range both {
		x, err := s.Index.Snapshot(c.ctx, m.ID)
		if err != nil {
			return p, err
		}
		trees[i] = x.Tree
	}
	all, err := s.Data.Trees(c.ctx, trees[0], trees[1])
	if err != nil {
		return p, err
	}
	return paged(s, c, all)
}

func (s *Server) compareTables(c *call) (*account.TableDifference, error) {
	if s.Data == nil {
		return nil, account.ErrNoData
	}
	var versions [2]tracker.Digest
	for i, name := range []string{"a", "b"} {
		var err error
		if versions[i], err = tracker.ParseDigest(c.get(name)); err != nil || versions[i].IsZero() {
			return nil, kind(errWrong, "%s=%.80q is no digest, which is sha256: and 64 hexadecimal digits", name, c.get(name))
		}
	}
	name := path.Base(c.get("name"))
	if !s.Data.Tabular(name) {
		return nil, kind(errWrong, "%.80q is not the name of a table", name)
	}
	o := account.TableOptions{Key: c.all("key"), Profile: c.flag("profile"), Rows: c.flag("rows"), Examples: c.number("examples")}
	return s.Data.Table(c.ctx, name, versions[0], versions[1], o)
}

// CellPair is a cell of a notebook as it was executed last on both sides, with what it showed.
type CellPair struct {
	account.CellPair
	AOutputs *CellOutputs `json:"a_outputs,omitempty"` // the first ones; their next is that of /api/cells/{id}/outputs
	BOutputs *CellOutputs `json:"b_outputs,omitempty"`
}

// What is told of outputs in a comparison: the first ones, and of those of a cell that showed much none.
const (
	comparedOutputs = 20
	comparedTexts   = 64 << 10
	comparedBytes   = 8 << 20
)

// cellPairs returns the pairs of cells. They are found for the first page, which may take reading much, and remembered for the others.
func (s *Server) cellPairs(c *call) ([]account.CellPair, error) {
	stand, err := s.Index.Stand(c.ctx)
	if err != nil {
		return nil, err
	}
	return s.pairs.once(stand.String()+" "+s.question(c), func() ([]account.CellPair, error) {
		both, err := s.pair(c, "run", "session", "cell")
		if err != nil {
			return nil, err
		}
		return s.account.CellPairs(c.ctx, both, c.flag("all"))
	})
}

func (s *Server) compareCells(c *call) (p Page[CellPair], err error) {
	all, err := s.cellPairs(c)
	if err != nil {
		return p, err
	}
	found, err := paged(s, c, all)
	p = Page[CellPair]{Items: make([]CellPair, len(found.Items)), Next: found.Next, Total: found.Total}
	for i, x := range found.Items {
		x.A, x.B = s.account.WithSource(x.A), s.account.WithSource(x.B)
		p.Items[i].CellPair = x
		if p.Items[i].AOutputs, err = s.comparedOutputs(c, x.A); err != nil {
			return p, err
		}
		if p.Items[i].BOutputs, err = s.comparedOutputs(c, x.B); err != nil {
			return p, err
		}
	}
	return p, err
}

func (s *Server) comparedOutputs(c *call, of *account.CellSide) (*CellOutputs, error) {
	if of == nil || of.OutputBytes > comparedBytes {
		return nil, nil
	}
	found, total, _, err := s.account.Outputs(c.ctx, of.Cell.ID, 0, comparedOutputs, comparedTexts)
	return &CellOutputs{Items: placedOutputs(of.Cell.ID, found.Items), Total: total, Missing: found.Missing, Status: of.Status, Truncated: of.Truncated, Dropped: of.DroppedBytes}, err
}
