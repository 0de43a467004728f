package calls

import (
	"testing"

	"cradle/directory"
	"cradle/media"
)

func TestWhoMustEncryptHow(t *testing.T) {
	const none, sdes, dtls, either = media.Kind(0), media.SDES, media.DTLS, media.SDES | media.DTLS
	for _, c := range []struct {
		desk, person, transport string
		want                    media.Encryption
	}{
		{"", "", "udp", media.Encryption{Accept: either}},
		{"", "none", "tls", media.Encryption{Offer: sdes, Accept: either}},
		{"off", "none", "tls", media.Encryption{}},
		{"optional", "", "udp", media.Encryption{Offer: sdes, Accept: either}},
		{"required", "", "tls", media.Encryption{Offer: sdes, Accept: either, Require: true}},
		{"required", "", "udp", media.Encryption{Offer: dtls, Accept: dtls, Require: true}}, // never SDES in the open
		{"off", "sdes", "udp", media.Encryption{Offer: sdes, Accept: sdes, Require: true}},
		{"", "dtls", "tcp", media.Encryption{Offer: dtls, Accept: dtls, Require: true}},
		{"optional", "sdes_dtls", "tls", media.Encryption{Offer: either, Accept: either, Require: true}},
		{"required", "sdes", "tls", media.Encryption{Offer: sdes, Accept: sdes, Require: true}},
		{"required", "sdes_dtls", "udp", media.Encryption{Offer: dtls, Accept: dtls, Require: true}},
		{"required", "sdes", "udp", media.Encryption{Require: true}}, // nothing is left: refused
		{"off", "none", "wss", media.Encryption{Offer: dtls, Accept: dtls, Require: true, ICE: true}},
	} {
		sits := &directory.Extension{}
		sits.SIP.MediaEncryption = c.person
		if got := demanded(c.desk, sits, c.transport); got != c.want {
			t.Errorf("%+v: got %+v", c, got)
		}
		device := &directory.Device{SIP: directory.DeviceSIP{SRTP: c.desk}}
		if got := encryption(&directory.Snapshot{}, device, sits, c.transport, true); got.Require || got.Accept != either {
			t.Errorf("%+v: an emergency call is hindered: %+v", c, got)
		}
	}
	if got := demanded("", nil, "udp"); got != (media.Encryption{Accept: either}) {
		t.Errorf("nobody sits there: %+v", got)
	}
}
