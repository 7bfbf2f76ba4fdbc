package mlflow

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/gemba-ml/gemba/tracker/blob"
	"github.com/gemba-ml/gemba/tracker/filter"
	"github.com/gemba-ml/gemba/tracker/index"
)

// Code is one of MLflow's error codes.
type Code string

// The codes that this package answers with.
const (
	InvalidParameter Code = "INVALID_PARAMETER_VALUE"
	AlreadyExists    Code = "RESOURCE_ALREADY_EXISTS"
	DoesNotExist     Code = "RESOURCE_DOES_NOT_EXIST"
	EndpointNotFound Code = "ENDPOINT_NOT_FOUND"
	InvalidState     Code = "INVALID_STATE"
	BadRequest       Code = "BAD_REQUEST"
	TooLarge         Code = "REQUEST_LIMIT_EXCEEDED"
	NotImplemented   Code = "NOT_IMPLEMENTED"
	Unauthenticated  Code = "UNAUTHENTICATED"
	PermissionDenied Code = "PERMISSION_DENIED"
	Unavailable      Code = "TEMPORARILY_UNAVAILABLE"
	Internal         Code = "INTERNAL_ERROR"
)

// statuses maps a code to the HTTP status that MLflow gives it (mlflow/exceptions.py), but for TooLarge, which its
// clients would repeat if it were 429.
var statuses = map[Code]int{
	InvalidParameter: http.StatusBadRequest,
	AlreadyExists:    http.StatusBadRequest,
	DoesNotExist:     http.StatusNotFound,
	EndpointNotFound: http.StatusNotFound,
	InvalidState:     http.StatusInternalServerError,
	BadRequest:       http.StatusBadRequest,
	TooLarge:         http.StatusRequestEntityTooLarge,
	NotImplemented:   http.StatusNotImplemented,
	Unauthenticated:  http.StatusUnauthorized,
	PermissionDenied: http.StatusForbidden,
	Unavailable:      http.StatusServiceUnavailable,
	Internal:         http.StatusInternalServerError,
}

// Error is an error as MLflow's clients read it.
type Error struct {
	Code    Code   `json:"error_code"`
	Message string `json:"message"`
}

func (e *Error) Error() string { return e.Message }

func fail(code Code, format string, args ...any) error {
	return &Error{code, fmt.Sprintf(format, args...)}
}

func invalid(format string, args ...any) error { return fail(InvalidParameter, format, args...) }

// writeError answers with an error.
func writeError(w http.ResponseWriter, err error) {
	e := worded(err)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(statuses[e.Code])
	_ = json.NewEncoder(w).Encode(e) // the client is gone
}

// worded puts an error of other packages into MLflow's words.
func worded(err error) *Error {
	var (
		e      *Error
		large  *http.MaxBytesError
		syntax *filter.SyntaxError
	)
	switch {
	case errors.As(err, &e):
		return e
	case errors.As(err, &large):
		return &Error{TooLarge, fmt.Sprintf("The request is larger than %d bytes. Split it into several.", large.Limit)}
	case errors.As(err, &syntax):
		return &Error{InvalidParameter, fmt.Sprintf("Invalid filter or order: %v.", syntax)}
	case errors.Is(err, index.ErrPage):
		return &Error{InvalidParameter, err.Error()}
	case errors.Is(err, index.ErrNotFound):
		return &Error{DoesNotExist, err.Error()}
	case errors.Is(err, blob.ErrNotFound):
		return &Error{DoesNotExist, "The bytes of this artifact are not in the ledger any more: " + err.Error()}
	}
	return &Error{Internal, err.Error()}
}

// orMissing says what does not exist when err is that it was not found.
func orMissing(err error, format string, args ...any) error {
	if errors.Is(err, index.ErrNotFound) {
		return fail(DoesNotExist, format, args...)
	}
	return err
}

// isMissing reports whether an error says that something does not exist.
func isMissing(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.Code == DoesNotExist
}
