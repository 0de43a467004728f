package settings

import (
	"iter"
	"slices"
	"strconv"
	"strings"

	"cradle/directory"
)

// Layer names who said a value.
type Layer string

// The layers, from the weakest. Of the last two the desk's settings let the
// device win, the personal ones the extension.
const (
	FromDefault      Layer = "default"
	FromAppliance    Layer = "appliance"
	FromOrganization Layer = "organization"
	FromSite         Layer = "site"
	FromModel        Layer = "model"
	FromProfile      Layer = "profile"
	FromDevice       Layer = "device"
	FromExtension    Layer = "extension"
)

// Value is a value that knows its layer.
type Value struct {
	Text  string
	Layer Layer
}

// Stack is the outcome of all layers, by Key.
type Stack [keyCount]Value

// Text is the value of a key.
func (s *Stack) Text(k Key) string { return s[k].Text }

// Number is the value of a key that is a number.
func (s *Stack) Number(k Key) int { n, _ := strconv.Atoi(s[k].Text); return n }

// Flag is the value of a key that is true or false.
func (s *Stack) Flag(k Key) bool { return s[k].Text == "true" }

// Subject is whom the layers are stacked for. Each part may be nil or empty.
type Subject struct {
	Organization *directory.Organization
	Site         *directory.Site
	Model        string // catalogue name
	Profile      directory.ID
	Device       *directory.Device
	Person       *directory.Extension
}

// Pile stacks the layers. A value that does not fit its setting is passed over,
// so that one bad record never leaves a phone without settings.
func Pile(snap *directory.Snapshot, who Subject) Stack {
	s := defaults
	var general Value // codecs before the person's word
	for l := range who.layers() {
		if l.of == Personal {
			general = s[Codecs]
		}
		s.said(l, who)
		for name, value := range snap.Settings(l.scope) {
			if k, known := byName[name]; known && l.says(&Schema[k]) {
				s.put(k, l.layer, value)
			}
		}
	}
	s[Codecs] = among(s[Codecs], general)
	if s[SRTP].Layer == FromDefault && s.Text(Transport) == "tls" {
		s[SRTP].Text = "optional" // where signalling is encrypted already, media is too as far as both ends can
	}
	return s
}

// defaults is the stack of nobody's word.
var defaults = func() (s Stack) {
	for k, e := range Schema {
		s[k] = Value{e.Default, FromDefault}
	}
	return s
}()

// layer is one layer of a subject: where its records lie and which settings
// they may say, all where of is empty.
type layer struct {
	layer Layer
	scope directory.Scope
	of    Of
}

func (l layer) says(s *Setting) bool {
	return l.of == "" || l.of == s.Of || l.of == Personal && s.Of == Stricter
}

// layers walks the layers from the weakest. The person comes twice: before the
// device with what is the desk's, after it with what is personal.
func (who Subject) layers() iter.Seq[layer] {
	return func(yield func(layer) bool) {
		all := [...]layer{
			{FromAppliance, directory.Scope{Kind: "appliance"}, ""},
			{layer: FromOrganization}, {layer: FromSite},
			{FromModel, directory.Scope{Kind: "model", ID: who.Model}, ""},
			{FromProfile, directory.Scope{Kind: "profile", ID: string(who.Profile)}, ""},
			{layer: FromExtension, of: Desk}, {layer: FromDevice}, {layer: FromExtension, of: Personal},
		}
		if who.Organization != nil {
			all[1].scope = directory.Scope{Kind: "organization", ID: string(who.Organization.ID)}
		}
		if who.Site != nil {
			all[2].scope = directory.Scope{Kind: "site", ID: string(who.Site.ID)}
		}
		if who.Person != nil {
			all[5].scope = directory.Scope{Kind: "extension", ID: string(who.Person.ID)}
			all[7].scope = all[5].scope
		}
		if who.Device != nil {
			all[6].scope = directory.Scope{Kind: "device", ID: string(who.Device.ID)}
		}
		for i, l := range all {
			if (i == 0 || l.scope.ID != "") && !yield(l) {
				return
			}
		}
	}
}

// remoteKeepalive holds the NAT of a remote phone open where nobody says
// otherwise: seconds, under the shortest life of a UDP mapping that is common.
const remoteKeepalive = "30"

// said applies what the records themselves say, which their settings override.
func (s *Stack) said(l layer, who Subject) {
	switch l.layer {
	case FromOrganization:
		s.put(Language, l.layer, who.Organization.Language)
	case FromSite:
		s.put(TimeZone, l.layer, who.Site.TimeZone)
		s.put(TimeServer, l.layer, who.Site.TimeServer)
	case FromDevice:
		s.put(Transport, l.layer, who.Device.SIP.Transport)
		s.put(SRTP, l.layer, who.Device.SIP.SRTP)
		switch {
		case who.Device.SIP.Ping > 0:
			s.put(Keepalive, l.layer, strconv.Itoa(who.Device.SIP.Ping))
		case who.Device.Outside && s[Keepalive].Layer == FromDefault:
			s.put(Keepalive, l.layer, remoteKeepalive) // some NAT is between us
		}
	case FromExtension:
		if l.of == Personal {
			s.put(DTMF, l.layer, who.Person.SIP.DTMF)
			if kind := who.Person.SIP.MediaEncryption; kind != "" && kind != "none" {
				s.put(SRTP, l.layer, "required") // a person who chose a kind is not served without it
			}
			s.put(Codecs, l.layer, strings.Join(who.Person.SIP.Codecs, ","))
		}
	}
}

func (s *Stack) put(k Key, layer Layer, value string) {
	switch {
	case value == "" || !Schema[k].fits(value):
	case Schema[k].Of == Stricter && layer == FromExtension && looser(value, s[k].Text):
	default:
		s[k] = Value{value, layer}
	}
}

// among is what of a person's codecs is in the general list, which holds where that is nothing, as calls have it.
func among(own, general Value) Value {
	if own.Layer != FromExtension || general.Layer == "" || general.Layer == FromDefault {
		return own
	}
	have := strings.Split(general.Text, ",")
	left := slices.DeleteFunc(strings.Split(own.Text, ","), func(c string) bool { return !slices.Contains(have, c) })
	if len(left) == 0 {
		return general
	}
	return Value{strings.Join(left, ","), own.Layer}
}

// looser reports whether a demand on the encryption of media is below another.
func looser(a, b string) bool {
	strict := Schema[SRTP].Choices
	return slices.Index(strict, a) < slices.Index(strict, b)
}

// ByHand are the settings of the phone's vendor that layers say by hand.
func (f Facts) ByHand() map[string]Value { return Extras(f.Snapshot, f.subject(), f.Abilities.Vendor) }

// Extras are the settings of a vendor that layers say by hand, by the vendor's
// own name; the strongest layer's word holds, an empty one takes it back.
func Extras(snap *directory.Snapshot, who Subject, vendor string) map[string]Value {
	var all map[string]Value
	prefix := rawPrefix + vendor + "."
	for l := range who.layers() {
		if l.of == Personal { // they are of the desk
			continue
		}
		for name, value := range snap.Settings(l.scope) {
			raw, found := strings.CutPrefix(name, prefix)
			switch {
			case !found || Check(name, value) != nil:
			case value == "":
				delete(all, raw)
			default:
				if all == nil {
					all = map[string]Value{}
				}
				all[raw] = Value{value, l.layer}
			}
		}
	}
	return all
}
