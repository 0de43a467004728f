package settings

import (
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
	Model        string
	Device       *directory.Device
	Person       *directory.Extension
}

// Pile stacks the layers. A value that does not fit its setting is passed over,
// so that one bad record never leaves a phone without settings.
func Pile(snap *directory.Snapshot, who Subject) Stack {
	var s Stack
	for k, e := range Schema {
		s[k] = Value{e.Default, FromDefault}
	}
	s.records(snap, FromAppliance, directory.Scope{Kind: "appliance"}, "")
	if o := who.Organization; o != nil {
		s.put(Language, FromOrganization, o.Language)
		s.records(snap, FromOrganization, directory.Scope{Kind: "organization", ID: string(o.ID)}, "")
	}
	if t := who.Site; t != nil {
		s.put(TimeZone, FromSite, t.TimeZone)
		s.put(TimeServer, FromSite, t.TimeServer)
		s.records(snap, FromSite, directory.Scope{Kind: "site", ID: string(t.ID)}, "")
	}
	if who.Model != "" {
		s.records(snap, FromModel, directory.Scope{Kind: "model", ID: who.Model}, "")
	}
	s.person(snap, who.Person, Desk)
	s.device(snap, who.Device)
	s.person(snap, who.Person, Personal)
	return s
}

func (s *Stack) device(snap *directory.Snapshot, d *directory.Device) {
	if d == nil {
		return
	}
	s.put(Transport, FromDevice, d.SIP.Transport)
	s.put(SRTP, FromDevice, d.SIP.SRTP)
	if d.SIP.Ping > 0 {
		s.put(Keepalive, FromDevice, strconv.Itoa(d.SIP.Ping))
	}
	s.records(snap, FromDevice, directory.Scope{Kind: "device", ID: string(d.ID)}, "")
}

// person applies the extension's word on the settings of one kind only.
func (s *Stack) person(snap *directory.Snapshot, e *directory.Extension, of Of) {
	if e == nil {
		return
	}
	if of == Personal {
		s.put(DTMF, FromExtension, e.SIP.DTMF)
		s.put(Codecs, FromExtension, strings.Join(e.SIP.Codecs, ","))
	}
	s.records(snap, FromExtension, directory.Scope{Kind: "extension", ID: string(e.ID)}, of)
}

// records applies the setting records of one scope; of empty: of both kinds.
func (s *Stack) records(snap *directory.Snapshot, layer Layer, scope directory.Scope, of Of) {
	for name, value := range snap.Settings(scope) {
		if e, known := Find(name); known && (of == "" || e.Of == of) {
			s.put(e.Key, layer, value)
		}
	}
}

func (s *Stack) put(k Key, layer Layer, value string) {
	if value != "" && Schema[k].Check(value) == nil {
		s[k] = Value{value, layer}
	}
}
