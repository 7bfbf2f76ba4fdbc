package cli

import (
	"errors"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/lineage/environ"
	"github.com/gemba-ml/gemba/lineage/settings"
	"github.com/gemba-ml/gemba/lineage/usage"
	"github.com/gemba-ml/gemba/tracker"
)

// cellSession is what stands behind the cells of a session, whatever engine executes them: its record, its run, its magics, and what
// the project asks of it.
type cellSession struct {
	*app
	id       tracker.ID
	dir      string // where cells run at first
	notebook string // its path, as far as it is known
	command  string // "kernel", "run" or "exec"
	ledger   string
	project  settings.Settings
	around   surroundings
	lock     *pinned
	meter    *usage.Meter
	recorder *tracker.Recorder // nil when nothing is recorded
	policy   *codePolicy
	run      *sessionRun // nil likewise
	magics   *magicHost
	mlflow   *sessionServer                 // nil where MLflow's clients log elsewhere
	session  *kernel.Session                // nil before open
	opened   atomic.Pointer[kernel.Session] // the same, for who does not wait for open
	heard    kernel.Recorder
	environ  func(tracker.ID) []string
	about    func(*environ.Options) // tells of the engine, nil of the Go engine; set before open

	unrecorded func(error) // told that nothing is recorded; nil: it is said of cells
}

// newCellSession finds out what a session in dir needs. Nothing slow is done before record.
func (a *app) newCellSession(id tracker.ID, dir, notebook, command string) *cellSession {
	s := &cellSession{app: a, id: id, dir: dir, notebook: notebook, command: command, ledger: a.ledgerFor(dir), project: a.project(dir), meter: a.meter()}
	s.around = a.surroundings(s.project, s.describe)
	s.lock = a.pin(notebook, s.project, s.around)
	return s
}

// describe tells what executes the cells. It is asked when the session is open.
func (s *cellSession) describe(o *environ.Options) {
	if s.about != nil {
		s.about(o)
	}
}

// readerName is the name of the kernels that JupyterLab's extension starts to read the ledger, which are no notebook's
// (tracker/ui/src/lab/reader.ts). A record of them would be a session without cells, in a notebook that nobody knows.
const readerName = "gemba: reads the ledger"

// record begins the record, unless the user switched recording off, as the benchmark does to measure what it costs. The end of the
// session waits no longer than patience for the last of it.
func (s *cellSession) record(patience time.Duration) {
	s.policy = s.policyOf(s.project, s.dir, s.ledger)
	var traced kernel.Recorder
	switch {
	case os.Getenv("GEMBA_RECORD") == "off":
		s.warn("cells run, but nothing is recorded: GEMBA_RECORD is off")
	case filepath.Base(s.notebook) == readerName:
		s.warn("this kernel reads the ledger for JupyterLab; a cell that somebody runs in it is not recorded")
	default:
		s.recorder = s.openRecorder(s.ledger, s.command)
		traced = s.trace(s.recorder, origin{dir: s.dir, notebook: s.notebook, ledger: s.ledger, project: s.project, around: s.around, policy: s.policy, patience: patience})
	}
	s.magics = &magicHost{app: s.app, dir: s.dir, around: s.around, project: s.project, ledger: s.ledger, recorder: s.recorder}
	s.run = s.trackRun(s.lock.watch(traced), s.id, s.ledger, s.notebook)
	s.heard, s.environ = s.run.hooks()
	s.heard = measured(s.meter, s.heard, s.run)
}

// open opens the session of an engine.
func (s *cellSession) open(engine kernel.Engine) *kernel.Session {
	dir, err := filepath.Abs(s.dir)
	if err != nil {
		dir = "" // unknown when the folder was removed
	}
	unrecorded := s.unrecorded
	if unrecorded == nil {
		unrecorded = func(err error) { s.warnUnrecorded(err, s.ledger) }
	}
	session := kernel.OpenSession(kernel.SessionOptions{
		ID: s.id, Engine: engine, Recorder: s.heard, Environ: s.environ, Permit: permits(s.lock.ask(), s.policy.permit), Notice: s.policy.notice,
		Magics: s.magics, Notebook: s.notebook, Dir: dir, Command: s.command, Gemba: buildVersion().Version, Now: s.now, Log: s.logger(),
		Unrecorded: unrecorded, Secret: s.screened,
	})
	s.magics.session, s.magics.run, s.session = session, s.run, session
	s.opened.Store(session)
	return session
}

// current is the execution under way.
func (s *cellSession) current() tracker.ID {
	if session := s.opened.Load(); session != nil {
		return session.Current()
	}
	return tracker.ID{}
}

// screened keeps a secret that somebody typed out of the record.
func (s *cellSession) screened(secret string) {
	if s.recorder != nil {
		s.recorder.Remember(secret)
	}
}

// finish writes the last of the record.
func (s *cellSession) finish() error {
	defer s.policy.close() // a capture under way may be slow; the record may not wait for it
	err := s.mlflow.shut()
	if s.recorder == nil {
		return err
	}
	return errors.Join(err, s.recorder.Close())
}
