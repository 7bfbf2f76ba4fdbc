package web

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/index"
)

// Notebook is a notebook, or another program, that has sessions.
type Notebook struct {
	Notebook string     `json:"notebook"` // its path
	Name     string     `json:"name"`
	Sessions int        `json:"sessions"`
	Newest   tracker.ID `json:"newest"` // session
	Started  time.Time  `json:"started"`
	Status   string     `json:"status"` // of the newest session
}

func (s *Server) notebooks(c *call) (Page[Notebook], error) {
	sessions, err := s.Index.Sessions(c.ctx)
	if err != nil {
		return Page[Notebook]{}, err
	}
	at, list := map[string]int{}, []Notebook{}
	for _, x := range sessions {
		i, known := at[x.Notebook]
		if !known {
			i, at[x.Notebook] = len(list), len(list)
			list = append(list, Notebook{x.Notebook, account.NotebookName(x.Notebook), 0, x.ID, x.Started, x.Status})
		}
		list[i].Sessions++
	}
	return paged(s, c, list)
}

// Session is a session without its cells.
type Session struct {
	Name string `json:"name"`
	index.Session
	Cells         int                  `json:"cells"`
	Gaps          []index.Gap          `json:"gaps"`
	Interruptions []index.Interruption `json:"interruptions"`
}

// SessionRow is a session in a list.
type SessionRow struct {
	Name string `json:"name"`
	index.Session
	Cells int `json:"cells"`
}

func (s *Server) sessions(c *call) (Page[SessionRow], error) {
	found, err := s.Index.Sessions(c.ctx)
	if err != nil {
		return Page[SessionRow]{}, err
	}
	if of := c.get("notebook"); of != "" {
		found = slices.DeleteFunc(found, func(x index.Session) bool { return !sameNotebook(x.Notebook, of) })
	}
	p, err := paged(s, c, found)
	rows := Page[SessionRow]{Items: make([]SessionRow, len(p.Items)), Next: p.Next, Total: p.Total}
	for i, x := range p.Items {
		n, countErr := s.Index.Count(c.ctx, index.Filter{Session: x.ID.String()})
		rows.Items[i], err = SessionRow{account.NotebookName(x.Notebook), x, n}, errors.Join(err, countErr)
	}
	return rows, err
}

