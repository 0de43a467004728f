package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"cradle/ui/access"
	"cradle/ui/wizard"
)

// setupView says whether the wizard is needed, and what it may suggest.
type setupView struct {
	Needed    bool             `json:"needed"`
	Suggested *setupSuggestion `json:"suggested,omitempty" doc:"Only while the wizard is needed."`
}

type setupSuggestion struct {
	Networks []string `json:"networks" nullable:"false"`
	TimeZone string   `json:"timezone"`
}

type setupInput struct {
	Session string `cookie:"cradle_session"`
	Body    struct {
		Token    string         `json:"token" maxLength:"200" doc:"Printed at the first start."`
		Document map[string]any `json:"document" doc:"The form of office.yaml with administrator {email, password} beside it."`
	}
}

type setupOutput struct {
	SetCookie string `header:"Set-Cookie"`
	Body      struct {
		Token string `json:"token" doc:"A bearer token of the administrator; shown here only."`
	}
}

func setupRoutes(a *API) {
	route(a, operation{method: http.MethodGet, path: "/setup", permission: access.Public, summary: "Whether the wizard is needed"}, a.setup)
	route(a, operation{method: http.MethodPost, path: "/setup", permission: access.Public, status: http.StatusCreated,
		summary: "Set the appliance up", maxBody: MaxApply,
		errors: []int{http.StatusForbidden, http.StatusConflict, http.StatusTooManyRequests}}, a.finishSetup)
}

func (a *API) setup(_ context.Context, _ *access.Caller, _ *struct{}) (*viewOutput[setupView], error) {
	v := setupView{Needed: a.Wizard.Needed()}
	if v.Needed {
		v.Suggested = &setupSuggestion{Networks: []string{}, TimeZone: wizard.TimeZone()}
		for _, n := range a.Networks() {
			v.Suggested.Networks = append(v.Suggested.Networks, n.String())
		}
	}
	return &viewOutput[setupView]{Body: v}, nil
}

// finishSetup is open to who has the token that the program printed.
func (a *API) finishSetup(ctx context.Context, c *access.Caller, in *setupInput) (*setupOutput, error) {
	if !a.Wizard.Needed() {
		return nil, huma.NewError(http.StatusConflict, wizard.ErrDone.Error())
	}
	if err := a.Gate.Guess(c.Source); err != nil {
		return nil, err
	}
	if err := a.Wizard.Opens(in.Body.Token); err != nil {
		a.Log.Warn("setup refused", "source", c.Source, "error", err)
		return nil, setupProblem(err)
	}
	document, err := json.Marshal(in.Body.Document)
	if err != nil {
		return nil, err
	}
	owner, _, err := wizard.Finish(ctx, a.Directory, a.settingsJudge(), "document", document)
	if err != nil {
		return nil, setupProblem(err)
	}
	a.Wizard.Close()
	a.Log.Info("set up", "owner", owner.Email)
	_, token, err := a.Gate.IssueToken(ctx, owner.ID, "setup")
	if err != nil {
		return nil, err
	}
	cookie, err := a.Gate.StartSession(ctx, owner, in.Session, c.Secure)
	if err != nil {
		return nil, err
	}
	out := &setupOutput{SetCookie: cookie.String()}
	out.Body.Token = token
	return out, nil
}

func setupProblem(err error) error {
	var field *wizard.FieldError
	switch {
	case errors.Is(err, wizard.ErrDone):
		return huma.NewError(http.StatusConflict, err.Error())
	case errors.Is(err, wizard.ErrToken):
		return huma.NewError(http.StatusForbidden, err.Error())
	case errors.As(err, &field):
		return huma.NewError(http.StatusUnprocessableEntity, "the document cannot be used",
			&huma.ErrorDetail{Location: field.Location, Message: field.Reason})
	}
	return err
}
