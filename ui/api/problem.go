package api

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"cradle/directory"
	"cradle/ui/access"
)

// problem turns an error of the rooms below into a problem document
// (RFC 9457). What it does not know is logged in full and told in three words.
func (a *API) problem(route string, err error) error {
	var status huma.StatusError
	if errors.As(err, &status) {
		return err
	}
	if slow, ok := access.IsSlow(err); ok {
		return slowProblem(slow)
	}
	for _, known := range statuses {
		if errors.Is(err, known.err) {
			return huma.NewError(known.status, err.Error())
		}
	}
	a.Log.Error("request failed", "route", route, "error", err)
	if errors.Is(err, directory.ErrFull) {
		return huma.NewError(http.StatusInsufficientStorage, directory.ErrFull.Error()+": nothing was changed; make room and try again")
	}
	return huma.NewError(http.StatusInternalServerError, "internal error")
}

// statuses of the errors that a caller can do something about.
var statuses = []struct {
	err    error
	status int
}{
	{directory.ErrNotFound, http.StatusNotFound},
	{directory.ErrTaken, http.StatusConflict},
	{directory.ErrInUse, http.StatusConflict},
	{directory.ErrRetired, http.StatusConflict},
	{directory.ErrStale, http.StatusConflict},
	{directory.ErrRefused, http.StatusUnprocessableEntity},
	{directory.ErrInvalid, http.StatusUnprocessableEntity},
	{directory.ErrClosed, http.StatusServiceUnavailable},
	{access.ErrWrong, http.StatusUnauthorized},
	{access.ErrNobody, http.StatusUnauthorized},
	{access.ErrNoToken, http.StatusNotFound},
}

func slowProblem(slow *access.SlowError) error {
	return huma.ErrorWithHeaders(
		huma.NewError(http.StatusTooManyRequests, slow.Error()),
		http.Header{"Retry-After": {strconv.Itoa(slow.Seconds())}},
	)
}

// notFound is the answer for records that do not exist and for those of
// organizations that the caller does not see: one cannot be told from the other.
func notFound(what string) error { return huma.NewError(http.StatusNotFound, what+" not found") }

// wrong names the input at fault.
func wrong(location, message string) error {
	return huma.NewError(http.StatusUnprocessableEntity, message,
		&huma.ErrorDetail{Location: location, Message: message})
}

// forbidden says what is missing.
func forbidden(p access.Permission, why string) error {
	return huma.NewError(http.StatusForbidden, why+" ("+string(p)+")")
}

// hideValues keeps inputs out of problem documents: the library would echo
// the value at fault, which may be a password.
func hideValues(_ huma.Context, _ string, body any) (any, error) {
	if model, ok := body.(*huma.ErrorModel); ok {
		if model.Type == "" {
			model.Type = "about:blank"
		}
		for _, d := range model.Errors {
			if d != nil {
				d.Value = nil
			}
		}
	}
	return body, nil
}