// sameNotebook reports whether a notebook's path is the one that is asked for: Jupyter tells it from the folder that it serves, a kernel
// from the root.
func sameNotebook(recorded, asked string) bool {
	recorded, asked = path.Clean(strings.ReplaceAll(recorded, `\`, "/")), path.Clean(strings.ReplaceAll(asked, `\`, "/"))
	return recorded == asked || strings.HasSuffix(recorded, "/"+strings.TrimPrefix(asked, "/")) || strings.HasSuffix(asked, "/"+strings.TrimPrefix(recorded, "/"))
}

func (s *Server) session(c *call) (v Session, err error) {
	m, err := s.one(c.ctx, c.get("id"), "session")
	if err != nil {
		return v, err
	}
	x, err := s.Index.Session(c.ctx, m.ID)
	if err != nil {
		return v, err
	}
	var errs [3]error
	v = Session{Name: account.NotebookName(x.Notebook), Session: x}
	v.Cells, errs[0] = s.Index.Count(c.ctx, index.Filter{Session: m.ID.String()})
	gaps, err := s.Index.Gaps(c.ctx, m.ID)
	v.Gaps, errs[1] = append([]index.Gap{}, gaps...), err
	stops, err := s.Index.Interruptions(c.ctx, m.ID)
	v.Interruptions, errs[2] = append([]index.Interruption{}, stops...), err
	return v, errors.Join(errs[:]...)
}

// cells pages through all cell executions: a page goes on behind the last one of that before it, whatever came meanwhile.
func (s *Server) cells(c *call) (p Page[account.CellRow], err error) {
	behind, err := s.markOfCell(c)
	if err != nil {
		return p, err
	}
	limit := c.number("limit")
	f := index.Filter{Session: strings.ToLower(c.get("session")), Notebook: c.get("notebook"), Status: tracker.Status(c.get("status")), Since: c.time("since")}
	found, err := s.Index.CellsBefore(c.ctx, f, behind, limit+1)
	if err != nil {
		return p, err
	}
	total, err := s.Index.Count(c.ctx, f)
	p.Total, p.Items = &total, []account.CellRow{}
	for _, x := range found[:min(limit, len(found))] {
		p.Items = append(p.Items, s.account.Row(x))
	}
	if len(found) > limit {
		m := index.MarkOf(found[limit-1])
		p.Next = s.cursor(c, fmt.Sprintf("%s %s %d", m.Started, m.Journal, m.Entry))
	}
	return p, err
}

// markOfCell reads the cursor of a list of cell executions.
func (s *Server) markOfCell(c *call) (m index.Mark, err error) {
	text, err := s.mark(c)
	if err != nil || text == "" {
		return m, err
	}
	if _, err := fmt.Sscanf(text, "%s %s %d", &m.Started, &m.Journal, &m.Entry); err != nil {
		return m, kind(errCursor, "after is no cursor of this interface")
	}
	return m, nil
}

// wholeOutputs is how many bytes of outputs the account of a cell execution has at most.
const wholeOutputs = 4 << 20

func (s *Server) cell(c *call) (*account.Cell, error) {
	m, err := s.one(c.ctx, c.get("id"), "cell")
	if err != nil {
		return nil, err
	}
	of := s.account
	if of.OutputLimit = wholeOutputs; !c.flag("outputs") {
		of.OutputLimit = -1
	}
	return of.Cell(c.ctx, m.ID)
}

// TimelineCell is a cell execution among those of its session.
type TimelineCell struct {
	account.CellRow
	Sequence   int  `json:"sequence"`     // among the session's executions, from 1
	Repeat     int  `json:"repeat"`       // among the executions of the same cell of the notebook, from 1; 0: it is not known which cell
	Edited     bool `json:"edited"`       // since the same cell was executed before
	OutOfOrder bool `json:"out_of_order"` // a cell that was first executed behind this one was executed before it
	Newest     bool `json:"newest"`       // the same cell was not executed later

	Again *Again  `json:"again,omitempty"`  // what it came to against the earlier execution that it repeats, where that is known
	Text  *string `json:"source,omitempty"` // where fields ask for it, and its bytes are in the ledger
}

func (s *Server) timeline(c *call) (p Page[TimelineCell], err error) {
	m, err := s.one(c.ctx, c.get("id"), "session")
	if err != nil {
		return p, err
	}
	from, err := s.offset(c)
	if err != nil {
		return p, err
	}
	var marks []index.Mark // of the page, then of what these cells' executions before were
	var places []place
	err = s.orders.with(c.ctx, s.Index, m.ID, func(o *order) {
		total := len(o.marks)
		from = min(from, total)
		to := min(from+c.number("limit"), total)
		marks, places = slices.Clone(o.marks[from:to]), slices.Clone(o.places[from:to])
		for i, at := range places {
			if at.before >= 0 {
				places[i].before = len(marks)
				marks = append(marks, o.marks[at.before])
			}
		}
		if p.Total = &total; to < total {
			p.Next = s.cursor(c, strconv.Itoa(to))
		}
	})
	if err != nil {
		return p, err
	}
	found, err := s.Index.CellsAt(c.ctx, marks)
	if err != nil {
		return p, err
	}
	again, err := s.again(c, ofMarks(found, marks[:len(places)]))
	p.Items = []TimelineCell{}
	for i, at := range places {
		x, there := found[marks[i]]
		if !there { // the index is being made anew
			continue
		}
		t := TimelineCell{CellRow: s.account.Row(x), Sequence: from + i + 1, Repeat: at.repeat, OutOfOrder: at.outOfOrder, Newest: at.newest, Again: again[x.ID]}
		t.Edited = at.before >= 0 && found[marks[at.before]].Source != x.Source
		if slices.Contains(c.words("fields"), "source") {
			if text, there := s.account.SourceText(x); there {
				t.Text = &text
			}
		}
		p.Items = append(p.Items, t)
	}
	return p, err
}

// ofMarks returns the cell executions that are at marks.
func ofMarks(found map[index.Mark]index.Cell, marks []index.Mark) (cells []index.Cell) {
	for _, m := range marks {
		if x, there := found[m]; there {
			cells = append(cells, x)
		}
	}
	return cells
}
