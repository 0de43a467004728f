package calls

import (
	"cmp"
	"slices"

	"cradle/directory"
	"cradle/media"
)

// encryption is what a phone may and must do to keep its media from being read. The desk says whether (srtp, in the
// layers of settings as provisioning stacks them for the phone), the person how (the extension's media_encryption), and
// the stricter of the two demands holds: a person who chose a kind is not served without it.
//
//	desk            person: none                            person: sdes, dtls, sdes_dtls
//	nothing said    what the phone offers; by TLS, offered  required, of that kind
//	off             plain                                   required, of that kind
//	optional        offered beside plain (RFC 8643)         required, of that kind
//	required        required; by TLS SDES, else DTLS        required, of that kind; SDES by TLS only
//
// A browser speaks DTLS and nothing else. An emergency call is carried however the phone makes it.
func encryption(s *directory.Snapshot, device *directory.Device, sits *directory.Extension, transport string, emergency bool) media.Encryption {
	e := demanded(srtpOf(s, device, sits), sits, transport)
	if emergency {
		e = media.Encryption{Offer: e.Offer, Accept: media.SDES | media.DTLS, ICE: e.ICE}
	}
	return e
}

func demanded(desk string, sits *directory.Extension, transport string) media.Encryption {
	sealed := transport == "tls"
	if transport == "ws" || transport == "wss" {
		return media.Encryption{Offer: media.DTLS, Accept: media.DTLS, Require: true, ICE: true}
	}
	kinds := kindsOf(sits)
	if kinds == 0 {
		return byDesk(desk, sealed)
	}
	if desk == "required" && !sealed { // keys in the open protect nothing
		kinds &^= media.SDES
	}
	return media.Encryption{Offer: kinds, Accept: kinds, Require: true}
}

// srtp is the setting, strictness its values from the loosest.
const srtp = "sip.srtp"

var strictness = []string{"", "off", "optional", "required"}

// srtpOf is what holds for a phone: off, optional or required; empty: nobody said.
func srtpOf(s *directory.Snapshot, d *directory.Device, sits *directory.Extension) string {
	said := ""
	for _, scope := range layers(d) {
		if scope.Kind == "device" {
			said = cmp.Or(d.SIP.SRTP, said)
		}
		if v, ok := s.Setting(scope, srtp); ok && slices.Contains(strictness, v) {
			said = v
		}
	}
	if sits != nil {
		v, ok := s.Setting(directory.Scope{Kind: "extension", ID: string(sits.ID)}, srtp)
		if ok && slices.Index(strictness, v) > slices.Index(strictness, said) {
			said = v
		}
	}
	return said
}

// layers are those of settings that a phone is under, from the widest on, as provisioning stacks them; those of who sits
// there are not among them.
func layers(d *directory.Device) []directory.Scope {
	if d == nil {
		return nil
	}
	return []directory.Scope{{Kind: "appliance"}, {Kind: "organization", ID: string(d.Organization)}, {Kind: "site", ID: string(d.Site)},
		{Kind: "model", ID: d.Model}, {Kind: "profile", ID: string(d.Profile)}, {Kind: "device", ID: string(d.ID)}}
}

// kindsOf is what the person chose; 0: nothing.
func kindsOf(e *directory.Extension) media.Kind {
	if e == nil {
		return 0
	}
	switch e.SIP.MediaEncryption {
	case "sdes":
		return media.SDES
	case "dtls":
		return media.DTLS
	case "sdes_dtls":
		return media.SDES | media.DTLS
	}
	return 0
}

// byDesk is the policy where the person chose nothing; sealed: the phone's signalling is encrypted.
func byDesk(desk string, sealed bool) media.Encryption {
	either := media.SDES | media.DTLS
	switch {
	case desk == "required" && sealed:
		return media.Encryption{Offer: media.SDES, Accept: either, Require: true}
	case desk == "required":
		return media.Encryption{Offer: media.DTLS, Accept: media.DTLS, Require: true}
	case desk == "optional", desk == "" && sealed:
		return media.Encryption{Offer: media.SDES, Accept: either}
	case desk == "":
		return media.Encryption{Accept: either}
	}
	return media.Encryption{}
}
