package cli

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/gemba-ml/gemba/kernel/proxy/kernelspec"
	"github.com/gemba-ml/gemba/lineage/gitstate"
	"github.com/gemba-ml/gemba/lineage/profile"
	"github.com/gemba-ml/gemba/lineage/profile/rowdiff"
	tables "github.com/gemba-ml/gemba/lineage/profile/table"
	"github.com/gemba-ml/gemba/lineage/restore"
	"github.com/gemba-ml/gemba/lineage/settings"
	"github.com/gemba-ml/gemba/lineage/snapshot"
	"github.com/gemba-ml/gemba/notebooks"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/imports"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/journal"
	"github.com/gemba-ml/gemba/tracker/mlruns"
	"github.com/gemba-ml/gemba/tracker/remote"
)

// Exit statuses of the command line.
const (
	exitDone     = 0
	exitFailed   = 1
	exitUsage    = 2
	exitNotFound = 3
	exitCorrupt  = 4
)

// exitStatuses maps what an error is to the exit status that says it; the first that fits decides.
var exitStatuses = []struct {
	is     error
	status int
}{
	{notebooks.ErrCellFailed, exitFailed},
	{notebooks.ErrCellTimedOut, exitFailed},
	{errUsage, exitUsage},
	{notebooks.ErrNotNotebook, exitUsage},
	{notebooks.ErrTruncated, exitUsage},
	{notebooks.ErrVersion, exitUsage},
	{notebooks.ErrParameter, exitUsage},
	{kernelspec.ErrOurs, exitUsage},
	{kernelspec.ErrUnknown, exitNotFound},
	{index.ErrSQL, exitUsage},
	{profile.ErrRule, exitUsage},
	{tables.ErrNotTable, exitUsage},
	{rowdiff.ErrKey, exitUsage},
	{index.ErrReadOnly, exitUsage},
	{index.ErrAmbiguous, exitUsage},
	{index.ErrNotFound, exitNotFound},
	{gitstate.ErrMessage, exitUsage},
	{gitstate.ErrNoRepository, exitNotFound},
	{blob.ErrNotFound, exitNotFound},
	{journal.ErrNoLedger, exitNotFound},
	{fs.ErrNotExist, exitNotFound},
	{remote.ErrURL, exitUsage},
	{remote.ErrNotOurs, exitUsage},
	{remote.ErrNotFile, exitUsage},
	{remote.ErrGone, exitNotFound},
	{remote.ErrNotFound, exitNotFound},
	{restore.ErrNotEmpty, exitUsage},
	{errCorrupt, exitCorrupt},
	{remote.ErrCorrupt, exitCorrupt},
	{journal.ErrConflict, exitCorrupt},
	{journal.ErrCorrupt, exitCorrupt},
	{journal.ErrDamaged, exitCorrupt},
	{tracker.ErrEntry, exitCorrupt},
	{imports.ErrUnknown, exitUsage},
	{mlruns.ErrExists, exitUsage},
	{imports.ErrAim, exitUsage},
	{imports.ErrDamaged, exitCorrupt},
	{blob.ErrCorrupt, exitCorrupt},
	{snapshot.ErrNotEmpty, exitUsage},
	{snapshot.ErrNothing, exitUsage},
	{snapshot.ErrDocument, exitCorrupt},
	{settings.ErrInvalid, exitUsage},
}

func exitStatus(err error) int {
	for _, row := range exitStatuses {
		if errors.Is(err, row.is) {
			return row.status
		}
	}
	return exitFailed
}

// errUsage says that a command was called in a way it does not understand.
var errUsage = errors.New("wrong use")

// errFailed and errCorrupt say that a check failed, or that the ledger is corrupt, and that the
// command has already printed everything there is to say.
var (
	errFailed  = errors.New("a check failed")
	errCorrupt = errors.New("the ledger is corrupt")
)

// hinted is an error with a line that says what to try next.
type hinted struct {
	error
	hint string
}

func (e *hinted) Unwrap() error { return e.error }

// withHint adds to err what the reader can try next.
func withHint(err error, format string, args ...any) error {
	return &hinted{error: err, hint: fmt.Sprintf(format, args...)}
}

// wrongUse returns an error that exits with 2.
func wrongUse(format string, args ...any) error {
	return &kindError{errUsage, fmt.Sprintf(format, args...)}
}

// kindError says its own text and unwraps to a sentinel, so that the text need not repeat it.
type kindError struct {
	kind error
	text string
}

func (e *kindError) Error() string { return e.text }
func (e *kindError) Unwrap() error { return e.kind }

// statusError carries the exit status of a program that gemba ran. Without an error of gemba's own nothing is printed: the program has
// said what there is to say.
type statusError struct {
	status int
	err    error
}

func (e *statusError) Error() string {
	if e.err == nil {
		return fmt.Sprintf("exit status %d", e.status)
	}
	return e.err.Error()
}

func (e *statusError) Unwrap() error { return e.err }

// ranError marks an error of a command that ran; any other error is wrong use.
type ranError struct{ error }

func (e *ranError) Unwrap() error { return e.error }

// report prints err once, with its hint, and returns the exit status it stands for.
func (a *app) report(err error) int {
	if err == nil {
		return exitDone
	}
	var ran *ranError
	if !errors.As(err, &ran) {
		err = withHint(&kindError{errUsage, err.Error()}, "gemba help shows the commands, gemba COMMAND --help its options")
	}
	var passed *statusError
	if errors.As(err, &passed) {
		if passed.err != nil {
			a.complain(passed.err)
		}
		return passed.status
	}
	if !errors.Is(err, errFailed) && !errors.Is(err, errCorrupt) {
		a.complain(err)
	}
	return exitStatus(err)
}

func (a *app) complain(err error) {
	p := painterFor(a.stderr)
	fmt.Fprintf(a.stderr, "%s %s\n", p.paint(red, "gemba:"), harmlessLines(err.Error()))
	for _, hint := range hints(err) {
		fmt.Fprintf(a.stderr, "%s %s\n", p.paint(faint, "try:"), harmlessLines(hint))
	}
}

// hints returns the first hint in err's chain: the one nearest to the reader.
func hints(err error) []string {
	var h *hinted
	if errors.As(err, &h) {
		return []string{h.hint}
	}
	return nil
}
