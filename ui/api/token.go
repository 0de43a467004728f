package api

import (
	"context"
	"net/http"
	"time"

	"cradle/directory"
	"cradle/ui/access"
)

// tokenView is a bearer token as it is listed: without its text.
type tokenView struct {
	ID      directory.ID `json:"id"`
	Name    string       `json:"name"`
	Created time.Time    `json:"created"`
	Token   string       `json:"token,omitempty" doc:"The token itself; only in the answer that made it."`
}

type tokenOutput struct{ Body tokenView }

type tokenInput struct {
	Body struct {
		Name string `json:"name" maxLength:"100" doc:"What it is for."`
	}
}

func tokenRoutes(a *API) {
	route(a, operation{method: http.MethodGet, path: "/tokens", permission: access.Own, summary: "One's own bearer tokens"}, a.listTokens)
	route(a, operation{method: http.MethodPost, path: "/tokens", permission: access.Own, status: http.StatusCreated,
		summary: "Make a bearer token; it is shown once"}, a.makeToken)
	route(a, operation{method: http.MethodDelete, path: "/tokens/{id}", permission: access.Own, status: http.StatusNoContent,
		summary: "Revoke a bearer token", errors: []int{http.StatusNotFound}}, a.revokeToken)
}

func (a *API) listTokens(_ context.Context, c *access.Caller, _ *struct{}) (*pageOutput[tokenView], error) {
	out := &pageOutput[tokenView]{Body: page[tokenView]{Items: []tokenView{}}}
	for _, t := range a.Gate.Tokens(c.User.ID) {
		out.Body.Items = append(out.Body.Items, tokenView{ID: t.ID, Name: t.Name, Created: t.Created})
	}
	return out, nil
}

func (a *API) makeToken(ctx context.Context, c *access.Caller, in *tokenInput) (*tokenOutput, error) {
	t, text, err := a.Gate.IssueToken(ctx, c.User.ID, in.Body.Name)
	if err != nil {
		return nil, err
	}
	return &tokenOutput{Body: tokenView{ID: t.ID, Name: t.Name, Created: t.Created, Token: text}}, nil
}

func (a *API) revokeToken(ctx context.Context, c *access.Caller, in *idInput) (*none, error) {
	return nil, a.Gate.RevokeToken(ctx, c.User.ID, in.ID)
}
