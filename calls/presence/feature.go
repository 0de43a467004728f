package presence

import (
	"context"
	"encoding/xml"
	"strings"

	"cradle/directory"
	"cradle/registrar"
)

const (
	featureType  = "application/x-as-feature-event+xml"
	csta         = "http://www.ecma-international.org/standards/ecma-323/csta/ed3"
	featureParts = "cradle-feature-part"
	ringSeconds  = 6 // a ring, as phones count them
)

// The documents of the package "as-feature-event" (BroadSoft, Device Feature Key
// Synchronization; the elements are those of CSTA, ECMA-323).
type doNotDisturbEvent struct {
	XMLName xml.Name `xml:"http://www.ecma-international.org/standards/ecma-323/csta/ed3 DoNotDisturbEvent"`
	Device  string   `xml:"device"`
	On      bool     `xml:"doNotDisturbOn"`
}

type forwardingEvent struct {
	XMLName xml.Name `xml:"http://www.ecma-international.org/standards/ecma-323/csta/ed3 ForwardingEvent"`
	Device  string   `xml:"device"`
	Type    string   `xml:"forwardingType"`
	Status  bool     `xml:"forwardStatus"`
	To      string   `xml:"forwardTo"`
	Rings   int      `xml:"ringCount,omitempty"`
}

// acceptFeature takes a SUBSCRIBE to one's own features; its body may set one.
// What a phone sets is the record, so the portal and every other phone of the
// person hear of it.
func (p *Presence) acceptFeature(ctx context.Context, w registrar.Watcher) int {
	if status := p.acceptOwn(ctx, w); status != 200 || len(w.Body) == 0 {
		return status
	}
	if t, _, _ := strings.Cut(w.ContentType, ";"); !strings.EqualFold(strings.TrimSpace(t), featureType) {
		return 415
	}
	changes, err := readFeatures(w.Body)
	if err != nil {
		return 400
	}
	e := own(w)
	if e == nil {
		return 403
	}
	err = p.c.Directory.Update(ctx, directory.Actor{Kind: "phone", Name: string(w.Account.Device.MAC)}, func(tx *directory.Tx) error {
		now := tx.Snapshot().Extension(e.ID)
		if now == nil {
			return directory.ErrNotFound
		}
		changed := *now
		for _, c := range changes {
			c.apply(&changed)
		}
		return tx.PutExtension(&changed)
	})
	if err != nil {
		p.log.Info("a phone's feature key is refused", "device", w.Account.Device.MAC, "extension", e.Number, "error", err)
		return 400
	}
	return 200
}

// featureState is all features at once, one part each.
func (p *Presence) featureState(w registrar.Watcher) registrar.EventState {
	e := own(w)
	s := registrar.EventState{ContentType: "multipart/mixed;boundary=" + featureParts, Watch: append(keysOf(w, e), lineKey(at(w)))}
	if e == nil {
		e = &directory.Extension{}
	}
	device := uri(w, plain(w.User))
	docs := []any{doNotDisturbEvent{Device: device, On: e.DoNotDisturb}}
	for _, f := range []forwardingEvent{
		{Type: forwardImmediate, To: e.Forward.Always}, {Type: forwardBusy, To: e.Forward.Busy},
		{Type: forwardNoAnswer, To: e.Forward.NoAnswer, Rings: (e.Forward.NoAnswerAfter + ringSeconds - 1) / ringSeconds},
	} {
		f.Device, f.Status = device, f.To != ""
		docs = append(docs, f)
	}
	var b strings.Builder
	for _, doc := range docs {
		b.WriteString("--" + featureParts + "\r\nContent-Type: " + featureType + "\r\n\r\n")
		b.Write(document(doc))
		b.WriteString("\r\n")
	}
	b.WriteString("--" + featureParts + "--\r\n")
	s.Body = []byte(b.String())
	return s
}
