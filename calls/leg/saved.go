package leg

import (
	"encoding/json"
	"fmt"

	"github.com/emiago/sipgo/sip"
)

// Saved is what must be kept of a dialog to hang it up after a crash. It is put
// into words when it is written, which is not on the way of a call.
type Saved struct{ dialog dialog }

// saved is a dialog in words.
type saved struct {
	CallID, LocalTag, RemoteTag string
	LocalURI, RemoteURI, Target string
	Routes                      []string `json:",omitempty"`
	CSeq                        uint32
}

// leap is how far the numbers of a saved dialog may have moved on unseen.
const leap = 1000

// Save keeps the dialog as it stands: what it is made of is replaced and never changed.
func (l *Leg) Save() Saved { return Saved{l.id} }

// MarshalJSON writes the dialog down.
func (s Saved) MarshalJSON() ([]byte, error) {
	d := &s.dialog
	out := saved{CallID: d.callID, LocalTag: d.local.tag, RemoteTag: d.remote.tag,
		LocalURI: d.local.uri.String(), RemoteURI: d.remote.uri.String(), Target: d.target.String(), CSeq: d.cseq}
	for _, r := range d.routes {
		out.Routes = append(out.Routes, r.String())
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (s *Saved) UnmarshalJSON(b []byte) error {
	var in saved
	if err := json.Unmarshal(b, &in); err != nil {
		return err
	}
	d := dialog{callID: in.CallID, cseq: in.CSeq, local: party{tag: in.LocalTag}, remote: party{tag: in.RemoteTag}, routes: make([]sip.Uri, len(in.Routes))}
	texts := append([]string{in.LocalURI, in.RemoteURI, in.Target}, in.Routes...)
	uris := []*sip.Uri{&d.local.uri, &d.remote.uri, &d.target}
	for i := range d.routes {
		uris = append(uris, &d.routes[i])
	}
	for i, u := range uris {
		if err := sip.ParseUri(texts[i], u); err != nil {
			return fmt.Errorf("saved dialog %s: %q: %w", in.CallID, texts[i], err)
		}
	}
	s.dialog = d
	return nil
}

// Hangup sends a BYE into a saved dialog.
func Hangup(c Config, s Saved, reason string) error {
	l := newLeg(c)
	l.id = s.dialog
	l.id.cseq += leap
	return l.sendBye(reason)
}
