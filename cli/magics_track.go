package cli

import (
	"context"
	"errors"

	"github.com/gemba-ml/gemba/magics"
)

// errNoRun says that there is no run that something could be added to.
var errNoRun = errors.New("nothing is recorded in this session, so there is no run")

// Log adds to the session's run.
func (h *magicHost) Log(ctx context.Context, l magics.Logged) error { return errNoRun }

// Experiment begins a run in an experiment.
func (h *magicHost) Experiment(ctx context.Context, name, description string) (magics.Reply, error) {
	return magics.Reply{}, errNoRun
}

// Artifact keeps a file with the session's run.
func (h *magicHost) Artifact(ctx context.Context, k magics.Artifact) (string, error) {
	return "", errNoRun
}

// Ledger lists runs and cells.
func (h *magicHost) Ledger(ctx context.Context, q magics.Question) (magics.Reply, error) {
	return magics.Reply{}, errNoRun
}

// Diff compares two runs.
func (h *magicHost) Diff(ctx context.Context, a, b string) (magics.Reply, error) {
	return magics.Reply{}, errNoRun
}
