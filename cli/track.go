package cli

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/kernel/golang/build"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/absorb"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/kept"
	"github.com/gemba-ml/gemba/tracker/track"
)

// trackModule is package track, and what logs GoMLX with it, as a module of its own, for cells that import them. It requires no
// GoMLX: a notebook has its own version.
func trackModule() build.Provided {
	files, source := map[string][]byte{}, track.Source()
	_ = fs.WalkDir(source, ".", func(name string, d fs.DirEntry, _ error) error { // embedded: always there
		if !d.IsDir() && !strings.HasSuffix(name, "_test.go") {
			files[path.Join("tracker/track", name)], _ = fs.ReadFile(source, name)
		}
		return nil
	})
	return build.Provided{Path: "github.com/gemba-ml/gemba", Files: files}
}

// trackFolder is where the track logs of a ledger are.
func trackFolder(ledger string) string { return filepath.Join(ledger, "track") }

// recordLeftovers records what programs logged that nobody has read: those outside of notebooks, and those whose kernel was
// killed. A ledger to which nothing can be added is read as it is.
func (a *app) recordLeftovers(ctx context.Context, ledger string) {
	folder := trackFolder(ledger)
	if !absorb.Pending(folder) {
		return
	}
	recorder := a.openRecorder(ledger, "track")
	packs := filepath.Join(ledger, "packs")
	bulk := blob.NewBulk(packs, blob.OpenStore(packs))
	err := recorder.Flush(ctx) // so that the ledger is there
	if err == nil {
		err = absorb.Leftovers(ctx, absorb.Options{Folder: folder, Recorder: recorder, Store: bulk, Now: a.now, Screen: a.screener(nil),
			Known: func(ctx context.Context, log tracker.ID) (map[tracker.ID]int64, error) {
				return a.absorbed(ctx, ledger, log)
			},
			Experiment: func(ctx context.Context, name string) (tracker.ID, bool, error) {
				return a.experimentNamed(ctx, ledger, name)
			}})
	}
	if err = errors.Join(err, bulk.Close(), recorder.Close()); err != nil {
		a.warn("what programs logged is not recorded yet, and kept in %s: %v", folder, err)
	}
}

// absorbed returns how far the runs of a track log are recorded.
func (a *app) absorbed(ctx context.Context, ledger string, log tracker.ID) (map[tracker.ID]int64, error) {
	x, err := index.Open(ctx, ledger)
	if err != nil {
		return nil, err
	}
	defer x.Close()
	return x.Absorbed(ctx, log)
}

// sessionRun is the run that a session's cells log to, from the first thing that is logged on, and the reader of what their
// programs log. It stands between the session and its recorder, and ends the run with the session.
type sessionRun struct {
	*app
	next     kernel.Recorder
	session  tracker.ID
	notebook string
	folder   string
	follower *absorb.Follower
	owned    io.Closer // the folder, nil while there is none
	bulk     *blob.Bulk
	stop     context.CancelFunc
	done     chan struct{}

	ledger string
	name   string // of the first run

	polling sync.Mutex // by one at a time
	mu      sync.Mutex
	current ownRun
	runs    int                 // how many there were
	past    map[tracker.ID]bool // those before the current one
	outcome tracker.RunStatus   // that the last one ends with; empty: finished

	plots plots
	kept  *kept.Watcher
	wake  chan struct{} // poll now
}

// trackRun opens the run of a session, of which nothing is recorded before something is logged.
func (a *app) trackRun(next kernel.Recorder, session tracker.ID, ledger, notebook string) *sessionRun {
	if next == nil {
		return nil
	}
	r := &sessionRun{app: a, next: next, session: session, notebook: notebook, folder: filepath.Join(trackFolder(ledger), session.String()),
		ledger: ledger, past: map[tracker.ID]bool{}, runs: 1, name: strings.TrimSuffix(filepath.Base(notebook), ".ipynb"), done: make(chan struct{}), wake: make(chan struct{}, 1)}
	if notebook == "" {
		r.name = ""
	}
	r.current, r.kept = newRun(r.name, 1), kept.New(r.folder)
	packs := filepath.Join(ledger, "packs")
	r.bulk = blob.NewBulk(packs, blob.OpenStore(packs))
	r.follower = absorb.New(absorb.Options{Folder: r.folder, Recorder: programs{r}, Store: r.bulk, Live: true, Now: a.now, Screen: a.screener(nil),
		Experiment: func(ctx context.Context, name string) (tracker.ID, bool, error) {
			return a.experimentNamed(ctx, ledger, name)
		}})
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	go r.follow(ctx)
	return r
}

