package account

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// Difference is what differs between two runs, sessions or cell executions.
type Difference struct {
	Kind        string          `json:"kind"`
	A           Named           `json:"a"`
	B           Named           `json:"b"`
	Identical   bool            `json:"identical"`
	Facts       []Changed       `json:"facts,omitempty"`
	Params      []Changed       `json:"params,omitempty"`
	Metrics     []ChangedMetric `json:"metrics,omitempty"`
	Tags        []Changed       `json:"tags,omitempty"`
	Artifacts   []Changed       `json:"artifacts,omitempty"`
	Datasets    []Changed       `json:"datasets,omitempty"`
	Code        []Changed       `json:"code,omitempty"` // commit, and paths that differ from it
	Cells       []ChangedCell   `json:"cells,omitempty"`
	Files       []Changed       `json:"files,omitempty"` // that cells read or wrote: SHA-256
	Environment []FactChange    `json:"environment,omitempty"`
	NotCompared []string        `json:"not_compared,omitempty"`

	all bool // metrics and tags that are no user's are compared too
}

// Named is what a side of a comparison is called.
type Named struct {
	ID      tracker.ID `json:"id"`
	Kind    string     `json:"kind"`
	Name    string     `json:"name"`
	Status  string     `json:"status"`
	Started time.Time  `json:"started,omitzero"`
}

// side is one of two things that are compared.
type side struct {
	Named
	run *Run // nil: it is none
	Provenance
}

// Compare reads what is recorded of two things of one kind ("run", "session" or "cell") and tells what differs; all says that what is no
// user's (OwnMetric, OwnTag) is compared too.
func (r Reader) Compare(ctx context.Context, both [2]index.Match, all bool) (*Difference, error) {
	d := &Difference{Kind: both[0].Kind, all: all}
	var sides [2]side
	var errs [2]error
	for i, m := range both {
		sides[i], errs[i] = r.side(ctx, m)
	}
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	d.A, d.B = sides[0].Named, sides[1].Named
	if both[0].ID == both[1].ID {
		d.Identical = true
		return d, nil
	}
	if err := d.runs(ctx, r, sides); err != nil {
		return nil, err
	}
	if err := d.code(ctx, r, sides); err != nil {
		return nil, err
	}
	d.files(sides)
	if err := d.environment(ctx, r, sides); err != nil {
		return nil, err
	}
	d.Identical = d.nothing()
	return d, nil
}

// nothing reports whether there is no difference.
func (d *Difference) nothing() bool {
	return len(d.Facts)+len(d.Params)+len(d.Metrics)+len(d.Tags)+len(d.Artifacts)+len(d.Datasets)+len(d.Code)+len(d.Cells)+len(d.Files)+len(d.Environment) == 0
}

func (r Reader) side(ctx context.Context, m index.Match) (s side, err error) {
	switch m.Kind {
	case "run":
		if s.run, err = r.Run(ctx, m.ID, 1); err != nil {
			return s, err
		}
		of := s.run
		s.Named = Named{of.RunRow.ID, "run", of.Name, string(of.Status), of.Started}
		s.Provenance = Provenance{of.Cells, of.Code, of.Files, of.Sessions, of.Missing}
		return s, nil
	case "session":
		shown, err := r.Session(ctx, m.ID)
		if err != nil {
			return s, err
		}
		s.Named = Named{shown.Session.ID, "session", shown.Name, shown.Status, shown.Started}
		var told []index.RunExecution
		for _, c := range shown.Cells {
			told = append(told, index.RunExecution{Session: shown.Session.ID, Execution: c.Cell.ID})
		}
		s.Provenance, err = r.Provenance(ctx, told)
		s.Sessions = []tracker.ID{shown.Session.ID}
		return s, err
	}
	c, err := r.Index.Cell(ctx, m.ID)
	if err != nil {
		return s, err
	}
	s.Named = Named{c.ID, "cell", r.CellName(c), string(c.Status), c.Started}
	s.Provenance, err = r.Provenance(ctx, []index.RunExecution{{Session: c.Session, Execution: c.ID}})
	return s, err
}

