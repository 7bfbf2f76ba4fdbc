package observe

import (
	"context"
	"path/filepath"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/tracker"
)

// Options set up an Observer. Dir is required.
type Options struct {
	Dir      string              // the work tree that is watched for what child processes do: the notebook's folder
	Notebook string              // the session's own notebook, which its front end saves when it likes; empty when unknown
	Leave    []string            // folders without data beside those of the rules: the ledger, caches
	Store    Store               // keeps contents; nil keeps none
	Limit    int64               // contents of larger files are not kept, in bytes
	Screen   func([]byte) []byte // takes secrets out of a text; nil takes out none
	Baseline int64               // bytes of the work tree whose digests are taken ahead; 0: 256 MB; negative: none
	Off      bool                // nothing is watched and no digest taken ahead: the engine does not observe its cells
	Now      func() time.Time    // nil: time.Now
}

const defaultBaseline = 256_000_000

// Observer finds out what cells did with files. Its methods may be called from several goroutines.
type Observer struct {
	options Options
	root    string // without links
	filter  *filter
	library *library
	watcher *watcher // nil where there is none
	fault   string   // why

	ctx  context.Context
	stop context.CancelFunc
	work sync.WaitGroup
	all  chan struct{} // closed when the work tree is watched, as far as it can be

	mu     sync.Mutex
	starts []start    // of the cells that were not observed yet, in order
	spawns bool       // some cell of the session may have declared what starts processes
	runs   tracker.ID // the cell that runs
}

// start is what is known of a cell from its start.
type start struct {
	execution tracker.ID
	time      time.Time
	mark      int
	reads     bool // files that were only read are watched for
}

// New returns an Observer. It begins to watch the work tree and to take its files' digests in the background.
func New(o Options) *Observer {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Baseline == 0 {
		o.Baseline = defaultBaseline
	}
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		dir = o.Dir
	}
	root := newNames().folder(dir)
	own := filepath.Join(root, filepath.Base(o.Notebook))
	b := &Observer{options: o, root: root,
		filter:  newFilter(root, o.Leave, o.Notebook, own, filepath.Join(root, ".~"+filepath.Base(o.Notebook))),
		library: &library{store: o.Store, limit: o.Limit, screen: o.Screen, now: o.Now, files: map[string]known{}}}
	b.all = make(chan struct{})
	b.ctx, b.stop = context.WithCancel(context.Background())
	b.open()
	return b
}

func (b *Observer) open() {
	if b.options.Off {
		b.fault = "observing is off"
		close(b.all)
		return
	}
	w, err := newWatcher(b.root, func(folder string) bool { return !b.filter.data(folder) }, b.library.forget, b.options.Now)
	if err != nil {
		b.fault = err.Error()
	} else {
		b.watcher, b.library.opened = w, w.opened
	}
	b.work.Go(func() {
		if b.watcher != nil {
			b.watcher.watchAll(b.ctx)
		}
		close(b.all)
		b.baseline(b.ctx)
	})
}

// Close ends the watching.
func (b *Observer) Close() error {
	b.stop()
	if b.watcher != nil {
		b.watcher.close()
	}
	b.work.Wait()
	return nil
}

// Opened tells that this process itself, and not a cell, has opened a file of the work tree and is about to close it. It may
// be called for every file that is read beside the cells: to find the code state, say.
func (b *Observer) Opened(path string) {
	if b.watcher != nil {
		b.watcher.opened(newNames().real(path))
	}
}

// Started tells that a cell starts. The cell waits for it: some microseconds, or a quarter of a millisecond when the cell may
// start processes and the work tree has many folders.
func (b *Observer) Started(e tracker.CellStarted) {
	if e.Unseen || runsShell(e.Source) {
		b.awaitWatch()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	s := start{execution: e.Execution, time: e.Time}
	b.spawns = b.spawns || e.Unseen || declaresSpawning(e.Source)
	s.reads = b.spawns || runsShell(e.Source)
	if b.watcher != nil {
		s.mark = b.watcher.begin(s.reads)
	}
	b.starts, b.runs = append(b.starts, s), e.Execution
}

// Finished tells that a cell does not run any more: what waits for its end is done now.
func (b *Observer) Finished(e tracker.CellFinished) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.runs == e.Execution {
		b.runs = tracker.ID{}
	}
}

// moment is how long the first cell of a session may wait for its folder to be watched, when it runs a shell, or what nobody observes.
const moment = 25 * time.Millisecond

func (b *Observer) awaitWatch() {
	select {
	case <-b.all:
	case <-time.After(moment):
	}
}

// finish takes a cell from those that were not observed yet. Those that started before it never ran, or nobody asked.
func (b *Observer) finish(execution tracker.ID) (s start, found bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.runs == execution {
		b.runs = tracker.ID{}
	}
	for i := range b.starts {
		if b.starts[i].execution == execution {
			s = b.starts[i]
			b.starts = append([]start(nil), b.starts[i+1:]...)
			return s, true
		}
	}
	return start{}, false
}

// until is the mark up to which events are those of the cell that was finished last: where the next one started, else now.
func (b *Observer) until() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.starts) > 0 {
		return b.starts[0].mark
	}
	return b.watcher.mark()
}

// observed says that the events before a mark are not needed any more. No cell starts meanwhile, so none loses its own.
func (b *Observer) observed(mark int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.watcher.observed(mark, len(b.starts) == 0)
}

// pace leaves the machine to a cell that runs.
func (b *Observer) pace() float64 { return b.paceOf(atOnce, beside) }

// leisure is the pace of what nobody asked for.
func (b *Observer) leisure() float64 { return b.paceOf(idly, hardly) }

// paceOf chooses between the pace while no cell runs and that while one does.
func (b *Observer) paceOf(alone, running float64) float64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.runs.IsZero() {
		return running
	}
	return alone
}
