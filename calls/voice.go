package calls

import (
	"cmp"
	"slices"
	"strings"

	"github.com/emiago/sipgo/sip"

	"cradle/calls/leg"
	"cradle/directory"
	"cradle/media"
)

// The settings; provisioning has the same layers and the same order of them.
const (
	codecs = "sip.codecs"
	dtmf   = "sip.dtmf"
)

// general is what the layers above the person say for a phone; empty: nothing.
func general(s *directory.Snapshot, d *directory.Device, key string) (said string) {
	for _, scope := range layers(d) {
		if v, ok := s.Setting(scope, key); ok && v != "" {
			said = v
		}
	}
	return said
}

// personal is what the extension's settings say, or else its record; empty: nothing.
func personal(s *directory.Snapshot, sits *directory.Extension, key, record string) string {
	if sits == nil {
		return ""
	}
	if v, ok := s.Setting(directory.Scope{Kind: "extension", ID: string(sits.ID)}, key); ok && v != "" {
		return v
	}
	return record
}

// codecsOf are the codecs a phone may use, in order of preference; nil: any. The person chooses and orders among the
// general list; where the two share nothing, the general list holds.
func codecsOf(s *directory.Snapshot, d *directory.Device, sits *directory.Extension) []string {
	all, record := list(general(s, d, codecs)), ""
	if sits != nil {
		record = strings.Join(sits.SIP.Codecs, ",")
	}
	own := list(personal(s, sits, codecs, record))
	if all != nil {
		own = slices.DeleteFunc(own, func(name string) bool {
			return !slices.ContainsFunc(all, func(g string) bool { return strings.EqualFold(g, name) })
		})
	}
	if len(own) == 0 {
		return all
	}
	return own
}

func list(s string) (l []string) {
	for name := range strings.SplitSeq(s, ",") {
		if name = strings.TrimSpace(name); name != "" {
			l = append(l, name)
		}
	}
	return l
}

// digitsOf is how the digits of who sits at a phone go. Where nobody said, they are events of RFC 4733.
func digitsOf(s *directory.Snapshot, d *directory.Device, sits *directory.Extension) media.Digits {
	record := ""
	if sits != nil {
		record = sits.SIP.DTMF
	}
	switch cmp.Or(personal(s, sits, dtmf, record), general(s, d, dtmf)) {
	case "auto":
		return media.Auto
	case "inband":
		return media.InSound
	case "info":
		return media.ByInfo
	}
	return media.Events
}

// voice is what a phone may and must do in a call, by the phone and who sits at it.
func (c *Call) voice(d *directory.Device, sits *directory.Extension, transport string) media.Party {
	ask := media.Party{Encryption: encryption(c.snapshot, d, sits, transport, c.plan.Emergency), Digits: digitsOf(c.snapshot, d, sits), Music: c.x.cfg.Music != nil, Video: true,
		Fax: func() { c.Post(c.faxed) }}
	if !c.plan.Emergency { // that is carried however the phone makes it
		ask.Codecs = codecsOf(c.snapshot, d, sits)
	}
	return ask
}

// faxed lets a call pass untouched that turns out to be a fax, which no translation would survive.
func (c *Call) faxed() {
	if c.ended || c.partner == nil {
		return
	}
	c.log.Info("a fax: what was translated for the digits passes untouched")
	media.Fax(c.caller.media, c.partner.media)
}

// keyed tells a phone by INFO of a key that the other one pressed in another way.
func (c *Call) keyed(p *party) func(key byte) {
	return func(key byte) {
		c.Post(func() {
			if c.ended || p.leg == nil {
				return
			}
			i := &leg.Info{Type: "application/dtmf-relay", Body: []byte("Signal=" + string(rune(key)) + "\r\nDuration=100\r\n")}
			p.leg.Info(i, func(r leg.Result) {
				if r.Status/100 != 2 {
					c.log.Info("a phone takes no digit by INFO", "device", p.device, "status", r.Status)
				}
			})
		})
	}
}

// wider calls a phone again that knows none of the caller's codecs, with ours beside them: what it says is then
// translated. Only a phone that refused is offered them, because some would take one of ours where they need not.
func (c *Call) wider(p *party, status int) bool {
	if !knowsNone(status) || c.ended || c.partner != nil || p.again == nil || !p.media.Narrowed() {
		return false
	}
	return p.again() == nil
}

// knowsNone says whether a phone refused because of what it was offered.
func knowsNone(status int) bool {
	return status == sip.StatusNotAcceptableHere || status == sip.StatusUnsupportedMediaType || status == sip.StatusGlobalNotAcceptable
}
