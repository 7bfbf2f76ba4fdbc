package web

import (
	"github.com/gemba-ml/gemba/tracker/gc"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// Verification is what a check of every byte of the ledger found.
type Verification struct {
	Progress
	Result *Verified `json:"result,omitempty"` // of the last check that came to its end
}

// Verified is what `gemba verify --json` tells.
type Verified struct {
	OK bool `json:"ok"`
	*journal.Report
	Proves    []string `json:"proves"` // what OK proves
	ProvesNot []string `json:"proves_not"`
}

func (s *Server) verified(*call) (v Verification, err error) {
	p, report, has := s.check.look(s.Now)
	v.Progress = p
	if has {
		v.Result = &Verified{OK: report.OK(), Report: report, Proves: []string{}, ProvesNot: journal.ProvesNot()}
		if report.OK() {
			v.Result.Proves = journal.Proves()
		}
	}
	return v, nil
}

func (s *Server) startVerify(c *call) (Verification, error) {
	s.check.start(s.ending, s.Now, s.Verify)
	return s.verified(c)
}

// Disk is what takes how much of the disk.
type Disk struct {
	Progress
	Result *gc.Usage `json:"result,omitempty"` // of the last measurement that came to its end
}

func (s *Server) disk(*call) (d Disk, err error) {
	p, usage, has := s.measure.look(s.Now)
	if d.Progress = p; has {
		d.Result = usage
	}
	return d, nil
}

func (s *Server) startDisk(c *call) (Disk, error) {
	s.measure.start(s.ending, s.Now, s.Measure)
	return s.disk(c)
}
