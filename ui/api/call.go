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
	ID    string      `json:"id"`
	From  callParty   `json:"from"`
	To    callParty   `json:"to"`
	State string      `json:"state" doc:"ringing, answered, held, ended"`
	Since time.Time   `json:"since"`
	Codec string      `json:"codec"`
	Heard []heardView `json:"heard" nullable:"false" doc:"How the two ends are heard in the newest seconds, from and to; empty: not measured yet."`
}

// heardView is the sound of one end of a call that is up.
type heardView struct {
	Device      directory.ID `json:"device,omitempty"`
	Codec       string       `json:"codec"`
	Encryption  string       `json:"encryption" doc:"How the media is encrypted, with its suite; empty: it is not."`
	Packets     uint64       `json:"packets"`
	Lost        uint64       `json:"lost" doc:"Packets that never came."`
	Late        uint64       `json:"late" doc:"Packets that came too late to be played."`
	Loss        float64      `json:"loss" doc:"Share of lost and late packets, 0 to 1."`
	JitterMS    float64      `json:"jitter_ms"`
	RoundTripMS float64      `json:"round_trip_ms" doc:"From here to the phone and back; 0: not known."`
	MOS         float64      `json:"mos" doc:"Opinion listeners would have of it by the E-model, 1 to 4.5; 0: nothing came."`
	PhoneMOS    float64      `json:"phone_mos" doc:"How the phone itself says that it hears, 1 to 5; 0: it does not say."`
	Silent      bool         `json:"silent" doc:"It is not heard while the other end is."`
}

func viewHeard(h live.Heard) heardView {
	return heardView{Device: h.Device, Codec: h.Codec, Encryption: h.Encryption, Packets: h.Packets, Lost: h.Lost, Late: h.Late, Loss: h.Loss,
		JitterMS: milliseconds(h.Jitter), RoundTripMS: milliseconds(h.RoundTrip), MOS: h.MOS, PhoneMOS: h.PartyMOS, Silent: h.Silent}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

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
	Device        directory.ID     `json:"device,omitempty"`
	Codec         string           `json:"codec"`
	Encryption    string           `json:"encryption" doc:"How the media was encrypted, with its suite; empty: it was not."`
	Received      uint64           `json:"received"`
	Sent          uint64           `json:"sent"`
	Lost          uint64           `json:"lost"`
	JitterMS      float64          `json:"jitter_ms"`
	Dropped       uint64           `json:"dropped"`
	Late          uint64           `json:"late" doc:"Packets that came too late to be played."`
	RoundTripMS   float64          `json:"round_trip_ms" doc:"From here to the phone and back; 0: not known."`
	MOS           float64          `json:"mos" doc:"Opinion listeners would have of what the phone sent, by the E-model, on average of pieces of 5 s: 1 to 4.5; 0: nothing was measured."`
	WorstMOS      float64          `json:"worst_mos" doc:"The same of the worst piece."`
	WorstLoss     float64          `json:"worst_loss" doc:"Share of lost and late packets in the worst piece, 0 to 1."`
	WorstJitterMS float64          `json:"worst_jitter_ms"`
	Silent        bool             `json:"silent" doc:"It was not heard for some seconds while the other one was."`
	Phone         *phoneReportView `json:"phone,omitempty" doc:"What the phone itself said of how it heard, by RTCP-XR or in a report of RFC 6035."`
}

type phoneReportView struct {
	Codec       string  `json:"codec"`
	MOS         float64 `json:"mos" doc:"1 to 5; 0: it did not say."`
	Loss        float64 `json:"loss" doc:"Lost on the way, 0 to 1."`
	Discard     float64 `json:"discard" doc:"Came, but not in time for its buffer, 0 to 1."`
	JitterMS    float64 `json:"jitter_ms"`
	RoundTripMS float64 `json:"round_trip_ms"`
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
	v := callView{ID: c.ID, From: callParty(c.From), To: callParty(c.To), State: c.State, Since: c.Since, Codec: c.Codec, Heard: []heardView{}}
	for _, h := range c.Heard {
		v.Heard = append(v.Heard, viewHeard(h))
	}
	return v
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
		v.Legs = append(v.Legs, viewLeg(l))
	}
	return v
}

func viewLeg(l directory.LegRecord) legView {
	v := legView{Device: l.Device, Codec: l.Codec, Encryption: l.Encryption, Received: l.Received, Sent: l.Sent,
		Lost: l.Lost, JitterMS: l.Jitter, Dropped: l.DroppedBad, Late: l.Late, RoundTripMS: l.RoundTrip, MOS: l.MOS, WorstMOS: l.WorstMOS,
		WorstLoss: l.WorstLoss, WorstJitterMS: l.WorstJitter, Silent: l.Silent}
	if p := l.Phone; p != nil {
		v.Phone = &phoneReportView{Codec: p.Codec, MOS: p.MOS, Loss: p.Loss, Discard: p.Discard, JitterMS: p.Jitter, RoundTripMS: p.RoundTrip}
	}
	return v
}
