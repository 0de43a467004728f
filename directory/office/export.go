package office

import (
	"slices"
	"strings"

	"cradle/directory"
)

// Export writes down one organization. Without secrets, what would let somebody in
// is left out; with them, hashes are given as hashes. Apply takes back what Export
// gave: with secrets, on an empty appliance, the same Phone IDs, accounts and seats
// are there again.
func Export(s *directory.Snapshot, org directory.ID, withSecrets bool) *Document {
	o := s.Organization(org)
	if o == nil {
		return &Document{}
	}
	x := &exporter{s: s, secrets: withSecrets}
	doc := &Document{Organization: &Organization{
		Name: o.Name, Domain: &o.Domain, Language: &o.Language,
		NightlyRelease: &o.NightlyRelease, IdleRelease: &o.IdleRelease, PINForCode: &o.PINForCode, PINDigits: &o.PINDigits, OperatorContact: &o.OperatorContact,
	}}
	for v := range s.Sites(org) {
		doc.Sites = append(doc.Sites, x.site(v))
	}
	for v := range s.Users(org) {
		doc.Users = append(doc.Users, x.user(v))
	}
	for v := range s.Extensions(org) {
		doc.Extensions = append(doc.Extensions, x.extension(v))
	}
	for v := range s.Numbers(org) {
		doc.Numbers = append(doc.Numbers, x.number(v))
	}
	for v := range s.Devices(org) {
		doc.Devices = append(doc.Devices, x.device(v, o))
	}
	x.equipment(doc, org)
	for v := range s.Seats(org) {
		doc.Seats = append(doc.Seats, x.seat(v))
	}
	slices.SortFunc(doc.Seats, func(a, b Seat) int { return strings.Compare(a.Extension, b.Extension) })
	for v := range s.Codes(org) {
		doc.Codes = append(doc.Codes, Code{Digits: v.Digits, Feature: &v.Feature, Argument: &v.Argument})
	}
	doc.Settings = x.settings(org)
	for _, l := range directory.Limits() {
		if s.LimitSet(l.Name) {
			if doc.Limits == nil {
				doc.Limits = make(map[string]int64)
			}
			doc.Limits[l.Name] = s.Limit(l.Name)
		}
	}
	return doc
}

type exporter struct {
	s       *directory.Snapshot
	secrets bool
}

func text[T ~string](v T) *string {
	s := string(v)
	return &s
}

// words gives a list that is written even where it is empty.
func words(v []string) *[]string {
	c := append([]string{}, v...)
	return &c
}

// hidden gives a value only where secrets were asked for and there is one.
func (x *exporter) hidden(v string) *string {
	if !x.secrets || v == "" {
		return nil
	}
	return &v
}

func (x *exporter) siteName(id directory.ID) *string {
	if s := x.s.Site(id); s != nil {
		return &s.Name
	}
	return nil
}

func (x *exporter) email(id directory.ID) *string {
	if u := x.s.User(id); u != nil {
		return &u.Email
	}
	return nil
}

func (x *exporter) extensionNumber(id directory.ID) string {
	if e := x.s.Extension(id); e != nil {
		return e.Number
	}
	return ""
}

func (x *exporter) site(v *directory.Site) Site {
	nets := []string{}
	for _, n := range v.Networks {
		nets = append(nets, n.String())
	}
	return Site{
		Name: v.Name, TimeZone: &v.TimeZone, MainNumber: &v.MainNumber, Networks: &nets,
		Adoption: text(v.Adoption), TFTP: text(v.TFTP), Advertise: &v.Advertise, TimeServer: &v.TimeServer,
		Emergency: words(v.Emergency), EmergencyRoute: &v.EmergencyRoute,
		ResyncFrom: &v.ResyncFrom, ResyncUntil: &v.ResyncUntil, DirectMedia: &v.DirectMedia,
	}
}

func (x *exporter) user(v *directory.User) User {
	return User{
		Email: v.Email, FirstName: &v.FirstName, LastName: &v.LastName, Role: text(v.Role), Portal: &v.Portal,
		PasswordHash: x.hidden(string(v.PasswordHash)),
	}
}

