package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/lineage/settings"
	"github.com/gemba-ml/gemba/tracker"
)

// magicHost does what magics in the cells of a session ask for.
type magicHost struct {
	*app
	around   surroundings
	project  settings.Settings
	ledger   string
	recorder *tracker.Recorder // nil when nothing is recorded
	session  *kernel.Session
}

// Commit makes a commit of the work tree.
func (h *magicHost) Commit(context.Context, string) (string, error) {
	return "", errors.New("this gemba makes no commits: !git commit does")
}

// Snapshot takes files and folders into the ledger, as a part of what the cell did.
func (h *magicHost) Snapshot(ctx context.Context, paths []string, name string) (string, error) {
	if h.recorder == nil {
		return "", errors.New("nothing is recorded in this session, so no snapshot can be kept")
	}
	o := snapshotOptions{name: name}
	if _, err := o.check(paths); err != nil {
		return "", err
	}
	if err := h.recorder.Flush(ctx); err != nil { // the ledger is there now
		return "", err
	}
	var said strings.Builder
	quiet := *h.app
	quiet.stdout, quiet.stderr = &said, &said
	s := &snapshots{a: &quiet, ledger: h.ledger, recorder: h.recorder, o: o, project: h.project,
		session: h.session.ID, execution: h.session.Current()}
	taken, err := s.takeAll(ctx, paths)
	if err != nil {
		return said.String(), err
	}
	if err := quiet.printTaken(taken, false); errors.Is(err, errFailed) {
		return said.String(), errors.New("it is recorded, but not all could be kept, or a rule failed")
	} else if err != nil {
		return said.String(), err
	}
	return said.String(), nil
}

// Environment tells what the cells run on.
func (h *magicHost) Environment(ctx context.Context) (string, error) {
	found, err := h.around.within(ctx)
	if err != nil {
		return "", err
	}
	t := &table{columns: []column{{title: "FACT"}, {title: "VALUE"}}}
	for _, f := range found {
		t.add(cell{text: f.Name}, cell{text: f.Value})
	}
	var b strings.Builder
	err = t.print(&b)
	return b.String(), err
}