// hooks returns what a session needs of its run: its recorder, and what tells programs of the run. Of no run there are none.
func (r *sessionRun) hooks() (kernel.Recorder, func(tracker.ID) []string) {
	if r == nil {
		return nil, nil
	}
	return r, r.environ
}

// experimentNamed returns the id of the experiment of a name, and whether the ledger has it.
func (a *app) experimentNamed(ctx context.Context, ledger, name string) (tracker.ID, bool, error) {
	x, err := index.Open(ctx, ledger)
	if err != nil {
		return tracker.ExperimentNamed(name), false, err
	}
	defer x.Close()
	e, err := x.ExperimentNamed(ctx, name)
	if errors.Is(err, index.ErrNotFound) {
		return tracker.ExperimentNamed(name), false, nil
	}
	return e.ID, err == nil, err
}

// environ tells the programs of a cell where to log.
func (r *sessionRun) environ(execution tracker.ID) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	text, err := json.Marshal(track.Place{Folder: r.folder, Run: r.current.id.String(), Name: r.current.name, Session: r.session.String(), Execution: execution.String(),
		Experiment: r.current.experiment.Name, Notebook: r.notebook})
	if err != nil {
		return nil
	}
	return []string{track.Variable + "=" + string(text)}
}

// pollEvery is how long what a program logs may wait until it is recorded. It is safe before: the log is a file.
const pollEvery = 500 * time.Millisecond

// follow records what programs log until the session ends.
func (r *sessionRun) follow(ctx context.Context) {
	defer close(r.done)
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			r.poll(ctx)
		case <-r.wake:
			r.poll(ctx)
		case <-ctx.Done():
			return
		}
	}
}

// poll records what is there. Where no program of the session ever logged, it costs one look at a folder that is not there.
func (r *sessionRun) poll(ctx context.Context) {
	r.polling.Lock()
	defer r.polling.Unlock()
	r.logPlots()
	if r.owned == nil {
		if _, err := os.Lstat(r.folder); err != nil {
			return
		}
		var err error
		if r.owned, _, err = absorb.Own(r.folder); err != nil || r.owned == nil {
			return // another gemba reads it now: the next one tries again
		}
	}
	_, _ = r.follower.Poll(ctx) // what could not be recorded now is in the logs still; the ledger's own troubles are told by its recorder
}

// Record passes on what the session tells.
func (r *sessionRun) Record(e tracker.Event) {
	switch e := e.(type) {
	case tracker.CellStarted:
		r.kept.Started(e)
	case tracker.CellFinished:
		if r.plots.opened(e) {
			r.look()
		}
		if err := r.kept.Finished(e); err != nil {
			r.next.Record(tracker.Gap{Session: r.session, Execution: e.Execution, Time: e.Time, Reason: err.Error()})
		}
	case tracker.SessionClosed:
		r.close(context.Background())
	}
	r.next.Record(e)
}

// look has poll called soon.
func (r *sessionRun) look() {
	select {
	case r.wake <- struct{}{}:
	default: // it will be
	}
}

// Flush is that of the recorder behind.
func (r *sessionRun) Flush(ctx context.Context) error { return r.next.Flush(ctx) }

// programs is the recorder of what programs log.
type programs struct{ *sessionRun }

// close records the last of what was logged, and that the run is over.
func (r *sessionRun) close(ctx context.Context) {
	r.stop()
	<-r.done
	r.poll(ctx)
	r.mu.Lock()
	r.finish()
	r.mu.Unlock()
	_ = r.next.Flush(ctx)                                               // the recorder's own close tells what cannot be written
	_ = errors.Join(r.follower.Close(), r.bulk.Close(), r.kept.Close()) // what is left is read, and removed, by the next one
	if r.owned != nil {
		_ = r.owned.Close()
		_ = os.RemoveAll(filepath.Join(r.folder, "owner"))
		_ = os.Remove(r.folder) // not when something is left in it
	}
}
