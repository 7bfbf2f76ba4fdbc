package web

import (
	"slices"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/index"
)

// Again tells of the earlier execution that one repeats, of the same cell with the same source, and what came of it.
type Again struct {
	Of      tracker.ID      `json:"of"`      // the earlier one
	Session tracker.ID      `json:"session"` // of the earlier one: another than its own, where the cell was executed in another before
	Started time.Time       `json:"started"` // the earlier one
	Count   int             `json:"count"`   // In [count] of the earlier one
	Verdict account.Verdict `json:"verdict"` // "equal", "differs" or "failed"
}

// again returns, by their ids, what cell executions came to that repeat an earlier one: those of which that can be told.
func (s *Server) again(c *call, cells []index.Cell) (map[tracker.ID]*Again, error) {
	if fields := c.words("fields"); len(fields) > 0 && !slices.Contains(fields, "again") {
		return nil, nil
	}
	repeated, err := s.Index.Repeated(c.ctx, cells)
	if err != nil {
		return nil, err
	}
	all := make(map[tracker.ID]*Again, len(repeated))
	for _, x := range cells {
		before, repeats := repeated[x.ID]
		if !repeats {
			continue
		}
		v, err := s.verdict(c, before, x)
		if err != nil {
			return nil, err
		}
		if v != "" {
			all[x.ID] = &Again{before.ID, before.Session, before.Started, before.Count, v}
		}
	}
	return all, nil
}

// judged remembers verdicts, and where none can be had: what was recorded does not change, and reading what was shown takes long.
type judged struct {
	mu   sync.Mutex
	kept map[[2]tracker.ID]account.Verdict
}

// keptVerdicts is how many are remembered, of about 100 bytes each.
const keptVerdicts = 1 << 16

func (s *Server) verdict(c *call, before, again index.Cell) (account.Verdict, error) {
	pair := [2]tracker.ID{before.ID, again.ID}
	j := &s.judged
	j.mu.Lock()
	v, known := j.kept[pair]
	j.mu.Unlock()
	if known {
		return v, nil
	}
	v, lasting, err := s.account.Judge(c.ctx, before, again)
	if err != nil || !lasting {
		return v, err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.kept == nil || len(j.kept) >= keptVerdicts {
		j.kept = map[[2]tracker.ID]account.Verdict{}
	}
	j.kept[pair] = v
	return v, nil
}
