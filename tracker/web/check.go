package web

import (
	"context"
	"path"
	"strings"

	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/gc"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// Verification is what a check of every byte of the ledger found.
type Verification struct {
	Progress
	Result *Verified `json:"result,omitempty"` // of the last check that came to its end
}

// Verified is what `gemba verify --json` tells, and what `gemba verify` says in words.
type Verified struct {
	account.Verified
	Verdict   string          `json:"verdict"` // "verified", "empty" or "corrupt"
	Says      string          `json:"says"`    // what that means
	Facts     []account.Fact  `json:"facts"`   // what was checked, and what no signature vouches for
	Problems  []VerifyProblem `json:"problems,omitempty"`
	Proves    []string        `json:"proves"` // what OK proves
	ProvesNot []string        `json:"proves_not"`
}

// VerifyProblem is one thing that is wrong.
type VerifyProblem struct {
	journal.Problem
	Journal string `json:"journal,omitempty"` // its id, or "ledger" for the ledger-wide one; empty: it is not in a journal
	Text    string `json:"text"`              // all of it, for people
}

func (s *Server) verified(*call) (v Verification, err error) {
	p, report, has := s.check.look(s.Now)
	v.Progress = p
	if has {
		v.Result = newVerified(account.NewVerified(report), s.own)
	}
	return v, nil
}

// own reports whether a key is that of who looks.
func (s *Server) own(key string) bool { return s.OwnKey != nil && s.OwnKey(key) }

func newVerified(of account.Verified, own func(string) bool) *Verified {
	v := &Verified{Verified: of, Facts: of.Facts(own), Proves: append([]string{}, of.Proves...), ProvesNot: of.ProvesNot}
	v.Verdict, v.Says = of.Verdict()
	for _, p := range of.Report.Problems {
		name, _, _ := strings.Cut(path.Base(p.File), ".")
		if !strings.HasPrefix(p.File, "journals/") {
			name = ""
		}
		v.Problems = append(v.Problems, VerifyProblem{p, name, p.String()})
	}
	return v
}

func (s *Server) startVerify(c *call) (Verification, error) {
	s.check.start(s.ending, s.Now, s.Verify)
	return s.verified(c)
}

// Disk is what takes how much of the disk.
type Disk struct {
	Progress
	Result *DiskUsage `json:"result,omitempty"` // of the last measurement that came to its end
}

// DiskUsage is what `gemba du --json` tells, of sessions and cell executions the largest.
type DiskUsage struct {
	gc.Usage
	Reclaimable  int64             `json:"reclaimable"` // most of it is free after gemba gc
	Sessions     []gc.SessionUsage `json:"sessions"`
	MoreSessions int               `json:"more_sessions"` // that are not listed
	Cells        []DiskCell        `json:"cells"`
	MoreCells    int               `json:"more_cells"`
}

// DiskCell is a cell execution that takes much.
type DiskCell struct {
	gc.CellUsage
	Name     string `json:"name"`
	Notebook string `json:"notebook"`
}

func (s *Server) disk(c *call) (d Disk, err error) {
	p, usage, has := s.measure.look(s.Now)
	if d.Progress = p; has {
		d.Result = s.diskUsage(c, usage)
	}
	return d, nil
}

func (s *Server) diskUsage(c *call, u *gc.Usage) *DiskUsage {
	sessions, cells := min(c.number("limit"), len(u.Sessions)), min(c.number("limit"), len(u.Cells))
	d := &DiskUsage{*u, u.Garbage, u.Sessions[:sessions], len(u.Sessions) - sessions, []DiskCell{}, len(u.Cells) - cells}
	for _, x := range u.Cells[:cells] {
		shown := DiskCell{CellUsage: x}
		if cell, err := s.Index.Cell(c.ctx, x.Execution); err == nil { // else it has no name
			shown.Name, shown.Notebook = s.account.CellName(cell), cell.Notebook
		}
		d.Cells = append(d.Cells, shown)
	}
	return d
}

func (s *Server) startDisk(c *call) (Disk, error) {
	s.measure.start(s.ending, s.Now, func(ctx context.Context, _ func(done, total int64)) (*gc.Usage, error) { return s.Measure(ctx) })
	return s.disk(c)
}