// code compares the commits that cells ran on, the paths that differed from those, and the cells.
func (d *Difference) code(ctx context.Context, r Reader, sides [2]side) error {
	var wrong error
	d.Code = both(sides, func(s side, t *texts) {
		if len(s.Provenance.Code) == 0 {
			return
		}
		last := s.Provenance.Code[len(s.Provenance.Code)-1]
		t.add("commit", last.Commit)
		t.add("branch", last.Branch)
		t.add("missing", last.Missing)
		if last.Changes.IsZero() {
			return
		}
		document, err := r.Index.Blob(last.Changes)
		if err != nil {
			d.NotCompared = append(d.NotCompared, "changed paths of "+s.Name)
			return
		}
		list, err := r.Documents.Changes(document)
		if err != nil {
			wrong = err
		}
		for _, c := range list {
			t.add(c.Path, c.State)
		}
	})
	if wrong != nil {
		return wrong
	}
	d.Cells, wrong = r.cellChanges(ctx, sides, d.Kind != "run")
	return wrong
}

// files compares the files that cells touched.
func (d *Difference) files(sides [2]side) {
	d.Files = both(sides, func(s side, t *texts) {
		for _, f := range s.Provenance.Files {
			text := f.Verb()
			for _, part := range []struct{ name, hash string }{{"", f.Before}, {"→ ", f.After}} {
				if part.hash != "" && (part.name == "" || part.hash != f.Before) {
					text += " " + part.name + part.hash
				}
			}
			t.add(f.Path, text)
		}
		d.NotCompared = append(d.NotCompared, s.Missing...)
	})
}

func (d *Difference) environment(ctx context.Context, r Reader, sides [2]side) error {
	var facts [2][]Fact
	all := true
	for i, s := range sides {
		var known bool
		var err error
		if facts[i], known, err = r.sideEnvironment(ctx, s); err != nil {
			return err
		}
		if !known {
			all = false
			d.NotCompared = append(d.NotCompared, "environment of "+orDash(s.Name)+" ("+s.ID.Short()+"), which is not recorded")
		}
	}
	if all {
		d.Environment = r.Documents.Differences(facts[0], facts[1])
	}
	return nil
}

// sideEnvironment returns the facts of the side's last session, with the modules of its last cell that was built.
func (r Reader) sideEnvironment(ctx context.Context, s side) (facts []Fact, known bool, err error) {
	if len(s.Sessions) == 0 {
		return nil, false, nil
	}
	cells := make([]index.Cell, len(s.Cells))
	for i, c := range s.Cells {
		cells[i] = c.Cell
	}
	slices.Reverse(cells) // the newest first
	e, err := r.Environment(ctx, s.Sessions[len(s.Sessions)-1], cells)
	if errors.Is(err, ErrNoEnvironment) { // not recorded, taken out, or lost: it is not compared, and that is said
		return nil, false, nil
	}
	return e.Facts, err == nil, err
}

// Changed is a named text that differs; nil is not there.
type Changed struct {
	Key string  `json:"key"`
	A   *string `json:"a"`
	B   *string `json:"b"`
}

// texts is what one side has under names, in some order.
type texts struct {
	keys   []string
	values map[string]string
}

func (t *texts) add(key, value string) {
	if t.values == nil {
		t.values = map[string]string{}
	}
	if _, known := t.values[key]; !known {
		t.keys = append(t.keys, key)
	}
	t.values[key] = value
}

// changes returns the texts that differ: those of a in their order, then those that only b has.
func changes(a, b texts) (all []Changed) {
	for _, key := range a.keys {
		was, is := a.values[key], (*string)(nil)
		if text, ok := b.values[key]; ok {
			if text == was {
				continue
			}
			is = &text
		}
		all = append(all, Changed{key, &was, is})
	}
	for _, key := range b.keys {
		if _, ok := a.values[key]; !ok {
			is := b.values[key]
			all = append(all, Changed{key, nil, &is})
		}
	}
	return all
}

// both makes the texts of both sides.
func both(sides [2]side, of func(side, *texts)) []Changed {
	var t [2]texts
	for i, s := range sides {
		of(s, &t[i])
	}
	return changes(t[0], t[1])
}

func lineEnded(text string) []byte {
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return []byte(text)
}
