package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"cradle/directory"
	"cradle/ui/access"
	"cradle/ui/live"
)

// callView is a call that is up or being set up.
type callView struct {
	ID    string    `json:"id"`
	From  callParty `json:"from"`
	To    callParty `json:"to"`
	State string    `json:"state" doc:"ringing, answered, held, ended"`
	Since time.Time `json:"since"`
	Codec string    `json:"codec"`
}

type callParty struct {
	Number string       `json:"number"`
	Name   string       `json:"name"`
	Device directory.ID `json:"device,omitempty"`
}

// callRecordView is a call that ended.
type callRecordView struct {
	ID         directory.ID `json:"id"`
	From       string       `json:"from"`
	FromName   string       `json:"from_name"`
	To         string       `json:"to"`
	FromDevice directory.ID `json:"from_device,omitempty"`
	ToDevice   directory.ID `json:"to_device,omitempty" doc:"The phone that answered."`
	Started    time.Time    `json:"started"`
	Answered   *time.Time   `json:"answered,omitempty"`
	Ended      time.Time    `json:"ended"`
	Status     int          `json:"status" doc:"Final SIP status, 200 when answered."`
	EndedBy    string       `json:"ended_by"`
	Reason     string       `json:"reason"`
	Legs       []legView    `json:"legs" nullable:"false"`
}

type legView struct {
	Device     directory.ID `json:"device,omitempty"`
	Codec      string       `json:"codec"`
	Encryption string       `json:"encryption" doc:"How the media was encrypted, with its suite; empty: it was not."`
	Received   uint64       `json:"received"`
	Sent       uint64       `json:"sent"`
	Lost       uint64       `json:"lost"`
	JitterMS   float64      `json:"jitter_ms"`
	Dropped    uint64       `json:"dropped"`
}

func callRoutes(a *API) {
	missing := []int{http.StatusNotFound}
	route(a, operation{method: http.MethodGet, path: "/calls", permission: access.CallsRead, summary: "Calls that are up now", errors: missing}, a.listCalls)
	route(a, operation{method: http.MethodGet, path: "/callrecords", permission: access.CallRecordsRead,
		summary: "Calls that ended, the newest first", errors: missing}, a.listCallRecords)
}

func (a *API) listCalls(_ context.Context, c *access.Caller, in *pageInput) (*pageOutput[callView], error) {
	org, err := in.organization(c)
	if err != nil {
		return nil, err
	}
	var mine []live.Call
	if a.Calls != nil {
		for _, one := range a.Calls.Calls() {
			if one.Organization == org {
				mine = append(mine, one)
			}
		}
	}
	slices.SortFunc(mine, func(x, y live.Call) int { return strings.Compare(x.ID, y.ID) })
	return cut(in, slices.Values(mine), func(one live.Call) string { return one.ID }, viewCall)
}

// Call draws one call for the stream.
func (a *API) Call(c live.Call) any { return viewCall(c) }

func viewCall(c live.Call) callView {
	return callView{ID: c.ID, From: callParty(c.From), To: callParty(c.To), State: c.State, Since: c.Since, Codec: c.Codec}
}

func (a *API) listCallRecords(ctx context.Context, c *access.Caller, in *pageInput) (*pageOutput[callRecordView], error) {
	org, err := in.organization(c)
	if err != nil {
		return nil, err
	}
	out := &pageOutput[callRecordView]{Body: page[callRecordView]{Items: []callRecordView{}}}
	if a.Calls == nil {
		return out, nil
	}
	after, err := openCursor(in.Cursor)
	if err != nil {
		return nil, err
	}
	records, next, err := a.Calls.Records(ctx, org, after, in.Limit)
	if err != nil {
		return nil, err
	}
	for _, r := range records {
		out.Body.Items = append(out.Body.Items, viewCallRecord(r))
	}
	if next != "" {
		out.Body.Next = cursor(next)
	}
	return out, nil
}

func viewCallRecord(r directory.CallRecord) callRecordView {
	v := callRecordView{ID: r.ID, From: r.From, FromName: r.FromName, To: r.To, FromDevice: r.FromDevice, ToDevice: r.ToDevice,
		Started: r.Started, Ended: r.Ended, Status: r.Status, EndedBy: r.EndedBy, Reason: r.Reason, Legs: []legView{}}
	if !r.Answered.IsZero() {
		v.Answered = &r.Answered
	}
	for _, l := range r.Legs {
		v.Legs = append(v.Legs, legView{Device: l.Device, Codec: l.Codec, Encryption: l.Encryption, Received: l.Received, Sent: l.Sent,
			Lost: l.Lost, JitterMS: l.Jitter, Dropped: l.DroppedBad})
	}
	return v
}
