package web

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/index"
)

// ReviewSubject is something that can be reviewed, and how it stands.
type ReviewSubject struct {
	ID       tracker.ID      `json:"id"`
	Kind     string          `json:"kind,omitempty"`    // "run", "cell", "session" or "snapshot"; empty: it is not in this ledger
	Name     string          `json:"name,omitempty"`    // what it is called, where that is known
	Verdict  tracker.Verdict `json:"verdict,omitempty"` // the last approval or rejection
	Comments int             `json:"comments"`
	Time     time.Time       `json:"time"` // when something was said of it last, or when it ended
}

// subjects returns what something was said of, that of the newest words first.
func (s *Server) subjects(c *call) ([]ReviewSubject, error) {
	all, err := s.Index.Reviews(c.ctx, tracker.ID{})
	at, list := map[tracker.ID]int{}, []ReviewSubject{}
	for _, r := range all {
		i, known := at[r.Subject]
		if !known {
			i, at[r.Subject] = len(list), len(list)
			list = append(list, ReviewSubject{ID: r.Subject})
		}
		x := &list[i]
		if x.Time = r.Time; r.Verdict != tracker.Commented {
			x.Verdict = r.Verdict
		}
		if r.Comment == nil || *r.Comment != "" { // a comment whose bytes are gone is one
			x.Comments++
		}
	}
	slices.SortStableFunc(list, func(a, b ReviewSubject) int { return b.Time.Compare(a.Time) })
	return list, err
}

// reviewed answers with what something was said of. Names are looked for only where they are shown, or searched in.
func (s *Server) reviewed(c *call) (p Page[ReviewSubject], err error) {
	list, err := s.subjects(c)
	if err != nil {
		return p, err
	}
	if text := strings.ToLower(c.get("text")); text != "" {
		if err := s.nameSubjects(c, list); err != nil {
			return p, err
		}
		list = slices.DeleteFunc(list, func(x ReviewSubject) bool {
			return !strings.Contains(strings.ToLower(x.Name), text) && !strings.HasPrefix(x.ID.String(), text)
		})
		return paged(s, c, list)
	}
	if p, err = paged(s, c, list); err != nil {
		return p, err
	}
	return p, s.nameSubjects(c, p.Items)
}

// nameSubjects finds out what subjects are.
func (s *Server) nameSubjects(c *call, list []ReviewSubject) error {
	for i := range list {
		m, err := s.Index.Find(c.ctx, list[i].ID.String())
		if errors.Is(err, index.ErrNotFound) {
			continue
		}
		if err == nil {
			list[i].Kind = m.Kind
			list[i].Name, err = s.nameOf(c, m)
		}
		if err != nil {
			return fmt.Errorf("name the subject of a review: %w", err)
		}
	}
	return nil
}

// nameOf returns what something is called; nothing for what has no name.
func (s *Server) nameOf(c *call, m index.Match) (string, error) {
	switch m.Kind {
	case "run":
		found, err := s.Index.Runs(c.ctx, []tracker.ID{m.ID})
		if err != nil || len(found) == 0 {
			return "", err
		}
		return found[0].Name, nil
	case "cell":
		x, err := s.Index.Cell(c.ctx, m.ID)
		return s.account.CellName(x), err
	case "session":
		x, err := s.Index.Session(c.ctx, m.ID)
		return account.NotebookName(x.Notebook), err
	case "snapshot":
		x, err := s.Index.Snapshot(c.ctx, m.ID)
		return cmp.Or(x.Name, x.Path), err
	}
	return "", nil
}
