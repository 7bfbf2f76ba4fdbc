package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/kernel/golang"
	"github.com/gemba-ml/gemba/lineage/environ"
	"github.com/gemba-ml/gemba/lineage/settings"
	"github.com/gemba-ml/gemba/tracker"
)

// pinned is a session of a notebook that has a lock: what differs from it is told, recorded, and where the project is
// strict keeps cells from running. A nil *pinned is that of a notebook without a lock.
type pinned struct {
	kernel.Recorder // where what differs is recorded
	app             *app
	file            string // name of the lock
	lock            environ.Lock
	strict          bool
	around          surroundings
	checked         func()        // finds out, once, what differs
	done            chan struct{} // closed when that is known
	goMod           string        // of the last cell that was built

	mu      sync.Mutex
	session tracker.ID
	differ  error // what differs, as last told
}

// pin reads the lock of the notebook at path, if it has one. A lock that cannot be read pins nothing, or everything
// where the project is strict.
func (a *app) pin(path string, project settings.Settings, around surroundings) *pinned {
	if path == "" {
		return nil
	}
	file := environ.LockPath(path)
	l, err := environ.ReadLock(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	p := &pinned{app: a, file: filepath.Base(file), lock: l, strict: project.Strict, around: around, done: make(chan struct{})}
	p.checked = sync.OnceFunc(func() {
		defer close(p.done)
		if err == nil {
			err = p.check()
		}
		if err != nil {
			p.differs(tracker.ID{}, err)
		}
	})
	return p
}

// start makes an engine's options those of the lock: its modules, and none beside them where the project is strict.
func (p *pinned) start(o golang.Options) golang.Options {
	if p != nil {
		o.GoMod, o.GoSum = p.lock.Modules()
		o.NoGet = p.strict && o.GoMod != ""
	}
	return o
}

// watch returns the recorder for a session: one that looks at the modules that cells were built with.
func (p *pinned) watch(next kernel.Recorder) kernel.Recorder {
	if p == nil {
		return next
	}
	if p.Recorder = next; next == nil {
		p.Recorder = forgetful{}
	}
	return p
}

// forgetful is the recorder of a session that is not recorded.
type forgetful struct{}

func (forgetful) Record(tracker.Event)        {}
func (forgetful) Flush(context.Context) error { return nil }

// permit is asked before each cell. Where the project is strict, the first one waits until it is known what differs.
func (p *pinned) permit(ctx context.Context) error {
	if !p.strict {
		return nil
	}
	select {
	case <-p.done:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.differ == nil {
		return nil
	}
	return fmt.Errorf("%w; %s is strict, so no cell runs: gemba env lock NOTEBOOK pins this environment", p.differ, settings.Name)
}

// ask returns permit as a session takes it.
func (p *pinned) ask() func(context.Context) error {
	if p == nil {
		return nil
	}
	return p.permit
}

// check compares the environment with the lock.
func (p *pinned) check() error {
	now, err := p.around()
	if err != nil {
		return err
	}
	return listed(environ.Check(p.lock, now))
}

// differs says to the user and the record that something is not as the lock has it, or cannot be compared.
func (p *pinned) differs(execution tracker.ID, err error) {
	err = fmt.Errorf("this environment is not the one that %s pins: %w", p.file, err)
	p.app.warn("%v", err)
	p.mu.Lock()
	session := p.session
	p.differ = err
	p.mu.Unlock()
	p.Recorder.Record(tracker.Gap{Session: session, Execution: execution, Time: p.app.now(), Reason: err.Error()})
}

// Record looks at the modules of each cell that was built and passes all events on. What differs is found out beside the
// first cells, and told before the session ends.
func (p *pinned) Record(e tracker.Event) {
	if _, ends := e.(tracker.SessionClosed); ends {
		p.await(linger)
	}
	p.Recorder.Record(e)
	switch e := e.(type) {
	case tracker.SessionOpened:
		p.mu.Lock()
		p.session = e.Session
		p.mu.Unlock()
		go p.checked()
	case tracker.CellFinished:
		p.built(e)
	}
}

// await waits a while for what is being found out. Nothing is waited for without a lock.
func (p *pinned) await(d time.Duration) {
	if p == nil {
		return
	}
	select {
	case <-p.done:
	case <-time.After(d):
	}
}

// built compares the modules of a cell with the locked ones, once for each go.mod.
func (p *pinned) built(e tracker.CellFinished) {
	if e.GoMod == "" || e.GoMod == p.goMod {
		return
	}
	p.goMod = e.GoMod
	list, err := environ.CheckModules(p.lock, e.GoMod, e.GoSum)
	if err == nil {
		err = listed(list)
	}
	if err != nil {
		p.differs(e.Execution, err)
	}
}

// listedDifferences is how many differences a message names; gemba env check lists all.
const listedDifferences = 5

// listed words differences as one error, nil when there are none.
func listed(list []environ.Difference) error {
	if len(list) == 0 {
		return nil
	}
	var words []string
	for _, d := range list[:min(len(list), listedDifferences)] {
		words = append(words, d.String())
	}
	if more := len(list) - listedDifferences; more > 0 {
		words = append(words, fmt.Sprintf("and %d more, which gemba env check lists", more))
	}
	return errors.New(strings.Join(words, "; "))
}
