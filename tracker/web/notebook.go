package web

import (
	"cmp"
	"encoding/json"
	"reflect"
	"slices"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// NotebookCells are the cells of a notebook as they were executed last.
type NotebookCells struct {
	Notebooks []string       `json:"notebooks"`        // the paths under which it is recorded; several when only the end of the path is known
	Sessions  int            `json:"sessions"`         // of these
	Newest    *index.Session `json:"newest,omitempty"` // session; without it the notebook is not recorded
	Gaps      []index.Gap    `json:"gaps"`             // of the newest session: what is not recorded, and why
	Items     []NotebookCell `json:"items"`
}

// NotebookCell is the latest execution of a cell of a notebook. Durations are nanoseconds.
type NotebookCell struct {
	CellID       string            `json:"cell_id"` // as the notebook's file has it
	Execution    tracker.ID        `json:"execution"`
	Session      tracker.ID        `json:"session"`
	Current      bool              `json:"current"` // it is of the newest session
	Started      time.Time         `json:"started"`
	Finished     time.Time         `json:"finished,omitzero"`
	Count        int               `json:"count"` // In [count]
	Status       tracker.Status    `json:"status"`
	SourceDigest tracker.Digest    `json:"source_digest,omitzero"` // SHA-256 of the source as it is recorded, in UTF-8; without it the source is empty
	SourceSize   int64             `json:"source_size"`            // bytes
	Source       *string           `json:"source,omitempty"`       // where fields ask for it, and its bytes are in the ledger
	Redactions   int64             `json:"redactions"`             // secrets that were taken out of source and outputs: then the digest may be that of another text
	Wall         time.Duration     `json:"wall_ns"`
	Build        time.Duration     `json:"build_ns"`
	Run          time.Duration     `json:"run_ns"`
	Sequence     int               `json:"sequence,omitempty"`     // among the newest session's executions, from 1
	Repeat       int               `json:"repeat,omitempty"`       // among the executions of the cell in the newest session, from 1
	OutOfOrder   bool              `json:"out_of_order,omitempty"` // a cell of the newest session that was first executed behind this one was executed before it
	Again        *Again            `json:"again,omitempty"`        // what it came to against the earlier execution that it repeats, where that is known
	Reviews      []tracker.Verdict `json:"reviews,omitempty"`      // of this execution, oldest first
	Gaps         []index.Gap       `json:"gaps,omitempty"`         // what of it is not recorded, and why
}

// parts tells project what of it fields choose.
func (n NotebookCells) parts() (items []any, of reflect.Type, whole func([]map[string]json.RawMessage) any) {
	for _, item := range n.Items {
		items = append(items, item)
	}
	return items, reflect.TypeFor[NotebookCell](), func(chosen []map[string]json.RawMessage) any {
		return struct {
			NotebookCells
			Items []map[string]json.RawMessage `json:"items"`
		}{n, chosen}
	}
}

func (s *Server) notebookCells(c *call) (n NotebookCells, err error) {
	n = NotebookCells{Notebooks: []string{}, Gaps: []index.Gap{}, Items: []NotebookCell{}}
	sessions, err := s.sessionsOf(c, c.get("notebook"))
	if err != nil || len(sessions) == 0 {
		return n, err
	}
	n.Sessions, n.Newest = len(sessions), &sessions[0]
	for _, x := range sessions {
		if !slices.Contains(n.Notebooks, x.Notebook) {
			n.Notebooks = append(n.Notebooks, x.Notebook)
		}
	}
	latest, err := s.latestCells(c, n.Notebooks)
	if err != nil {
		return n, err
	}
	gaps, err := s.gapsOf(c, latest, sessions[0].ID)
	if err != nil {
		return n, err
	}
	n.Gaps = append(n.Gaps, gaps[tracker.ID{}]...)
	verdicts, err := s.verdicts(c)
	if err != nil {
		return n, err
	}
	again, err := s.again(c, latest)
	if err != nil {
		return n, err
	}
	for _, x := range latest {
		item := notebookCell(x, sessions[0].ID)
		item.Gaps, item.Reviews, item.Again = gaps[x.ID], verdicts[x.ID], again[x.ID]
		if slices.Contains(c.words("fields"), "source") {
			if text, there := s.account.SourceText(x); there {
				item.Source = &text
			}
		}
		n.Items = append(n.Items, item)
	}
	return n, s.place(c, &n, latest)
}

func notebookCell(x index.Cell, newest tracker.ID) NotebookCell {
	return NotebookCell{CellID: x.CellID, Execution: x.ID, Session: x.Session, Current: x.Session == newest, Started: x.Started, Finished: x.Finished, Count: x.Count,
		Status: x.Status, SourceDigest: x.Source, SourceSize: x.SourceSize, Redactions: x.Redactions, Wall: x.Wall, Build: x.Build, Run: x.Run}
}

// place tells how the executions of the newest session stand among all of it, and sorts by that, those of earlier sessions last.
func (s *Server) place(c *call, n *NotebookCells, latest []index.Cell) error {
	err := s.orders.with(c.ctx, s.Index, n.Newest.ID, func(o *order) {
		for i, x := range latest {
			if at := o.at(index.MarkOf(x)); n.Items[i].Current && at > 0 {
				p := o.places[at-1]
				n.Items[i].Sequence, n.Items[i].Repeat, n.Items[i].OutOfOrder = at, p.repeat, p.outOfOrder
			}
		}
	})
	slices.SortStableFunc(n.Items, func(a, b NotebookCell) int {
		if a.Current != b.Current {
			return map[bool]int{true: -1, false: 1}[a.Current]
		}
		return cmp.Or(cmp.Compare(a.Sequence, b.Sequence), b.Started.Compare(a.Started))
	})
	return err
}

// sessionsOf returns the sessions of a notebook, newest first: those that are recorded under just this path, else those whose path ends so.
func (s *Server) sessionsOf(c *call, notebook string) (same []index.Session, err error) {
	all, err := s.Index.Sessions(c.ctx)
	if err != nil {
		return nil, err
	}
	for _, fits := range []func(recorded, asked string) bool{func(a, b string) bool { return a == b }, sameNotebook} {
		for _, x := range all {
			if fits(x.Notebook, notebook) {
				same = append(same, x)
			}
		}
		if same != nil {
			break
		}
	}
	return same, nil
}

// latestCells returns of each cell of a notebook, which is recorded under these paths, its latest execution.
func (s *Server) latestCells(c *call, notebooks []string) (latest []index.Cell, err error) {
	at := map[string]int{}
	for _, path := range notebooks {
		found, err := s.Index.LatestCells(c.ctx, path)
		if err != nil {
			return nil, err
		}
		for _, x := range found {
			i, known := at[x.CellID]
			switch {
			case !known:
				at[x.CellID] = len(latest)
				latest = append(latest, x)
			case compareMarks(index.MarkOf(x), index.MarkOf(latest[i])) > 0:
				latest[i] = x
			}
		}
	}
	return latest, nil
}

// gapsOf returns the gaps of cell executions by their ids, and under the zero id those of a session that concern no single one.
func (s *Server) gapsOf(c *call, cells []index.Cell, session tracker.ID) (map[tracker.ID][]index.Gap, error) {
	all, err := s.Index.Gaps(c.ctx, tracker.ID{})
	of := map[tracker.ID][]index.Gap{}
	for _, x := range cells {
		of[x.ID] = nil
	}
	for _, g := range all {
		_, wanted := of[g.Execution]
		if wanted || g.Execution.IsZero() && g.Session == session {
			of[g.Execution] = append(of[g.Execution], g)
		}
	}
	return of, err
}

// verdicts returns what reviews came to, by what they are of.
func (s *Server) verdicts(c *call) (map[tracker.ID][]tracker.Verdict, error) {
	all, err := s.Index.Reviews(c.ctx, tracker.ID{})
	of := map[tracker.ID][]tracker.Verdict{}
	for _, r := range all {
		of[r.Subject] = append(of[r.Subject], r.Verdict)
	}
	return of, err
}
