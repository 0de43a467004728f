package api

import (
	"slices"
	"time"

	"cradle/directory"
	"cradle/ui/live"
)

// deviceView is a phone as the portal and the stream show it. It never holds
// the phone's account, passwords or token.
type deviceView struct {
	ID           directory.ID      `json:"id"`
	Revision     uint64            `json:"revision"`
	MAC          string            `json:"mac" example:"80:5e:c0:12:34:56"`
	Vendor       string            `json:"vendor"`
	Model        string            `json:"model"`
	ModelLabel   string            `json:"model_label"`
	Firmware     string            `json:"firmware"`
	Name         string            `json:"name"`
	PhoneID      string            `json:"phone_id"`
	Site         *nameAndID        `json:"site,omitempty"`
	Step         directory.Step    `json:"step" enum:"seen,lobby,approved,token,certificate"`
	Conflict     bool              `json:"conflict" doc:"Somebody else asks for the settings of this MAC."`
	Disabled     bool              `json:"disabled"`
	SeenAt       *time.Time        `json:"seen_at,omitempty"`
	Line         string            `json:"line" doc:"Number of the home extension of line 1; empty: a hot-desk phone."`
	Lines        []string          `json:"lines" nullable:"false"`
	RemoteLogin  bool              `json:"remote_login"`
	NeverShared  bool              `json:"never_shared"`
	Personal     bool              `json:"personal" doc:"A program of its user, which rings wherever he sits."`
	Shared       bool              `json:"shared" doc:"Others may sit here by code: who is at home here allows it."`
	SIP          deviceSIP         `json:"sip"`
	Profile      *nameAndID        `json:"profile,omitempty"`
	Layout       *nameAndID        `json:"layout,omitempty" doc:"Its own, which wins over the profile's."`
	Modules      int               `json:"modules"`
	Equipment    string            `json:"equipment"`
	Room         string            `json:"room" doc:"Where it stands in its site; empty: nobody said."`
	Outside      bool              `json:"outside"`
	RemoteUntil  *time.Time        `json:"remote_until,omitempty" doc:"Until when its one-time URL is open."`
	RetiredAt    *time.Time        `json:"retired_at,omitempty" doc:"Since when it is out of service; its record goes a day later."`
	Certificate  string            `json:"certificate" doc:"How its certificate was known."`
	Issued       bool              `json:"certificate_issued" doc:"A certificate that our authority made for it is good."`
	Sitting      []sitting         `json:"sitting" nullable:"false"`
	Registered   bool              `json:"registered"`
	Registration *registrationView `json:"registration,omitempty"`
	LastStep     *lastStep         `json:"last_step,omitempty"`
	Sure         string            `json:"sure" enum:"certain,likely,guess," doc:"How sure the recognition of the model is."`
	Resync       string            `json:"resync" enum:"applied,pending,failed,"`
	ResyncReason string            `json:"resync_reason"`
	ResyncAt     *time.Time        `json:"resync_at,omitempty"`
	KnownFields
}

type deviceSIP struct {
	Transport      string   `json:"transport,omitempty" enum:"udp,tcp,tls"`
	SRTP           string   `json:"srtp,omitempty" enum:"off,optional,required"`
	AllowFrom      []string `json:"allow_from,omitempty" maxItems:"64" nullable:"false" doc:"Addresses and networks, up to /24 (IPv6: /64), that its account may be used from; none: any."`
	FixedAddress   string   `json:"fixed_address,omitempty" maxLength:"64" doc:"Address, or address:port, of a phone that does not register; called by udp (the default) or tcp."`
	PrivateNetwork bool     `json:"private_network,omitempty" doc:"It is called at its Contact as it stands, without regard to address translation."`
	Ping           int      `json:"ping,omitempty" minimum:"0" maximum:"3600" doc:"Seconds between questions whether it is there; 0: off."`
	NoAuth         bool     `json:"no_auth,omitempty" doc:"What comes from the fixed address needs no credentials; one such phone an address."`
}

// sitting is who the phone is just now, line by line.
type sitting struct {
	Line      int    `json:"line"`
	Extension string `json:"extension"`
	Name      string `json:"name"`
	Kind      string `json:"kind" enum:"home,login,virtual,"`
	Vacated   bool   `json:"vacated"`
	Seat      string `json:"seat,omitempty" doc:"The guest's seat; DELETE /api/v1/seats/{id} sends home."`
}

type registrationView struct {
	Source    string    `json:"source"`
	Transport string    `json:"transport"`
	UserAgent string    `json:"user_agent"`
	Since     time.Time `json:"since"`
	Expires   time.Time `json:"expires"`
	// RoundTrip and Unreachable are known of phones that are pinged.
	RoundTrip   float64 `json:"round_trip_ms,omitempty" doc:"Of its last answer to a ping, in milliseconds."`
	Unreachable bool    `json:"unreachable,omitempty" doc:"It did not answer its last ping."`
}

type lastStep struct {
	At     time.Time `json:"at"`
	Door   string    `json:"door"`
	File   string    `json:"file"`
	Status int       `json:"status"`
	Rule   string    `json:"rule"`
}

