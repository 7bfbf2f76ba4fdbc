package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/gc"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/journal"
	"github.com/gemba-ml/gemba/tracker/secrets"
)

// ledgerFor returns the directory of the ledger for what happens in dir: --ledger, else what
// journal.Find says. Recording and reading both ask here.
func (a *app) ledgerFor(dir string) string {
	if a.ledger != "" {
		return a.ledger
	}
	return journal.Find(dir)
}

// ledgerToRead is ledgerFor for a reader in the working directory. Outside of a git repository a
// reader may stand below the folder whose notebooks were recorded, so it looks upwards too; never
// instead of a ledger that was named.
func (a *app) ledgerToRead() string {
	dir := a.ledgerFor(".")
	here, err := filepath.Abs(".")
	named := a.ledger != "" || os.Getenv("GEMBA_LEDGER") != ""
	if err != nil || named || exists(dir) || dir != journal.Beside(here) || exists(filepath.Join(here, ".git")) {
		return dir
	}
	for at := here; at != filepath.Dir(at); at = filepath.Dir(at) {
		if ledger := journal.Beside(at); exists(ledger) {
			return ledger
		}
	}
	return dir
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// withIndex opens the index of the ledger to read, brought up to date, and gives it to read. What the
// index could not take in is said on stderr: an answer that lacks something must not look whole. The
// first Ctrl-C ends it in order, so that a temporary index does not stay behind.
func (a *app) withIndex(ctx context.Context, read func(context.Context, *index.Index) error) error {
	ctx, done := untilSignal(ctx)
	defer done()
	err := a.readIndex(ctx, read)
	if s := (stopped{}); errors.As(context.Cause(ctx), &s) {
		return s
	}
	return err
}

func (a *app) readIndex(ctx context.Context, read func(context.Context, *index.Index) error) error {
	dir := a.ledgerToRead()
	opened := a.explainOpening()
	defer opened()
	a.recordLeftovers(ctx, dir)
	ledger, err := journal.Open(dir)
	if err != nil {
		return ledgerHint(err)
	}
	defer a.fetchOnDemand(ctx, ledger)()
	x, err := index.OpenLedger(ctx, ledger)
	opened()
	if err != nil {
		return err
	}
	defer x.Close()
	if err := a.warnOfProblems(ctx, x); err != nil {
		return err
	}
	err = read(ctx, x)
	if !index.Damaged(err) {
		return err
	}
	if err := x.Rebuild(ctx); err != nil {
		return err
	}
	return read(ctx, x)
}

// unexplained is how long a command may take to open an index before it says so.
const unexplained = 5 * time.Second

// explainOpening says on stderr what takes so long, unless what it returns is called before.
func (a *app) explainOpening() (opened func()) {
	said := make(chan struct{})
	say := time.AfterFunc(unexplained, func() {
		defer close(said)
		fmt.Fprintln(a.stderr, "bringing the ledger's index up to date: the first time, that takes two minutes for 100,000 runs")
	})
	return sync.OnceFunc(func() {
		if !say.Stop() {
			<-said
		}
	})
}

// ledgerHint adds to an error of opening a ledger what to try.
func ledgerHint(err error) error {
	switch {
	case errors.Is(err, journal.ErrNoLedger):
		return withHint(err,
			"gemba run NOTEBOOK records one here; --ledger DIR or GEMBA_LEDGER names another")
	case errors.Is(err, journal.ErrNewer):
		return withHint(err, "go install github.com/gemba-ml/gemba@latest")
	}
	return err
}

func (a *app) warnOfProblems(ctx context.Context, x *index.Index) error {
	problems, err := x.Problems(ctx)
	for _, p := range problems {
		a.warn("journal %s cannot be read from entry %d on: %s", p.Journal.Short(), p.Entry, p.Reason)
	}
	if len(problems) > 0 {
		a.warn("what it holds behind is missing here; gemba verify tells more")
	}
	return err
}

// warn says on stderr what does not stop the command.
func (a *app) warn(format string, args ...any) {
	p := painterFor(a.stderr)
	fmt.Fprintf(a.stderr, "%s %s\n", p.paint(yellow, "gemba: warning:"), harmlessLines(fmt.Sprintf(format, args...)))
}

// openRecorder starts to record into the ledger at dir; writer says for whom: "kernel" or "run". It
// never fails and nothing waits for it: a ledger that cannot be written is tried again and again, and
// what is lost meanwhile becomes a gap in it. Recorder.Flush and Recorder.Err tell why; say it with
// warnUnrecorded. Without a key the record is kept all the same, unsigned, and says so.
func (a *app) openRecorder(dir, writer string) *tracker.Recorder {
	return tracker.NewRecorder(a.recording(dir, writer))
}

// openStrictRecorder is openRecorder for what must be on the disk, and signed, once Flush returns.
func (a *app) openStrictRecorder(dir, writer string) *tracker.Recorder {
	o := a.recording(dir, writer)
	o.Strict = true
	return tracker.NewRecorder(o)
}

func (a *app) recording(dir, writer string) tracker.Options {
	key, fault := loadKey()
	if fault != nil {
		a.warn("what is recorded is not signed: %v", fault)
	}
	o := journal.Options{Key: key, KeyFault: fault, Writer: writer, Gemba: buildVersion().Version}
	return tracker.Options{
		Open: func() (tracker.Journal, error) {
			w, err := journal.Create(dir, o)
			if err != nil {
				return nil, err
			}
			return &tidied{w, gc.Background(dir)}, nil
		},
		Screen: a.screener(key),
	}
}

// tidied is a journal beside which the files of earlier ones are merged.
type tidied struct {
	*journal.Writer
	compaction *gc.Compaction
}

// Close closes the journal, and lets merging come to its end if that is near.
func (t *tidied) Close() error {
	err := t.Writer.Close()
	t.compaction.Stop(time.Second)
	return err
}

// screener returns what keeps secrets out of everything that this process writes. Without a key, what
// it writes in their place compares within this process only.
func (a *app) screener(key *journal.Key) *secrets.Screener {
	if a.secrets == nil {
		var o secrets.Options
		if key != nil {
			o.Key = key.Derive("gemba secrets 1")
		}
		a.secrets = secrets.New(o)
		a.secrets.RememberEnvironment(os.Environ())
	}
	return a.secrets
}

// loadKey returns the user's signing key, made at first use.
func loadKey() (*journal.Key, error) {
	dir, err := journal.ConfigDir()
	if err != nil {
		return nil, err
	}
	return journal.LoadKey(dir)
}

// warnUnrecorded says once, for a person, that cells run and are not recorded. It returns whether it
// said so.
func (a *app) warnUnrecorded(err error, dir string) bool {
	if err == nil {
		return false
	}
	a.warn("cells run, but nothing is recorded in %s: %v", dir, err)
	a.warn("their record waits in memory until the ledger can be written; gemba doctor shows what is wrong")
	return true
}
