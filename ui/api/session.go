package api

import (
	"context"
	"errors"
	"net/http"

	"cradle/directory"
	"cradle/ui/access"
	"cradle/ui/live"
)

// sessionView is who is logged in and what he may do.
type sessionView struct {
	User            sessionUser `json:"user"`
	Organization    nameAndID   `json:"organization"`
	Permissions     []string    `json:"permissions" nullable:"false"`
	OperatorContact string      `json:"operator_contact" doc:"Whom to ask for more numbers or phones."`
	Doors           *live.Doors `json:"doors,omitempty" doc:"Ports by which phones reach the appliance; 0: closed."`
}

type sessionUser struct {
	ID        directory.ID   `json:"id"`
	Email     string         `json:"email"`
	FirstName string         `json:"first_name"`
	LastName  string         `json:"last_name"`
	Role      directory.Role `json:"role"`
}

// nameAndID names a record inside another one.
type nameAndID struct {
	ID     directory.ID `json:"id"`
	Name   string       `json:"name"`
	Domain string       `json:"domain,omitempty" doc:"Of organizations only."`
}

type sessionOutput struct {
	SetCookie string `header:"Set-Cookie"`
	Body      sessionView
}

type cookieOutput struct {
	SetCookie string `header:"Set-Cookie"`
}

type logInInput struct {
	// Session is a cookie that came with the log-in; it ends.
	Session string `cookie:"cradle_session"`
	Body    struct {
		Email    string `json:"email" maxLength:"254"`
		Password string `json:"password" maxLength:"1024"`
	}
}

type passwordInput struct {
	Body struct {
		Current string `json:"current" maxLength:"1024"`
		New     string `json:"new" maxLength:"1024" doc:"At least 12 characters."`
	}
}

type unlockInput struct {
	Body struct {
		Password string `json:"password" maxLength:"1024"`
	}
}

func sessionRoutes(a *API) {
	route(a, operation{method: http.MethodPost, path: "/session", permission: access.Public, status: http.StatusCreated,
		summary: "Log in", errors: []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusTooManyRequests}}, a.logIn)
	route(a, operation{method: http.MethodGet, path: "/session", permission: access.Own, summary: "Who is logged in"}, a.session)
	route(a, operation{method: http.MethodDelete, path: "/session", permission: access.Own, status: http.StatusNoContent,
		summary: "Log out"}, a.logOut)
	route(a, operation{method: http.MethodPost, path: "/session/password", permission: access.Own, status: http.StatusNoContent,
		summary: "Change one's own password", errors: []int{http.StatusTooManyRequests}}, a.changePassword)
	route(a, operation{method: http.MethodPost, path: "/session/unlock", permission: access.Own, status: http.StatusNoContent,
		summary: "Show one's password once more, to see secrets for five minutes", errors: []int{http.StatusTooManyRequests}}, a.unlock)
}

func (a *API) unlock(ctx context.Context, c *access.Caller, in *unlockInput) (*none, error) {
	err := a.Gate.Unlock(ctx, c, in.Body.Password)
	if errors.Is(err, access.ErrWrong) {
		return nil, wrong("body.password", "the password is wrong")
	}
	return nil, err
}

func (a *API) logIn(ctx context.Context, c *access.Caller, in *logInInput) (*sessionOutput, error) {
	u, err := a.Gate.LogIn(ctx, in.Body.Email, in.Body.Password, c.Source)
	if err != nil {
		return nil, err
	}
	ck, err := a.Gate.StartSession(ctx, u, in.Session, c.Secure)
	if err != nil {
		return nil, err
	}
	return &sessionOutput{SetCookie: ck.String(), Body: a.sessionView(u)}, nil
}

func (a *API) session(_ context.Context, c *access.Caller, _ *struct{}) (*sessionOutput, error) {
	return &sessionOutput{Body: a.sessionView(c.User)}, nil
}

func (a *API) logOut(ctx context.Context, c *access.Caller, _ *struct{}) (*cookieOutput, error) {
	ck, err := a.Gate.EndSession(ctx, c.Session, c.Secure)
	if err != nil {
		return nil, err
	}
	return &cookieOutput{SetCookie: ck.String()}, nil
}

func (a *API) changePassword(ctx context.Context, c *access.Caller, in *passwordInput) (*cookieOutput, error) {
	u, err := a.Gate.ChangePassword(ctx, c, in.Body.Current, in.Body.New)
	switch {
	case errors.Is(err, access.ErrShort):
		return nil, wrong("body.new", err.Error())
	case errors.Is(err, access.ErrWrong):
		return nil, wrong("body.current", "the current password is wrong")
	case err != nil:
		return nil, err
	}
	if c.Session == "" {
		return &cookieOutput{}, nil
	}
	ck, err := a.Gate.StartSession(ctx, u, c.Session, c.Secure)
	if err != nil {
		return nil, err
	}
	return &cookieOutput{SetCookie: ck.String()}, nil
}

func (a *API) sessionView(u *directory.User) sessionView {
	v := sessionView{
		User:        sessionUser{ID: u.ID, Email: u.Email, FirstName: u.FirstName, LastName: u.LastName, Role: u.Role},
		Permissions: access.Permissions(u.Role),
	}
	if a.Doors != nil {
		doors := a.Doors()
		v.Doors = &doors
	}
	if o := a.Directory.Snapshot().Organization(u.Organization); o != nil {
		v.Organization = nameAndID{ID: o.ID, Name: o.Name, Domain: o.Domain}
		v.OperatorContact = o.OperatorContact
	}
	return v
}
