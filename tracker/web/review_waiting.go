package web

import (
	"regexp"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/filter"
	"github.com/gemba-ml/gemba/tracker/index"
)

// waitingRead is how many runs are looked at in one go for those that wait.
const waitingRead = 1000

// waiting answers with the runs that ended and that nobody approved or rejected, newest first.
func (s *Server) waiting(c *call) (p Page[ReviewSubject], err error) {
	said, err := s.subjects(c)
	if err != nil {
		return p, err
	}
	of := make(map[tracker.ID]ReviewSubject, len(said))
	for _, x := range said {
		of[x.ID] = x
	}
	q := index.RunSearch{Stages: []tracker.Stage{tracker.Active}, Filter: endedRuns(c.get("text")), Columns: index.Columns{Keys: []string{}}, Now: s.Now()}
	if q.After, err = s.mark(c); err != nil {
		return p, err
	}
	p.Items = []ReviewSubject{}
	for limit := c.number("limit"); ; {
		q.Limit = waitingRead
		page, err := s.Index.SearchRuns(c.ctx, q)
		if err != nil {
			return p, err
		}
		for i, r := range page.Runs {
			if of[r.ID].Verdict != "" {
				continue
			}
			if len(p.Items) == limit {
				p.Next, err = s.behindRuns(c, q, i)
				return p, err
			}
			p.Items = append(p.Items, waitingRun(r, of[r.ID]))
		}
		if q.After = page.Next; q.After == "" {
			return p, nil
		}
	}
}

// behindRuns returns the cursor of the page behind so many runs of a search.
func (s *Server) behindRuns(c *call, q index.RunSearch, runs int) (string, error) {
	if runs == 0 {
		return s.cursor(c, q.After), nil
	}
	q.Limit = runs
	page, err := s.Index.SearchRuns(c.ctx, q)
	return s.cursor(c, page.Next), err
}

func waitingRun(r index.Run, said ReviewSubject) ReviewSubject {
	x := ReviewSubject{ID: r.ID, Kind: "run", Name: r.Name, Comments: said.Comments, Time: r.Ended}
	if r.Ended.IsZero() {
		x.Time = r.Started
	}
	if !said.Time.IsZero() {
		x.Time = said.Time
	}
	return x
}

// endedRuns chooses the runs that ended, and of these the ones with a text in their names, or whose ids begin so.
func endedRuns(text string) filter.Expr {
	about := func(field string, op filter.Op, value string) filter.Expr {
		return filter.Compare{Field: filter.Field{Space: filter.Attributes, Name: field}, Op: op, Values: []filter.Value{{Kind: filter.Text, Text: value}}}
	}
	ended := filter.And{about("status", filter.Unequal, "RUNNING"), about("status", filter.Unequal, "SCHEDULED")}
	if text == "" {
		return ended
	}
	named := about("run_name", filter.Match, "(?i)"+regexp.QuoteMeta(text))
	return append(ended, filter.Or{named, about("run_id", filter.Match, "^"+regexp.QuoteMeta(strings.ToLower(text)))})
}
