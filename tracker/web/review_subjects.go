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
		if err := s.nameAll(c, list); err != nil {
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

// subjectName is what a subject is, and what it is called.
type subjectName struct{ kind, name string }

// nameAll is nameSubjects for all that there are, which are looked for again with each letter that somebody types: names are remembered.
func (s *Server) nameAll(c *call, list []ReviewSubject) error {
	stand, err := s.Index.Stand(c.ctx)
	if err != nil {
		return err
	}
	names, err := s.subjectNames.get(stand.String(), s.Now, func() (map[tracker.ID]subjectName, error) {
		found := make(map[tracker.ID]subjectName, len(list))
		err := s.nameSubjects(c, list)
		for _, x := range list {
			found[x.ID] = subjectName{x.Kind, x.Name}
		}
		return found, err
	})
	for i := range list {
		known, there := names[list[i].ID]
		if list[i].Kind, list[i].Name = known.kind, known.name; !there && err == nil { // it is newer than what is remembered
			err = s.nameSubjects(c, list[i:i+1])
		}
	}
	return err
}

// nameSubjects finds out what subjects are.
func (s *Server) nameSubjects(c *call, list []ReviewSubject) error {
	var runs []tracker.ID
	for i := range list {
		m, err := s.Index.Find(c.ctx, list[i].ID.String())
		if err == nil {
			list[i].Kind = m.Kind
			list[i].Name, err = s.nameOf(c, m)
		}
		if m.Kind == "run" {
			runs = append(runs, m.ID)
		}
		if err != nil && !errors.Is(err, index.ErrNotFound) && !errors.Is(err, index.ErrAmbiguous) { // those have no name
			return fmt.Errorf("name the subject of a review: %w", err)
		}
	}
	return s.nameRuns(c, runs, list)
}

// runsNamed is how many runs are asked for at once: they come with what they logged.
const runsNamed = 500

// nameRuns gives those subjects that are runs their names.
func (s *Server) nameRuns(c *call, runs []tracker.ID, list []ReviewSubject) error {
	names := make(map[tracker.ID]string, len(runs))
	for some := range slices.Chunk(runs, runsNamed) {
		found, err := s.Index.Runs(c.ctx, some)
		if err != nil {
			return fmt.Errorf("name the runs of reviews: %w", err)
		}
		for _, r := range found {
			names[r.ID] = r.Name
		}
	}
	for i := range list {
		list[i].Name = cmp.Or(names[list[i].ID], list[i].Name)
	}
	return nil
}

// nameOf returns what something beside a run is called; nothing for what has no name.
func (s *Server) nameOf(c *call, m index.Match) (string, error) {
	switch m.Kind {
	case "cell":
		x, err := s.Index.Cell(c.ctx, m.ID)
		if err != nil {
			return "", err
		}
		return s.account.CellName(x), nil
	case "session":
		x, err := s.Index.Session(c.ctx, m.ID)
		if err != nil {
			return "", err
		}
		return account.NotebookName(x.Notebook), nil
	case "snapshot":
		x, err := s.Index.Snapshot(c.ctx, m.ID)
		return cmp.Or(x.Name, x.Path), err
	}
	return "", nil
}
