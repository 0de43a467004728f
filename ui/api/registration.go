package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"cradle/directory"
	"cradle/ui/access"
	"cradle/ui/live"
)

// boundView is one binding of a phone's line. The account it registers
// with is the phone's own and is shown to nobody.
type boundView struct {
	Device      directory.ID `json:"device"`
	Name        string       `json:"name" doc:"Of the phone."`
	MAC         string       `json:"mac"`
	Model       string       `json:"model"`
	Line        int          `json:"line"`
	Extension   string       `json:"extension" doc:"Who sits there; empty: nobody."`
	Source      string       `json:"source"`
	Transport   string       `json:"transport"`
	UserAgent   string       `json:"user_agent"`
	Since       time.Time    `json:"since"`
	Expires     time.Time    `json:"expires"`
	RoundTripMS float64      `json:"round_trip_ms" doc:"Of the last request that the phone answered; 0: none yet."`
	Flapping    bool         `json:"flapping" doc:"It came and went several times within minutes."`
}

// lineHistoryView is the history of one line's registrations.
type lineHistoryView struct {
	Line     int               `json:"line"`
	Flapping bool              `json:"flapping"`
	Steps    []historyStepView `json:"steps" nullable:"false" doc:"The oldest first."`
}

type historyStepView struct {
	At        time.Time `json:"at"`
	Kind      string    `json:"kind" enum:"registered,lost,gone" doc:"By a new flow, its connection ended, or taken back or run out."`
	Source    string    `json:"source"`
	Transport string    `json:"transport"`
	UserAgent string    `json:"user_agent"`
}

type registrationInput struct {
	Organization directory.ID `query:"organization" maxLength:"64" doc:"Another organization than one's own, where one may see it."`
	Cursor       string       `query:"cursor" maxLength:"512" doc:"The 'next' of the page before."`
	Limit        int          `query:"limit" default:"100" minimum:"1" maximum:"500" doc:"How many items at most."`
	Filter       string       `query:"filter" maxLength:"100" doc:"Only what has this in it: phone, MAC, extension, source, transport or User-Agent."`
}

type lineHistories struct {
	Body struct {
		Lines []lineHistoryView `json:"lines" nullable:"false"`
	}
}

func registrationRoutes(a *API) {
	missing := []int{http.StatusNotFound}
	route(a, operation{method: http.MethodGet, path: "/registrations", permission: access.RegistrationsRead,
		summary: "Phones that are registered now", errors: missing}, a.listRegistrations)
	route(a, operation{method: http.MethodGet, path: "/devices/{id}/registrations", permission: access.RegistrationsRead,
		summary: "How one phone's registrations came and went", errors: missing}, a.pastRegistrations)
}

func (a *API) listRegistrations(_ context.Context, c *access.Caller, in *registrationInput) (*pageOutput[boundView], error) {
	page := &pageInput{Organization: in.Organization, Cursor: in.Cursor, Limit: in.Limit}
	org, err := page.organization(c)
	if err != nil {
		return nil, err
	}
	s := a.Directory.Snapshot()
	var all []boundView
	if a.Registrar != nil {
		for d := range s.Devices(org) {
			for i := range d.Lines {
				all = append(all, a.registrationsOf(s, d, i+1)...)
			}
		}
	}
	if f := strings.ToLower(strings.TrimSpace(in.Filter)); f != "" {
		all = slices.DeleteFunc(all, func(r boundView) bool { return !r.has(f) })
	}
	slices.SortFunc(all, func(x, y boundView) int { return strings.Compare(x.key(), y.key()) })
	return cut(page, slices.Values(all), boundView.key, func(r boundView) boundView { return r })
}

func (r boundView) key() string { return fmt.Sprintf("%s %03d %s", r.MAC, r.Line, r.Source) }

func (r boundView) has(word string) bool {
	for _, text := range []string{r.Name, r.MAC, r.Model, r.Extension, r.Source, r.Transport, r.UserAgent} {
		if strings.Contains(strings.ToLower(text), word) {
			return true
		}
	}
	return false
}

func (a *API) registrationsOf(s *directory.Snapshot, d *directory.Device, line int) (out []boundView) {
	account := d.Lines[line-1].Account.User
	for _, r := range a.Registrar.Registrations(account) {
		v := boundView{Device: d.ID, Name: d.Name, MAC: d.MAC.Colons(), Model: d.Model, Line: line, Source: r.Source.String(),
			Transport: r.Transport, UserAgent: r.UserAgent, Since: r.Since, Expires: r.Expires}
		if e := s.Sitting(d.At(line)).Extension; e != nil {
			v.Extension = e.Number
		}
		if a.Sight != nil {
			past := a.Sight.Past(account)
			v.RoundTripMS, v.Flapping = float64(past.RoundTrip.Microseconds())/1000, past.Flapping
		}
		out = append(out, v)
	}
	return out
}

func (a *API) pastRegistrations(_ context.Context, c *access.Caller, in *idInput) (*lineHistories, error) {
	d := a.Directory.Snapshot().Device(in.ID)
	if d == nil || !c.Sees(d.Organization) {
		return nil, notFound("device")
	}
	out := &lineHistories{}
	for i := range d.Lines {
		v := lineHistoryView{Line: i + 1, Steps: []historyStepView{}}
		if a.Sight != nil {
			past := a.Sight.Past(d.Lines[i].Account.User)
			v.Flapping = past.Flapping
			v.Steps = viewSteps(past.Steps)
		}
		out.Body.Lines = append(out.Body.Lines, v)
	}
	return out, nil
}

func viewSteps(steps []live.PastStep) []historyStepView {
	out := make([]historyStepView, 0, len(steps))
	for _, s := range steps {
		out = append(out, historyStepView(s))
	}
	return out
}
