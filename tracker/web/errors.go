package web

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"

	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/filter"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/journal"
)

// What a request can be wrong in, beside what the ledger's own packages find.
var (
	errWrong    = errors.New("wrong use")
	errRoute    = errors.New("no such route")
	errMethod   = errors.New("no such method")
	errCursor   = errors.New("no such page")
	errReadOnly = errors.New("nothing can be written")
	errKept     = errors.New("not in the ledger")
)

// faults maps what an error is to its HTTP status, its code, and what to try next; the first that fits decides.
var faults = []struct {
	is     error
	status int
	code   string
	hint   string
}{
	{errRoute, http.StatusNotFound, "no_route", ""},
	{errMethod, http.StatusMethodNotAllowed, "no_method", ""},
	{errCursor, http.StatusBadRequest, "no_page", "begin with the first page"},
	{index.ErrPage, http.StatusBadRequest, "no_page", "begin with the first page"},
	{errReadOnly, http.StatusForbidden, "read_only", ""},
	{errWrong, http.StatusBadRequest, "wrong_use", ""},
	{index.ErrAmbiguous, http.StatusBadRequest, "ambiguous", "give more digits of the id"},
	{account.ErrNoData, http.StatusNotFound, "not_served", "gemba snapshot diff and gemba profile diff do"},
	{account.ErrNoEnvironment, http.StatusNotFound, "not_found", ""},
	{errKept, http.StatusNotFound, "not_kept", ""},
	{blob.ErrNotFound, http.StatusNotFound, "not_kept", "its bytes were not kept, or taken out, or are at a remote that cannot be reached"},
	{blob.ErrCorrupt, http.StatusInternalServerError, "corrupt", "gemba verify tells more"},
	{index.ErrNotFound, http.StatusNotFound, "not_found", "it may have been deleted, or be in another ledger"},
	{journal.ErrNoLedger, http.StatusNotFound, "no_ledger", "run a cell with gemba, or name another ledger"},
	{journal.ErrNewer, http.StatusConflict, "newer_ledger", "a newer gemba wrote this ledger: go install github.com/gemba-ml/gemba@latest"},
	{journal.ErrDamaged, http.StatusInternalServerError, "corrupt", "gemba verify tells more"},
	{journal.ErrCorrupt, http.StatusInternalServerError, "corrupt", "gemba verify tells more"},
	{errFull, http.StatusInsufficientStorage, "disk_full", "make room and try again: what was recorded before is safe"},
	{fs.ErrPermission, http.StatusForbidden, "not_permitted", "look at the permissions of the ledger's folder"},
	{context.DeadlineExceeded, http.StatusServiceUnavailable, "busy", "try again"},
	{context.Canceled, http.StatusServiceUnavailable, "ended", "the server ends: start it again"},
}

// Failure is what every error is answered with.
type Failure struct {
	Error Fault `json:"error"`
}

// Fault says what went wrong. Code is for programs and stays what it is; the others are for people.
type Fault struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	At      *int   `json:"at,omitempty"` // where a filter or an order is wrong, in bytes
}

// fault returns an error's answer and status.
func fault(err error) (Fault, int) {
	f, status := Fault{Code: "failed", Message: err.Error()}, http.StatusInternalServerError
	if index.Full(err) {
		err = fmt.Errorf("%w: %w", errFull, err)
	}
	for _, row := range faults {
		if errors.Is(err, row.is) {
			f.Code, f.Hint, status = row.code, row.hint, row.status
			break
		}
	}
	if index.Damaged(err) {
		f.Code, f.Hint = "index_damaged", "gemba reindex makes it anew; nothing that was recorded is lost"
	}
	var wrong *filter.SyntaxError
	if errors.As(err, &wrong) {
		f.Code, f.Message, f.At, status = "wrong_filter", wrong.Why, &wrong.At, http.StatusBadRequest
		f.Hint = "such as metrics.loss < 0.5 AND params.lr = 0.01 AND NOT tags.team IN ('red', 'blue')"
	}
	var h *hinted
	if errors.As(err, &h) {
		f.Hint = h.hint
	}
	return f, status
}

// writeError answers with an error.
func writeError(w http.ResponseWriter, r *http.Request, err error) {
	f, status := fault(err)
	writeJSON(w, r, status, Failure{f})
}

// kindError says its own text and unwraps to a sentinel.
type kindError struct {
	kind error
	text string
}

func (e *kindError) Error() string { return e.text }
func (e *kindError) Unwrap() error { return e.kind }

func kind(of error, format string, args ...any) error {
	return &kindError{of, fmt.Sprintf(format, args...)}
}

// hinted is an error with what to try next.
type hinted struct {
	error
	hint string
}

func (e *hinted) Unwrap() error { return e.error }

func hint(err error, format string, args ...any) error {
	return &hinted{err, fmt.Sprintf(format, args...)}
}