// Device draws one phone for the stream; nil: there is none.
func (a *API) Device(s *directory.Snapshot, id directory.ID) any {
	d := s.Device(id)
	if d == nil {
		return nil
	}
	return a.viewDevice(s, d)
}

func (a *API) viewDevice(s *directory.Snapshot, d *directory.Device) deviceView {
	v := deviceView{
		ID: d.ID, Revision: d.Revision, MAC: d.MAC.Colons(), Vendor: d.Vendor, Model: d.Model,
		Firmware: d.Firmware, Name: d.Name, PhoneID: d.PhoneID, Site: siteRef(s, d.Site), Step: d.Step,
		Conflict: d.Conflict, Disabled: d.Disabled, RemoteLogin: d.RemoteLogin, NeverShared: d.NeverShared, Personal: d.Personal, SIP: deviceSIP(d.SIP),
		Profile: profileRef(s, d.Profile), Layout: layoutRef(s, d.Layout), Modules: d.Modules, Equipment: d.Equipment, Room: d.Room,
		Outside: d.Outside, Certificate: d.Certificate, Issued: d.Issued != "",
		Lines: []string{}, Sitting: []sitting{},
	}
	if d.Remote != "" {
		v.RemoteUntil = &d.RemoteUntil
	}
	if !d.Retired.IsZero() {
		v.RetiredAt = &d.Retired
	}
	if !d.Seen.IsZero() {
		v.SeenAt = &d.Seen
	}
	for i, l := range d.Lines {
		number := extensionNumber(s, l.Home)
		if home := s.Extension(l.Home); home != nil && home.Virtualization.Allow && !d.Alone() {
			v.Shared = true
		}
		if i == 0 {
			v.Line = number
		}
		v.Lines = append(v.Lines, number)
		v.Sitting = append(v.Sitting, viewSitting(s, directory.LineRef{Device: d.ID, Line: i + 1}))
	}
	a.addModel(&v)
	a.addRegistration(&v, d)
	a.addSteps(&v, d)
	a.addKnown(&v, d)
	if a.Resync != nil {
		state := a.Resync.State(d.ID)
		if v.Resync = state.Status; state.Status != "" {
			v.ResyncReason, v.ResyncAt = state.Reason, &state.At
		}
	}
	return v
}

func viewSitting(s *directory.Snapshot, at directory.LineRef) sitting {
	who := s.Sitting(at)
	v := sitting{Line: at.Line, Vacated: who.Vacated}
	if who.Extension != nil {
		v.Extension, v.Name, v.Kind = who.Extension.Number, who.Extension.Name, string(who.Kind)
	}
	if seat := s.Seat(at); seat != nil && seat.Kind != directory.SeatHome {
		v.Seat = string(seat.ID)
	}
	return v
}

func (a *API) addRegistration(v *deviceView, d *directory.Device) {
	if a.Registrar == nil {
		return
	}
	var newest *live.Registration
	for _, l := range d.Lines {
		for _, r := range a.Registrar.Registrations(l.Account.User) {
			if newest == nil || r.Since.After(newest.Since) {
				newest = &r
			}
		}
	}
	if newest != nil {
		v.Registered = true
		v.Registration = &registrationView{Source: newest.Source.String(), Transport: newest.Transport,
			UserAgent: newest.UserAgent, Since: newest.Since, Expires: newest.Expires,
			RoundTrip: float64(newest.RoundTrip.Microseconds()) / 1000, Unreachable: newest.Unreachable}
	}
}

func (a *API) addSteps(v *deviceView, d *directory.Device) {
	if a.Provisioning == nil {
		return
	}
	steps := a.Provisioning.Steps(d.MAC)
	for _, one := range slices.Backward(steps) {
		if v.LastStep == nil {
			v.LastStep = &lastStep{At: one.At, Door: one.Door, File: hideToken(one.File), Status: one.Status, Rule: one.Rule}
		}
		if one.Sure != "" {
			v.Sure = one.Sure
			break
		}
	}
}

// shelfFor is how long the catalogue's models are remembered: a list draws
// thousands of phones, and models change rarely.
const shelfFor = 5 * time.Second

// shelf is the catalogue's models by name, as of a moment.
type shelf struct {
	at time.Time
	of map[string]live.Model
}

// addModel shows what people call the model, and its vendor where the phone
// itself has not been met yet.
func (a *API) addModel(v *deviceView) {
	v.ModelLabel = v.Model
	if v.Model == "" || a.Provisioning == nil {
		return
	}
	now := a.Now()
	known := a.shelf.Load()
	if known == nil || now.Sub(known.at) > shelfFor {
		known = &shelf{at: now, of: map[string]live.Model{}}
		for _, m := range a.models() {
			known.of[m.Name] = m
		}
		a.shelf.Store(known)
	}
	if m, ok := known.of[v.Model]; ok {
		v.ModelLabel = m.Label
		if v.Vendor == "" {
			v.Vendor = m.Vendor
		}
	}
}
