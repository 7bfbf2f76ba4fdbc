package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/gemba-ml/gemba/magics"
	"github.com/gemba-ml/gemba/tracker/index"
)

// errNoRun says that there is no run that something could be added to.
var errNoRun = errors.New("nothing is recorded in this session, so there is no run")

// logs reports whether there is a run.
func (h *magicHost) logs() bool { return h.run != nil && h.recorder != nil }

// Log adds to the session's run.
func (h *magicHost) Log(ctx context.Context, l magics.Logged) error {
	if !h.logs() {
		return errNoRun
	}
	return h.run.log(ctx, h.session.Current(), l)
}

// Experiment says in which experiment what follows belongs, or lists the experiments.
func (h *magicHost) Experiment(ctx context.Context, name, description string) (magics.Reply, error) {
	if !h.logs() {
		return magics.Reply{}, errNoRun
	}
	if name == "" {
		return h.experiments(ctx)
	}
	if err := h.recorder.Flush(ctx); err != nil { // the ledger is there now
		return magics.Reply{}, err
	}
	m, err := h.run.move(ctx, name, description)
	if err != nil {
		return magics.Reply{}, err
	}
	return m.reply()
}

// reply tells what became of the session's run.
func (m moved) reply() (magics.Reply, error) {
	t := &table{columns: []column{{title: "EXPERIMENT"}, {title: "RUN"}, {title: "NAME"}, {title: ""}}}
	if m.ended.begun {
		t.add(cell{text: m.ended.experimentName()}, cell{m.ended.id.Short(), yellow}, cell{text: m.ended.name}, cell{text: "is over"})
	}
	t.add(cell{text: m.run.experimentName()}, cell{m.run.id.Short(), yellow}, cell{text: m.run.name}, cell{text: "begins with the next thing that is logged"})
	return shownTables(titled{"", t})
}

func (h *magicHost) experiments(ctx context.Context) (r magics.Reply, err error) {
	err = h.ask(ctx, func(x *index.Index) error {
		all, err := x.Experiments(ctx, nil)
		if err != nil {
			return err
		}
		t := &table{columns: []column{{title: "ID"}, {title: "EXPERIMENT"}, {"RUNS", true}, {title: "CREATED"}, {title: "STAGE"}}}
		for _, e := range all {
			t.add(cell{orDash(shortID(e.ID)), yellow}, cell{text: e.Name}, cell{text: thousands(e.Runs)}, cell{text: humanTime(e.Created, h.now())}, cell{text: string(e.Stage)})
		}
		r, err = shownTables(titled{"", t})
		return err
	})
	return r, err
}

// ask asks the index of the session's ledger, with all that was recorded until now.
func (h *magicHost) ask(ctx context.Context, read func(*index.Index) error) error {
	if !h.logs() {
		return errNoRun
	}
	h.run.poll(ctx)
	if err := h.recorder.Flush(ctx); err != nil {
		return err
	}
	x, err := index.Open(ctx, h.ledger)
	if err != nil {
		return fmt.Errorf("ask the ledger: %w", err)
	}
	return errors.Join(read(x), x.Close())
}
