package cli

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/lineage"
	"github.com/gemba-ml/gemba/lineage/gitstate"
	"github.com/gemba-ml/gemba/lineage/observe"
	"github.com/gemba-ml/gemba/lineage/settings"
	"github.com/gemba-ml/gemba/tracker"
)

// origin says where a session's cells run, for who records on what they ran.
type origin struct {
	dir      string // where cells run at first
	notebook string // its path, as far as it is known
	ledger   string
	project  settings.Settings
	around   surroundings
	policy   *codePolicy
	patience time.Duration // how long the end of the session may wait for the last of it
}

// trace returns a recorder that records, beside the cells, on what code, files and environment they ran.
func (a *app) trace(next *tracker.Recorder, o origin) kernel.Recorder {
	store := lineage.NewStore(filepath.Join(o.ledger, "packs"))
	files := observe.New(observe.Options{
		Dir: o.dir, Notebook: o.notebook, Leave: []string{o.ledger}, Store: store,
		Limit: int64(o.project.AutoSnapshotLimit), Screen: a.clean, Now: a.now, Off: os.Getenv("GEMBA_OBSERVE") == "off",
	})
	code := gitstate.NewCapturer(o.dir, gitstate.Options{
		Store: store, Screen: a.clean, UntrackedLimit: int64(o.project.UntrackedLimit), Leave: o.ledger, Reading: files.Opened, Now: a.now,
	})
	o.policy.read = files.Opened
	return lineage.New(lineage.Options{
		Next: next, Store: store, Code: a.lookedAt(o.policy.shared(codeState{code})), Files: files, Environment: o.around.event(a.now), Now: a.now, Patience: o.patience,
		Close: func() error { code.Close(); return files.Close() },
	})
}

// clean takes secrets out of what is stored beside the record.
func (a *app) clean(text []byte) []byte { return tracker.Replace(text, a.secrets.Text(text)) }

// codeState tells the code state as an event.
type codeState struct{ *gitstate.Capturer }

// Capture tells it as it is now.
func (c codeState) Capture(ctx context.Context, pace func() float64) (tracker.CodeCaptured, error) {
	state, err := c.CaptureAt(ctx, pace)
	return state.Event(), err
}

// codeVariable, set to "off", keeps the code state from being looked at, as the benchmark does to measure what it costs.
const codeVariable = "GEMBA_CODE"

// lookedAt is code, unless the user switched it off.
func (a *app) lookedAt(code lineage.Code) lineage.Code {
	if os.Getenv(codeVariable) == "off" {
		return notLookedAt{a.now}
	}
	return code
}

// notLookedAt tells for each cell that its code state is not known.
type notLookedAt struct{ now func() time.Time }

func (n notLookedAt) Capture(context.Context, func() float64) (tracker.CodeCaptured, error) {
	return tracker.CodeCaptured{Time: n.now()}, errors.New("the code state was not looked at: " + codeVariable + " is off")
}
