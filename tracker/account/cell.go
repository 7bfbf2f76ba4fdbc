package account

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// CellRow is a cell execution in a list.
type CellRow struct {
	ID   tracker.ID `json:"id"`
	Kind string     `json:"kind"`
	Name string     `json:"name"`
	index.Cell
}

// Row returns a cell execution as lists have it.
func (r Reader) Row(c index.Cell) CellRow { return CellRow{c.ID, "cell", r.CellName(c), c} }

// Cell is all that is told of a cell execution.
type Cell struct {
	CellRow
	SourceText    *string              `json:"source"` // null when its bytes are not in the ledger
	ErrorText     string               `json:"error_value,omitempty"`
	Declared      []string             `json:"declarations"`
	Named         tracker.Names        `json:"names,omitzero"`
	Outputs       []tracker.Output     `json:"outputs"`
	OutputsCut    bool                 `json:"outputs_cut,omitempty"` // there are more, which were not read
	OutputBatches []index.Batch        `json:"output_batches"`
	Missing       []string             `json:"missing,omitempty"` // digests whose bytes are not in the ledger
	Gaps          []index.Gap          `json:"gaps,omitempty"`
	Interruptions []index.Interruption `json:"interruptions,omitempty"`
	Environment   *index.Session       `json:"environment,omitempty"`
	Code          []index.CodeState    `json:"code,omitempty"`
	Observed      []Observed           `json:"observed,omitempty"`
	Snapshots     []index.Snapshot     `json:"snapshots,omitempty"`
	Runs          []tracker.ID         `json:"runs,omitempty"` // that it told something of
	Used          []Used               `json:"usage,omitempty"`
}

// Observed is what a cell read and wrote, started and connected to.
type Observed struct {
	index.Observation
	Files     []File   `json:"files"`
	Commands  []string `json:"commands,omitempty"`
	Connected []string `json:"connected,omitempty"`
}

// Cell gathers what is recorded of a cell execution.
func (r Reader) Cell(ctx context.Context, id tracker.ID) (*Cell, error) {
	c, err := r.Index.Cell(ctx, id)
	if err != nil {
		return nil, err
	}
	shown := &Cell{CellRow: r.Row(c), Declared: []string{}, Outputs: []tracker.Output{}}
	if source, ok := r.SourceText(c); ok {
		shown.SourceText = &source
	} else {
		shown.Missing = append(shown.Missing, c.Source.String())
	}
	shown.ErrorText, _ = r.text(c.ErrorValue, &shown.Missing)
	if names, ok := r.text(c.Declarations, &shown.Missing); ok {
		_ = json.Unmarshal([]byte(names), &shown.Declared) // a list that is none shows as empty
	}
	if named, ok := r.text(c.Names, &shown.Missing); ok {
		_ = json.Unmarshal([]byte(named), &shown.Named) // as above
	}
	if session, err := r.Index.Session(ctx, c.Session); err == nil {
		shown.Environment = &session
	}
	var errs [8]error
	shown.Code, errs[0] = r.Index.CodeStates(ctx, id)
	shown.Snapshots, errs[1] = r.Index.SnapshotsOf(ctx, id)
	shown.Observed, errs[2] = r.observed(ctx, id, &shown.Missing)
	shown.Used, errs[3] = r.used(ctx, id)
	shown.OutputBatches, errs[4] = r.Index.Outputs(ctx, id)
	shown.Gaps, errs[5] = r.Index.Gaps(ctx, id)
	shown.Interruptions, errs[6] = r.Index.Interruptions(ctx, id)
	shown.Runs, errs[7] = r.Index.RunsOf(ctx, id)
	r.readOutputs(shown)
	return shown, errors.Join(errs[:]...)
}

// text returns the bytes that d names; those that should be there and are not are noted.
func (r Reader) text(d tracker.Digest, missing *[]string) (string, bool) {
	if d.IsZero() {
		return "", false
	}
	b, err := r.Index.Blob(d)
	if err != nil {
		*missing = append(*missing, d.String())
		return "", false
	}
	return string(b), true
}

func (r Reader) readOutputs(s *Cell) {
	room := r.OutputLimit
	for _, batch := range s.OutputBatches {
		if room -= batch.Size; room < 0 && r.OutputLimit != 0 {
			s.OutputsCut = true
			return
		}
		text, ok := r.text(batch.Digest, &s.Missing)
		if !ok {
			continue
		}
		for output, err := range tracker.Outputs(bytes.NewReader([]byte(text))) {
			if err != nil {
				s.Missing = append(s.Missing, batch.Digest.String())
				break
			}
			s.Outputs = append(s.Outputs, output)
		}
	}
}

// observed reads what a cell execution touched.
func (r Reader) observed(ctx context.Context, id tracker.ID, missing *[]string) (list []Observed, err error) {
	all, err := r.Index.Observations(ctx, id)
	for _, o := range all {
		text, _ := r.text(o.Observed, missing)
		d, err := r.Documents.Observed([]byte(text))
		if err != nil {
			*missing = append(*missing, o.Observed.String())
		}
		list = append(list, Observed{o, append([]File{}, d.Files...), d.Commands, d.Connected})
	}
	return list, err
}

// Session is all that is told of a session.
type Session struct {
	ID   tracker.ID `json:"id"`
	Kind string     `json:"kind"`
	Name string     `json:"name"`
	index.Session
	Cells         []CellRow            `json:"cells"` // oldest first
	Gaps          []index.Gap          `json:"gaps,omitempty"`
	Interruptions []index.Interruption `json:"interruptions,omitempty"`
}

// Session gathers what is recorded of a session.
func (r Reader) Session(ctx context.Context, id tracker.ID) (*Session, error) {
	s, err := r.Index.Session(ctx, id)
	if err != nil {
		return nil, err
	}
	cells, err := r.Index.Cells(ctx, index.Filter{Session: id.String()})
	if err != nil {
		return nil, err
	}
	shown := &Session{ID: s.ID, Kind: "session", Name: NotebookName(s.Notebook), Session: s, Cells: make([]CellRow, len(cells))}
	for i, c := range cells {
		shown.Cells[len(cells)-1-i] = r.Row(c)
	}
	var errs [2]error
	shown.Gaps, errs[0] = r.Index.Gaps(ctx, id)
	shown.Interruptions, errs[1] = r.Index.Interruptions(ctx, id)
	return shown, errors.Join(errs[:]...)
}
