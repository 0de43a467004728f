package leg

import (
	"fmt"

	"github.com/emiago/sipgo/sip"
)

// Saved is what must be kept of a dialog to hang it up after a crash.
type Saved struct {
	CallID, LocalTag, RemoteTag string
	LocalURI, RemoteURI, Target string
	Routes                      []string `json:",omitempty"`
	CSeq                        uint32
}

// leap is how far the numbers of a saved dialog may have moved on unseen.
const leap = 1000

// Save writes the dialog down.
func (l *Leg) Save() Saved {
	d := &l.id
	s := Saved{CallID: d.callID, LocalTag: d.local.tag, RemoteTag: d.remote.tag,
		LocalURI: d.local.uri.String(), RemoteURI: d.remote.uri.String(), Target: d.target.String(), CSeq: d.cseq}
	for _, r := range d.routes {
		s.Routes = append(s.Routes, r.String())
	}
	return s
}

// Hangup sends a BYE into a saved dialog.
func Hangup(c Config, s Saved, reason string) error {
	l := newLeg(c)
	d := &l.id
	d.callID, d.cseq = s.CallID, s.CSeq+leap
	d.local.tag, d.remote.tag = s.LocalTag, s.RemoteTag
	uris := []*sip.Uri{&d.local.uri, &d.remote.uri, &d.target}
	texts := []string{s.LocalURI, s.RemoteURI, s.Target}
	for _, r := range s.Routes {
		d.routes = append(d.routes, sip.Uri{})
		texts = append(texts, r)
	}
	for i := range d.routes {
		uris = append(uris, &d.routes[i])
	}
	for i, u := range uris {
		if err := sip.ParseUri(texts[i], u); err != nil {
			return fmt.Errorf("saved dialog %s: %q: %w", s.CallID, texts[i], err)
		}
	}
	return l.sendBye(reason)
}
