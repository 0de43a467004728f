package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cradle/directory"
	"cradle/ui/access"
	"cradle/ui/live"
)

// traceView is a trace of what a phone, or those in a call, and the appliance
// say to each other.
type traceView struct {
	ID       string    `json:"id"`
	Name     string    `json:"name" doc:"Who is traced."`
	By       string    `json:"by"`
	Started  time.Time `json:"started"`
	Ends     time.Time `json:"ends"`
	Running  bool      `json:"running"`
	Messages int       `json:"messages"`
	Dropped  int       `json:"dropped" doc:"Older messages that made room."`
}

type traceMessageView struct {
	At        time.Time `json:"at"`
	In        bool      `json:"in" doc:"To the appliance."`
	Local     string    `json:"local"`
	Remote    string    `json:"remote"`
	Transport string    `json:"transport"`
	Text      string    `json:"text" doc:"The message; stars stand where a secret was."`
}

type traceDetail struct {
	Trace    traceView          `json:"trace"`
	Messages []traceMessageView `json:"messages" nullable:"false" doc:"The oldest first."`
}

type traceCreate struct {
	Body struct {
		Device  directory.ID `json:"device,omitempty" maxLength:"64" doc:"The phone; or a call."`
		Call    directory.ID `json:"call,omitempty" maxLength:"64" doc:"A call that is up."`
		Minutes int          `json:"minutes,omitempty" default:"10" minimum:"1" maximum:"1440" doc:"It ends by itself after so long."`
	}
}

type traceInput struct {
	ID string `path:"id" maxLength:"64"`
}

type tracePage struct {
	Body struct {
		Items []traceView `json:"items" nullable:"false"`
	}
}

type fileOutput struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func traceRoutes(a *API) {
	missing := []int{http.StatusNotFound}
	one := "/traces/{id}"
	route(a, operation{method: http.MethodGet, path: "/traces", permission: access.TracesRead, summary: "Traces, the newest first"}, a.listTraces)
	route(a, operation{method: http.MethodPost, path: "/traces", permission: access.TracesWrite, status: http.StatusCreated,
		summary: "Begin to trace a phone or a call", errors: []int{http.StatusNotFound, http.StatusConflict}}, a.startTrace)
	route(a, operation{method: http.MethodGet, path: one, permission: access.TracesRead, summary: "Read one trace", errors: missing}, a.readTrace)
	route(a, operation{method: http.MethodPost, path: one + "/stop", permission: access.TracesWrite, summary: "End one trace; it can still be read", errors: missing}, a.stopTrace)
	route(a, operation{method: http.MethodDelete, path: one, permission: access.TracesWrite, status: http.StatusNoContent, summary: "Forget one trace", errors: missing}, a.deleteTrace)
	route(a, operation{method: http.MethodGet, path: one + "/ladder", permission: access.TracesRead, summary: "One trace as a ladder of text", errors: missing,
		responses: fileResponse("text/plain")}, a.traceLadder)
	route(a, operation{method: http.MethodGet, path: one + "/pcap", permission: access.TracesRead, summary: "One trace as a capture file", errors: missing,
		responses: fileResponse("application/vnd.tcpdump.pcap")}, a.tracePcap)
}

func fileResponse(contentType string) map[string]*huma.Response {
	return map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{
		contentType: {Schema: &huma.Schema{Type: "string", Format: "binary"}},
	}}}
}

// trace gives a trace that the caller may see.
func (a *API) trace(c *access.Caller, id string) (live.Trace, []live.TraceMessage, error) {
	if a.Sight != nil {
		if t, list, ok := a.Sight.Trace(id); ok && c.Sees(t.Organization) {
			return t, list, nil
		}
	}
	return live.Trace{}, nil, notFound("trace")
}

func (a *API) listTraces(_ context.Context, c *access.Caller, _ *struct{}) (*tracePage, error) {
	out := &tracePage{}
	out.Body.Items = []traceView{}
	if a.Sight == nil {
		return out, nil
	}
	for _, t := range a.Sight.Traces() {
		if c.Sees(t.Organization) {
			out.Body.Items = append(out.Body.Items, viewTrace(t))
		}
	}
	return out, nil
}

func (a *API) startTrace(ctx context.Context, c *access.Caller, in *traceCreate) (*viewOutput[traceView], error) {
	subject, err := a.traceSubject(c, in.Body.Device, in.Body.Call)
	if err != nil {
		return nil, err
	}
	if a.Sight == nil {
		return nil, huma.NewError(http.StatusServiceUnavailable, "nothing is traced here")
	}
	t, err := a.Sight.StartTrace(subject, c.User.Email, time.Duration(in.Body.Minutes)*time.Minute)
	if err != nil {
		return nil, huma.NewError(http.StatusConflict, err.Error())
	}
	if err := a.noteTrace(ctx, c, t, "begun", in.Body.Minutes); err != nil {
		a.Sight.DeleteTrace(t.ID) // what cannot be noted does not happen
		return nil, err
	}
	return &viewOutput[traceView]{Body: viewTrace(t)}, nil
}

