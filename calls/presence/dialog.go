package presence

import (
	"bytes"
	"encoding/xml"

	"cradle/calls"
	"cradle/directory"
	"cradle/registrar"
)

const dialogType = "application/dialog-info+xml"

// dialogInfo is the document of RFC 4235 section 4.
type dialogInfo struct {
	XMLName xml.Name `xml:"urn:ietf:params:xml:ns:dialog-info dialog-info"`
	Version string   `xml:"version,attr"`
	State   string   `xml:"state,attr"`
	Entity  string   `xml:"entity,attr"`
	Dialogs []dialog `xml:"dialog"`
}

type dialog struct {
	ID        string       `xml:"id,attr"`
	CallID    string       `xml:"call-id,attr,omitempty"`
	LocalTag  string       `xml:"local-tag,attr,omitempty"`
	RemoteTag string       `xml:"remote-tag,attr,omitempty"`
	Direction string       `xml:"direction,attr,omitempty"`
	State     string       `xml:"state"`
	Local     *participant `xml:"local"`
	Remote    *participant `xml:"remote"`
}

type participant struct {
	Identity identity `xml:"identity"`
	Target   target   `xml:"target"`
}

type identity struct {
	Display string `xml:"display,attr,omitempty"`
	URI     string `xml:",chardata"`
}

type target struct {
	URI    string       `xml:"uri,attr"`
	Params []targetWord `xml:"param,omitempty"`
}

type targetWord struct {
	Name  string `xml:"pname,attr"`
	Value string `xml:"pvalue,attr"`
}

// dialogState is the package "dialog".
func (p *Presence) dialogState(w registrar.Watcher) registrar.EventState {
	return p.personState(w, dialogType, p.dialogBody)
}

// personState is a package that tells of one person, or of each on a list, and
// changes with his calls.
func (p *Presence) personState(w registrar.Watcher, contentType string, body func(registrar.Watcher, string, *directory.Extension) []byte) registrar.EventState {
	if isList(w.User) {
		return p.listState(w, contentType, body)
	}
	e := watched(w)
	if e == nil && plain(w.User) != w.Account.User {
		return registrar.EventState{Gone: "noresource"}
	}
	s := registrar.EventState{ContentType: contentType, Watch: keysOf(w, e)}
	if e != nil {
		s.Watch = append(s.Watch, callKey(e.ID))
	}
	s.Body = body(w, plain(w.User), e)
	return s
}

// dialogBody is the whole state of somebody under the name he is watched by.
// Idle is one dialog that has ended: many phones take that for idle, and some
// take an empty document for nothing at all.
func (p *Presence) dialogBody(w registrar.Watcher, user string, e *directory.Extension) []byte {
	doc := dialogInfo{Version: versionMark, State: "full", Entity: uri(w, user)}
	if e != nil {
		for _, c := range p.talks.list(e.ID) {
			if c.Caller == e.ID {
				doc.Dialogs = append(doc.Dialogs, dialogOf(w, c, true))
			}
			if c.Callee == e.ID && (c.Rang || c.Caller != e.ID) {
				doc.Dialogs = append(doc.Dialogs, dialogOf(w, c, false))
			}
		}
	}
	if len(doc.Dialogs) == 0 {
		doc.Dialogs = []dialog{{ID: user, State: "terminated"}}
	}
	return document(doc)
}

// dialogOf is one call as one of its parties has it. Its identifiers are the
// call's own, not those of a leg: what a phone repeats of them in Replaces finds
// the call, and nobody learns what a request inside a dialog is made of.
func dialogOf(w registrar.Watcher, c calls.Info, calling bool) dialog {
	d := dialog{ID: string(c.ID), CallID: string(c.ID), LocalTag: "callee", RemoteTag: "caller", Direction: "recipient", State: stateOf(c, calling)}
	local, remote := person(w, c.To, c.ToName), person(w, c.From, c.FromName)
	if calling {
		d.ID, d.Direction = d.ID+"-caller", "initiator"
		d.LocalTag, d.RemoteTag, local, remote = d.RemoteTag, d.LocalTag, remote, local
	}
	if c.State == calls.Held {
		local.Target.Params = []targetWord{{"+sip.rendering", "no"}}
	}
	if d.Local = &local; !c.Emergency { // whom somebody calls for help is nobody's business
		d.Remote = &remote
	}
	return d
}

// stateOf follows the machine of RFC 4235 section 3.7.1. Who is called has no
// dialog before his phone rings.
func stateOf(c calls.Info, calling bool) string {
	switch {
	case c.State == calls.Talking || c.State == calls.Held:
		return "confirmed"
	case c.Rang:
		return "early"
	case calling:
		return "trying"
	default:
		return "proceeding"
	}
}

func person(w registrar.Watcher, number, name string) participant {
	u := uri(w, number)
	return participant{Identity: identity{Display: name, URI: u}, Target: target{URI: u}}
}

// versionMark stands for the version until the document is written. In text its
// quotes are escaped, so that nobody's name can hold it.
const versionMark = "@version@"

// document writes XML; a NUL is left where the desk puts the version.
func document(doc any) []byte {
	body, err := xml.Marshal(doc)
	if err != nil { // it is made of strings only
		return nil
	}
	body = bytes.Replace(body, []byte(`version="`+versionMark+`"`), []byte("version=\"\x00\""), 1)
	return append([]byte(xml.Header), body...)
}
