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
)

// maxCallsLookedAt bounds the search for a phone's first call.
const maxCallsLookedAt = 1000

// stepView is one thing a phone did while it came up.
type stepView struct {
	At          time.Time `json:"at"`
	Door        string    `json:"door" enum:"http,https,tftp,pnp,sip"`
	File        string    `json:"file" doc:"What was asked for; by SIP the request, REGISTER or INVITE."`
	Status      int       `json:"status"`
	Bytes       int       `json:"bytes"`
	TookMS      float64   `json:"took_ms"`
	Source      string    `json:"source"`
	Vendor      string    `json:"vendor"`
	Model       string    `json:"model"`
	Firmware    string    `json:"firmware"`
	Sure        string    `json:"sure"`
	Rule        string    `json:"rule" doc:"Which rule refused, in plain words; empty: served."`
	Hash        string    `json:"hash,omitempty" doc:"Tells renderings apart; absent: nothing was rendered."`
	LeftOut     string    `json:"left_out,omitempty" doc:"Settings by the vendor's own names that this file could not hold, with commas between."`
	TLS         string    `json:"tls,omitempty" doc:"TLS version; absent: none."`
	Suite       string    `json:"suite,omitempty" doc:"TLS cipher suite."`
	Certificate string    `json:"certificate,omitempty" doc:"What the certificate shown is worth; absent: none was shown."`
}

// journal lists a phone's last steps, the oldest first: its requests, and among
// them its registration and its first call since.
func (a *API) journal(ctx context.Context, c *access.Caller, in *idInput) (*pageOutput[stepView], error) {
	d, err := a.device(a.Directory.Snapshot(), c, in.ID)
	if err != nil {
		return nil, err
	}
	out := &pageOutput[stepView]{Body: page[stepView]{Items: []stepView{}}}
	if a.Provisioning == nil {
		return out, nil
	}
	var began time.Time
	for _, s := range a.Provisioning.Steps(d.MAC) {
		out.Body.Items = append(out.Body.Items, stepView{
			At: s.At, Door: s.Door, File: hideToken(s.File), Status: s.Status, Bytes: s.Bytes,
			TookMS: float64(s.Took.Microseconds()) / 1000, Source: s.Source.String(), Vendor: s.Vendor,
			Model: s.Model, Firmware: s.Firmware, Sure: s.Sure, Rule: s.Rule,
			TLS: s.TLS, Suite: s.Suite, Certificate: s.Certificate, Hash: s.Hash, LeftOut: s.LeftOut,
		})
		if began.IsZero() {
			began = s.At
		}
	}
	out.Body.Items = append(out.Body.Items, a.registrations(d)...)
	if call, err := a.firstCall(ctx, d, began); err != nil {
		return nil, err
	} else if call != nil {
		out.Body.Items = append(out.Body.Items, *call)
	}
	slices.SortStableFunc(out.Body.Items, func(a, b stepView) int { return a.At.Compare(b.At) })
	return out, nil
}

// registrations are the last steps of a phone's coming up: one for each account
// that is registered now.
func (a *API) registrations(d *directory.Device) (all []stepView) {
	if a.Registrar == nil {
		return nil
	}
	for i, line := range d.Lines {
		for _, r := range a.Registrar.Registrations(line.Account.User) {
			all = append(all, stepView{At: r.Since, Door: "sip", File: "REGISTER", Status: http.StatusOK, Source: r.Source.Addr().String(),
				Rule: fmt.Sprintf("line %d is registered over %s", i+1, strings.ToUpper(r.Transport))})
		}
	}
	return all
}

// firstCall is the earliest call of a phone since it began to come up, as far as
// the records reach back; nil: there was none.
func (a *API) firstCall(ctx context.Context, d *directory.Device, began time.Time) (*stepView, error) {
	if a.Calls == nil || began.IsZero() {
		return nil, nil
	}
	var first *directory.CallRecord
	for after, looked := "", 0; looked < maxCallsLookedAt; {
		records, next, err := a.Calls.Records(ctx, d.Organization, after, maxCallsLookedAt/2)
		if err != nil {
			return nil, err
		}
		for i := range records {
			if r := &records[i]; takesPart(d, r) && !r.Started.Before(began) {
				first = r
			}
		}
		if looked += len(records); next == "" || len(records) > 0 && records[len(records)-1].Started.Before(began) {
			break
		}
		after = next
	}
	if first == nil {
		return nil, nil
	}
	way := "to"
	if first.FromDevice == d.ID {
		way = "from"
	}
	return &stepView{At: first.Started, Door: "sip", File: "INVITE", Status: first.Status, Rule: "the first call " + way + " this phone since it came up"}, nil
}

func takesPart(d *directory.Device, r *directory.CallRecord) bool {
	return r.FromDevice == d.ID || r.ToDevice == d.ID || slices.ContainsFunc(r.Legs, func(l directory.LegRecord) bool { return l.Device == d.ID })
}

// hideToken masks the token in a tokenised path, "/p/~TOKEN/file": with it
// anybody gets what the phone gets.
func hideToken(file string) string {
	before, rest, found := strings.Cut(file, "~")
	if !found {
		return file
	}
	if _, after, more := strings.Cut(rest, "/"); more {
		return before + "~***/" + after
	}
	return before + "~***"
}
