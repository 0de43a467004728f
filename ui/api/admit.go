package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"cradle/ui/access"
)

// callerKey is where the caller of a request is kept.
type callerKey struct{}

func callerOf(ctx context.Context) *access.Caller {
	if c, ok := ctx.Value(callerKey{}).(*access.Caller); ok {
		return c
	}
	return &access.Caller{}
}

// admit lets a request in that may do what its operation does. An operation
// without a declared permission is closed for everybody.
func (a *API) admit(ctx huma.Context, next func(huma.Context)) {
	op := ctx.Operation()
	permission, declared := a.permissions[op.Method+" "+op.Path]
	if !declared {
		a.refuse(ctx, http.StatusForbidden, "this operation is not open to anybody")
		return
	}
	if !a.Directory.Snapshot().SetUp() && op.Path != prefix+"/setup" {
		a.refuse(ctx, http.StatusServiceUnavailable, "not set up")
		return
	}
	caller, err := a.Gate.Identify(humagin.Unwrap(ctx).Request)
	switch {
	case errors.Is(err, access.ErrForeign):
		a.refuse(ctx, http.StatusForbidden, "cross-origin requests are refused")
	case err != nil:
		ctx.SetHeader("WWW-Authenticate", "Bearer")
		a.refuse(ctx, http.StatusUnauthorized, err.Error())
	case permission != access.Public && caller.User == nil:
		ctx.SetHeader("WWW-Authenticate", "Bearer")
		a.refuse(ctx, http.StatusUnauthorized, "log in first")
	case !caller.May(permission):
		a.refuse(ctx, http.StatusForbidden, "your role may not do this ("+string(permission)+")")
	default:
		next(huma.WithValue(ctx, callerKey{}, caller))
	}
}

func (a *API) refuse(ctx huma.Context, status int, detail string) {
	_ = huma.WriteErr(a.huma, ctx, status, detail)
}
