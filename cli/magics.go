package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/lineage/gitstate"
	"github.com/gemba-ml/gemba/lineage/settings"
	"github.com/gemba-ml/gemba/tracker"
)

// magicHost does what magics in the cells of a session ask for.
type magicHost struct {
	*app
	dir      string // of the notebook
	around   surroundings
	project  settings.Settings
	ledger   string
	recorder *tracker.Recorder // nil when nothing is recorded
	session  *kernel.Session
	run      *sessionRun // nil when nothing is recorded
	known    names
}

// Commit makes a commit of what git tracks and was changed in the repository of the notebook.
func (h *magicHost) Commit(ctx context.Context, message string) (string, error) {
	done, err := gitstate.Commit(ctx, h.dir, gitstate.CommitOptions{Message: message, Now: h.now})
	if err != nil {
		return "", hintedLine(commitHint(err))
	}
	var said strings.Builder
	quiet := *h.app
	quiet.stdout = &said
	err = quiet.printCommit(done)
	return said.String(), err
}

// hintedLine is an error with its hint in its text, for where only the text is shown.
func hintedLine(err error) error {
	for _, hint := range hints(err) {
		return fmt.Errorf("%w; try: %s", err, hint)
	}
	return err
}

// Snapshot takes files and folders into the ledger, as a part of what the cell did.
func (h *magicHost) Snapshot(ctx context.Context, paths []string, name string) (string, error) {
	if h.recorder == nil {
		return "", errors.New("nothing is recorded in this session, so no snapshot can be kept")
	}
	o := snapshotOptions{name: name}
	if _, err := o.check(paths); err != nil {
		return "", hintedLine(err)
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
