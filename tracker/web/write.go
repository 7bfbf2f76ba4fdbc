package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/filter"
	"github.com/gemba-ml/gemba/tracker/index"
)

// record writes events, and has the next question see them.
func (s *Server) record(c *call, events ...tracker.Event) error {
	if s.Record == nil {
		return kind(errReadOnly, "this ledger is open for reading only")
	}
	if err := s.Record(c.ctx, events...); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	s.fresh.forget()
	return s.fresh.upToDate(c.ctx, s.Index, s.Now)
}

// View is a saved search.
type View struct {
	Name  string    `json:"name"`
	Saved time.Time `json:"saved"`
	RunQuery
}

func (s *Server) views(c *call) (Page[View], error) {
	all, err := s.Index.Views(c.ctx)
	if err != nil {
		return Page[View]{}, err
	}
	list := make([]View, len(all))
	for i, v := range all {
		list[i] = View{Name: v.Name, Saved: v.Saved}
		_ = json.Unmarshal(v.Query, &list[i].RunQuery) // one that is none shows as empty
	}
	return paged(s, c, list)
}

func (s *Server) saveView(c *call) (v View, err error) {
	q, name := c.body.(RunQuery), c.get("name")
	if strings.TrimSpace(name) == "" || account.OneLine(name) != name {
		return v, kind(errWrong, "%.80q is no name for a view", name)
	}
	if _, err := filter.Parse(q.Filter); err != nil {
		return v, err
	}
	if _, err := filter.ParseOrder(q.Order); err != nil {
		return v, err
	}
	if _, err := filter.ParseOrder(strings.Join(q.Columns, ",")); err != nil {
		return v, err
	}
	if q.Limit < 0 {
		return v, kind(errWrong, "limit is negative")
	}
	text, err := json.Marshal(q)
	if err != nil {
		return v, err
	}
	now := s.Now()
	return View{name, now, q}, s.record(c, tracker.ViewSaved{Time: now, Name: name, Query: text})
}

func (s *Server) removeView(c *call) (v View, err error) {
	q, err := s.view(c, c.get("name"))
	if err != nil {
		return v, err
	}
	now := s.Now()
	return View{c.get("name"), now, q}, s.record(c, tracker.ViewSaved{Time: now, Name: c.get("name")})
}

// NewReview is a comment, an approval or a rejection that is to be recorded.
type NewReview struct {
	Subject string          `json:"subject"` // id of a run, cell execution, session or snapshot
	Verdict tracker.Verdict `json:"verdict"` // "commented", "approved" or "rejected"
	Comment string          `json:"comment,omitempty"`
}

func (s *Server) reviews(c *call) (p Page[Review], err error) {
	var of tracker.ID
	if text := c.get("subject"); text != "" {
		if of, err = s.subject(c, text); err != nil {
			return p, err
		}
	}
	all, err := s.Index.Reviews(c.ctx, of)
	if err != nil {
		return p, err
	}
	found, err := paged(s, c, all)
	if err != nil {
		return p, err
	}
	p = Page[Review]{Items: make([]Review, len(found.Items)), Next: found.Next, Total: found.Total}
	journals := make([]tracker.ID, len(p.Items))
	for i, r := range found.Items {
		p.Items[i].Review, journals[i] = r, r.Journal
	}
	vouch, err := s.vouching(c.ctx, journals)
	for i := range p.Items {
		p.Items[i].Signature = vouch(p.Items[i].Journal, p.Items[i].Entry)
	}
	return p, err
}

// subject returns what is meant by the name of a review's subject. Something may be said of what is in another ledger: its whole id is enough.
func (s *Server) subject(c *call, text string) (tracker.ID, error) {
	m, err := s.named(c.ctx, text)
	if errors.Is(err, index.ErrNotFound) {
		if id, idErr := tracker.ParseID(strings.ToLower(text)); idErr == nil {
			return id, nil
		}
	}
	return m.ID, err
}

func (s *Server) addReview(c *call) (v Review, err error) {
	n := c.body.(NewReview)
	switch n.Verdict {
	case tracker.Commented, tracker.Approved, tracker.Rejected:
	default:
		return v, kind(errWrong, "verdict %.80q is none of commented, approved, rejected", n.Verdict)
	}
	if n.Verdict == tracker.Commented && strings.TrimSpace(n.Comment) == "" {
		return v, kind(errWrong, "the comment is empty")
	}
	m, err := s.one(c.ctx, n.Subject, "run", "cell", "session", "snapshot")
	if err != nil {
		return v, err
	}
	e := tracker.Reviewed{Time: s.Now(), Subject: m.ID, Verdict: n.Verdict, By: s.User, Comment: n.Comment}
	switch m.Kind {
	case "session":
		e.Session = m.ID
	case "cell":
		cell, err := s.Index.Cell(c.ctx, m.ID)
		if err != nil {
			return v, err
		}
		e.Session, e.Execution = cell.Session, m.ID
	}
	if err := s.record(c, e); err != nil {
		return v, err
	}
	all, err := s.Index.Reviews(c.ctx, m.ID)
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("record review: it is not in the index")
	}
	if err != nil {
		return v, err
	}
	v.Review = all[len(all)-1]
	vouch, err := s.vouching(c.ctx, []tracker.ID{v.Journal})
	v.Signature = vouch(v.Journal, v.Entry)
	return v, err
}

// Note is what is written about a run, as Markdown.
type Note struct {
	Note string `json:"note"`
}

// RunNote is a run's note, and who signed it when.
type RunNote struct {
	Note    string     `json:"note"` // empty: there is none
	Time    time.Time  `json:"time,omitzero"`
	Journal tracker.ID `json:"journal,omitzero"`
	Entry   int64      `json:"entry,omitempty"`
	Signature
}

func (s *Server) note(c *call) (n RunNote, err error) {
	m, err := s.one(c.ctx, c.get("id"), "run")
	if err != nil {
		return n, err
	}
	told, err := s.Index.ToldTag(c.ctx, m.ID, account.NoteTag)
	if errors.Is(err, index.ErrNotFound) {
		return n, nil
	}
	if err != nil {
		return n, err
	}
	vouch, err := s.vouching(c.ctx, []tracker.ID{told.Journal})
	return RunNote{told.Value, told.Time, told.Journal, told.Entry, vouch(told.Journal, told.Entry)}, err
}

func (s *Server) setNote(c *call) (n Note, err error) {
	m, err := s.one(c.ctx, c.get("id"), "run")
	if err != nil {
		return n, err
	}
	n = c.body.(Note)
	tag := tracker.Tag{Key: account.NoteTag, Value: n.Note, Removed: n.Note == ""}
	return n, s.record(c, tracker.RunLogged{Run: m.ID, Time: s.Now(), Tags: []tracker.Tag{tag}})
}
