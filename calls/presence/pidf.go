package presence

import (
	"encoding/xml"

	"cradle/calls"
	"cradle/directory"
	"cradle/registrar"
)

const pidfType = "application/pidf+xml"

// pidf is the document of RFC 3863 with the person of RFC 4479 and the
// activities of RFC 4480.
type pidf struct {
	XMLName xml.Name   `xml:"urn:ietf:params:xml:ns:pidf presence"`
	Entity  string     `xml:"entity,attr"`
	Tuple   pidfTuple  `xml:"tuple"`
	Person  pidfPerson `xml:"urn:ietf:params:xml:ns:pidf:data-model person"`
}

type pidfTuple struct {
	ID      string `xml:"id,attr"`
	Basic   string `xml:"status>basic"`
	Contact string `xml:"contact,omitempty"`
	Note    string `xml:"note,omitempty"`
}

type pidfPerson struct {
	ID         string          `xml:"id,attr"`
	Activities *pidfActivities `xml:"urn:ietf:params:xml:ns:pidf:rpid activities"`
}

type pidfActivities struct {
	Names []pidfActivity `xml:",any"`
}

type pidfActivity struct{ XMLName xml.Name }

// condition is how somebody is, in the words of the document.
type condition struct {
	open       bool
	note       string
	activities []string
}

// presenceState is the package "presence": open where a phone of the person is
// registered. Where the extension publishes its own state, watchers hear that
// and nothing of ours (RFC 3903).
func (p *Presence) presenceState(w registrar.Watcher) registrar.EventState {
	return p.personState(w, pidfType, p.presenceBody)
}

func (p *Presence) presenceBody(w registrar.Watcher, user string, e *directory.Extension) []byte {
	c := condition{}
	switch {
	case e == nil:
	case e.SIP.PublishesState:
		published, ok := p.pubs.newest(e.ID)
		if !ok {
			return nil // nothing is known until it publishes
		}
		c = published
	default:
		c = p.condition(w.Snapshot, e)
	}
	address := uri(w, user)
	doc := pidf{Entity: address, Tuple: pidfTuple{ID: "t", Basic: "closed", Note: c.note}, Person: pidfPerson{ID: "p"}}
	if c.open {
		doc.Tuple.Basic, doc.Tuple.Contact = "open", address
	}
	if len(c.activities) > 0 {
		doc.Person.Activities = &pidfActivities{}
		for _, a := range c.activities {
			doc.Person.Activities.Names = append(doc.Person.Activities.Names, pidfActivity{xml.Name{Local: a}})
		}
	}
	return document(doc)
}

// condition is what the appliance knows of somebody.
func (p *Presence) condition(snap *directory.Snapshot, e *directory.Extension) condition {
	c := condition{open: p.reachable(snap, e)}
	for _, talk := range p.talks.list(e.ID) {
		if talk.Caller == e.ID || talk.State != calls.Ringing {
			c.note, c.activities = "On the phone", []string{"on-the-phone"}
		}
	}
	if e.DoNotDisturb {
		c.note, c.activities = "Do not disturb", append(c.activities, "busy")
	}
	return c
}

// reachable tells whether a phone where somebody sits is registered.
func (p *Presence) reachable(snap *directory.Snapshot, e *directory.Extension) bool {
	for _, line := range snap.Rings(e.ID) {
		d := snap.Device(line.Device)
		if d == nil || line.Line > len(d.Lines) {
			continue
		}
		for _, b := range p.c.Door.Lookup(d.Lines[line.Line-1].Account.User) {
			if !b.FlowLost {
				return true
			}
		}
	}
	return false
}