// traceSubject is the phone or the call that an input names.
func (a *API) traceSubject(c *access.Caller, device, call directory.ID) (live.TraceSubject, error) {
	switch {
	case (device == "") == (call == ""):
		return live.TraceSubject{}, wrong("body", "name either a device or a call")
	case device != "":
		d := a.Directory.Snapshot().Device(device)
		if d == nil || !c.Sees(d.Organization) {
			return live.TraceSubject{}, notFound("device")
		}
		s := live.TraceSubject{Organization: d.Organization, Name: d.MAC.Colons()}
		if d.Name != "" {
			s.Name = d.Name + ", " + s.Name
		}
		for _, l := range d.Lines {
			s.Accounts = append(s.Accounts, l.Account.User)
		}
		return s, nil
	}
	if a.Calls != nil {
		for _, one := range a.Calls.Calls() {
			if one.ID == string(call) && c.Sees(one.Organization) {
				return live.TraceSubject{Organization: one.Organization, Name: "call from " + one.From.Number + " to " + one.To.Number, Call: call}, nil
			}
		}
	}
	return live.TraceSubject{}, notFound("call")
}

// noteTrace writes into the audit who traces or reads whom.
func (a *API) noteTrace(ctx context.Context, c *access.Caller, t live.Trace, action string, minutes int) error {
	return a.Directory.Update(ctx, actor(c), func(tx *directory.Tx) error {
		tx.NoteTrace(directory.ID(t.ID), directory.Traced{Organization: t.Organization, Subject: t.Name, Minutes: minutes, Action: action})
		return nil
	})
}

func (a *API) readTrace(_ context.Context, c *access.Caller, in *traceInput) (*viewOutput[traceDetail], error) {
	t, list, err := a.trace(c, in.ID)
	if err != nil {
		return nil, err
	}
	v := traceDetail{Trace: viewTrace(t), Messages: []traceMessageView{}}
	for _, m := range list {
		v.Messages = append(v.Messages, traceMessageView{At: m.At, In: m.In, Local: m.Local.String(), Remote: m.Remote.String(), Transport: m.Transport, Text: m.Text})
	}
	return &viewOutput[traceDetail]{Body: v}, nil
}

func (a *API) stopTrace(ctx context.Context, c *access.Caller, in *traceInput) (*viewOutput[traceView], error) {
	t, _, err := a.trace(c, in.ID)
	if err != nil {
		return nil, err
	}
	a.Sight.StopTrace(in.ID)
	if err := a.noteTrace(ctx, c, t, "ended", 0); err != nil {
		return nil, err
	}
	t, _, err = a.trace(c, in.ID)
	return &viewOutput[traceView]{Body: viewTrace(t)}, err
}

func (a *API) deleteTrace(ctx context.Context, c *access.Caller, in *traceInput) (*none, error) {
	t, _, err := a.trace(c, in.ID)
	if err != nil {
		return nil, err
	}
	a.Sight.DeleteTrace(in.ID)
	return nil, a.noteTrace(ctx, c, t, "forgotten", 0)
}

func (a *API) traceLadder(_ context.Context, c *access.Caller, in *traceInput) (*fileOutput, error) {
	if _, _, err := a.trace(c, in.ID); err != nil {
		return nil, err
	}
	return &fileOutput{ContentType: "text/plain; charset=utf-8", Disposition: "inline", Body: []byte(a.Sight.Ladder(in.ID))}, nil
}

// tracePcap is noted in the audit: a file leaves the appliance.
func (a *API) tracePcap(ctx context.Context, c *access.Caller, in *traceInput) (*fileOutput, error) {
	t, _, err := a.trace(c, in.ID)
	if err != nil {
		return nil, err
	}
	if err := a.noteTrace(ctx, c, t, "downloaded", 0); err != nil {
		return nil, err
	}
	return &fileOutput{ContentType: "application/vnd.tcpdump.pcap", Disposition: `attachment; filename="trace-` + t.ID + `.pcap"`, Body: a.Sight.Capture(in.ID)}, nil
}

func viewTrace(t live.Trace) traceView {
	return traceView{ID: t.ID, Name: t.Name, By: t.By, Started: t.Started, Ends: t.Ends, Running: t.Running, Messages: t.Messages, Dropped: t.Dropped}
}