func (x *exporter) extension(v *directory.Extension) Extension {
	return Extension{
		Number: v.Number, Name: &v.Name, Site: x.siteName(v.Site), User: x.email(v.User),
		DefaultPIN: x.hidden(v.DefaultPIN.Reveal()), PINHash: x.hidden(string(v.PIN)), HotDesk: &v.HotDesk,
		Virtualization: &Virtualization{Allow: &v.Virtualization.Allow, SecretHash: x.hidden(string(v.Virtualization.Secret))},
		Voicemail: &Voicemail{
			Enabled: &v.Voicemail.Enabled, After: &v.Voicemail.After, Action: &v.Voicemail.Action, Email: &v.Voicemail.Email,
		},
		Forward: &Forward{
			Always: &v.Forward.Always, Busy: &v.Forward.Busy, NoAnswer: &v.Forward.NoAnswer, After: whole(v.Forward.NoAnswerAfter), VIP: words(v.Forward.VIP),
		},
		DoNotDisturb: &v.DoNotDisturb, Keys: keys(v.Keys), Department: &v.Department, Server: &v.Server,
		SIP: &ExtensionSIP{
			MediaEncryption: optional(v.SIP.MediaEncryption), DTMF: optional(v.SIP.DTMF), Codecs: words(v.SIP.Codecs),
			PublishesState: only(v.SIP.PublishesState), ForceMWI: only(v.SIP.ForceMWI),
		},
	}
}

// whole and only leave out what is the default.
func whole(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}

func only(on bool) *bool {
	if !on {
		return nil
	}
	return &on
}

// optional leaves a word out where it is the default.
func optional[T ~string](v T) *string {
	if v == "" {
		return nil
	}
	return text(v)
}

func (x *exporter) number(v *directory.Number) Number {
	n := x.extensionNumber(v.Extension)
	return Number{
		Number: v.E164, Site: x.siteName(v.Site), Extension: &n, User: x.email(v.User),
		Status: text(v.Status), Display: words(v.Display),
	}
}

func (x *exporter) device(v *directory.Device, o *directory.Organization) Device {
	line := x.extensionNumber(v.Lines[0].Home)
	d := Device{
		MAC: v.MAC.Colons(), PhoneID: &v.PhoneID, Model: &v.Model, Site: x.siteName(v.Site), Name: &v.Name, Line: &line,
		Step: text(v.Step), Disabled: &v.Disabled, RemoteLogin: &v.RemoteLogin, NeverShared: &v.NeverShared, Personal: &v.Personal,
		Profile: x.profileName(v.Profile), Layout: x.layoutName(v.Layout), Modules: &v.Modules,
		Equipment: &v.Equipment, Room: &v.Room, Outside: &v.Outside,
		AdminPassword: x.hidden(v.AdminPassword.Reveal()), UserPassword: x.hidden(v.UserPassword.Reveal()),
		Token: x.hidden(v.TokenSealed.Reveal()),
		SIP: &DeviceSIP{
			Transport: optional(v.SIP.Transport), SRTP: optional(v.SIP.SRTP), AllowFrom: words(v.SIP.AllowFrom),
			FixedAddress: &v.SIP.FixedAddress, PrivateNetwork: &v.SIP.PrivateNetwork, Ping: &v.SIP.Ping, NoAuth: &v.SIP.NoAuth,
			User: &v.Lines[0].Account.User, Secret: x.hidden(v.Lines[0].Account.Secret.Reveal()), Realm: text(o.Realm()),
		},
	}
	if !v.Approved.IsZero() {
		d.Approved = &v.Approved
	}
	if !v.Seen.IsZero() {
		d.Seen = &v.Seen
	}
	if len(v.Lines) == 1 {
		return d
	}
	lines, accounts := []string{}, []Account{}
	for _, l := range v.Lines {
		lines = append(lines, x.extensionNumber(l.Home))
		accounts = append(accounts, Account{l.Account.User, l.Account.Secret.Reveal()})
	}
	d.Lines = &lines
	if x.secrets {
		d.Accounts = &accounts
	}
	return d
}

func (x *exporter) seat(v *directory.Seat) Seat {
	s := Seat{Extension: x.extensionNumber(v.Extension)}
	if d := x.s.Device(v.Device); d != nil {
		s.MAC = d.MAC.Colons()
	}
	if v.Line != 1 {
		s.Line = &v.Line
	}
	return s
}

// settings lists the layers of this organization, and those of the whole appliance;
// what sounds secret only with the secrets.
func (x *exporter) settings(org directory.ID) []Setting {
	var out []Setting
	add := func(kind, id, of string) {
		for k, v := range x.s.Settings(directory.Scope{Kind: kind, ID: id}) {
			if x.secrets || !directory.SoundsSecret(k) {
				out = append(out, Setting{kind, of, k, v})
			}
		}
	}
	add("appliance", "", "")
	add("organization", string(org), "")
	for v := range x.s.Sites(org) {
		add("site", string(v.ID), v.Name)
	}
	for v := range x.s.Profiles(org) {
		add("profile", string(v.ID), v.Name)
	}
	var models []string
	for v := range x.s.Devices(org) {
		add("device", string(v.ID), v.MAC.Colons())
		if v.Model != "" && !slices.Contains(models, v.Model) {
			models = append(models, v.Model)
			add("model", v.Model, v.Model)
		}
	}
	for v := range x.s.Extensions(org) {
		add("extension", string(v.ID), v.Number)
	}
	return out
}
