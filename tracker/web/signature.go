package web

import (
	"context"
	"slices"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// Signature tells which key vouches for an entry. It was checked just now against the journal's lines, and says nothing about whose key it is.
type Signature struct {
	SignedBy string `json:"signed_by,omitempty"` // id of the key
	OwnKey   bool   `json:"own_key,omitempty"`   // it is that of who looks
	Unsigned string `json:"unsigned,omitempty"`  // why none does
}

// Review is what somebody said of something, and who signed that.
type Review struct {
	index.Review
	Signature
}

// vouching checks journals, and returns what tells of their entries.
func (s *Server) vouching(ctx context.Context, ids []tracker.ID) (func(id tracker.ID, entry int64) Signature, error) {
	ids = slices.Clone(ids)
	slices.SortFunc(ids, func(a, b tracker.ID) int { return slices.Compare(a[:], b[:]) })
	ids = slices.Compact(ids)
	if len(ids) == 0 {
		return func(tracker.ID, int64) Signature { return Signature{} }, nil
	}
	reports, problems, err := s.Ledger.VerifyJournals(ctx, ids)
	return func(id tracker.ID, entry int64) Signature {
		at := slices.Index(ids, id)
		if at < 0 || at >= len(reports) {
			return Signature{Unsigned: "its journal was not checked"}
		}
		return s.signature(reports[at], problems[at], entry)
	}, err
}

func (s *Server) signature(r journal.JournalReport, problems []journal.Problem, entry int64) Signature {
	switch {
	case len(problems) > 0:
		return Signature{Unsigned: "its journal is altered: " + problems[0].String()}
	case r.Key == "":
		return Signature{Unsigned: "its journal has no key"}
	case entry > r.Signed:
		return Signature{Unsigned: "it waits for the next checkpoint of its journal"}
	}
	return Signature{SignedBy: r.Key, OwnKey: s.own(r.Key)}
}
