package calls_test

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"

	"cradle/calls/calltest"
	"cradle/directory"
)

// straight lets voice go from phone to phone in the office's site, whose networks are these.
func straight(t *testing.T, b *calltest.Bench, networks ...string) {
	t.Helper()
	b.Office.Update(t, func(tx *directory.Tx) error {
		s := *tx.Snapshot().Site(b.Office.Site.ID)
		s.DirectMedia = true
		if len(networks) > 0 {
			s.Networks = nil
			for _, n := range networks {
				s.Networks = append(s.Networks, netip.MustParsePrefix(n))
			}
		}
		return tx.PutSite(&s)
	})
}

// place is where a description wants its audio.
func place(sdp []byte) string {
	var port, addr string
	for _, l := range strings.Split(string(sdp), "\r\n") {
		if f := strings.Fields(l); strings.HasPrefix(l, "m=audio") {
			port = f[1]
		} else if strings.HasPrefix(l, "c=") {
			addr = f[2]
		}
	}
	return addr + ":" + port
}

func TestVoiceGoesStraight(t *testing.T) {
	b, anna, bert := two(t)
	straight(t, b)
	out, in, ok := talk(t, anna, bert, "102")
	if got, want := place(in.Invite().Body()), place(anna.SDP("sendrecv")); got != want {
		t.Errorf("bert is told %s, anna hears at %s", got, want)
	}
	if got, want := place(ok.Body()), place(bert.SDP("sendrecv")); got != want {
		t.Errorf("anna is told %s, bert hears at %s", got, want)
	}
	anna.Say(ok.Body(), 440)
	bert.Hear(440)
	bert.Say(in.Invite().Body(), 660)
	anna.Hear(660)
	if bytes.Contains(ok.Body(), []byte("a=rtcp")) {
		t.Error("RTCP goes elsewhere")
	}

	// Hold brings it back here, for both, and resume lets it go again.
	for _, step := range []struct {
		offer, answer string
		straight      bool
	}{{"sendonly", "recvonly", false}, {"sendrecv", "sendrecv", true}} {
		answers := out.Send(calltest.WithBody(out.Build("INVITE"), "application/sdp", anna.SDP(step.offer)))
		asked := in.Next("INVITE")
		in.ReplyTo(asked, 200, bert.SDP(step.answer))
		res := out.Final(answers)
		out.Ack(res, nil)
		if got := place(asked.Body()) == place(anna.SDP("sendrecv")); got != step.straight {
			t.Errorf("%s: bert is told %s", step.offer, place(asked.Body()))
		}
		if got := place(res.Body()) == place(bert.SDP("sendrecv")); got != step.straight {
			t.Errorf("%s: anna is told %s", step.offer, place(res.Body()))
		}
	}
	out.Bye()
	in.TakeBye()
}

// Where anything is in the way it is relayed.
func TestVoiceIsRelayed(t *testing.T) {
	for what, prepare := range map[string]func(*testing.T, *calltest.Bench){
		"by default":      func(*testing.T, *calltest.Bench) {},
		"on two networks": func(t *testing.T, b *calltest.Bench) { straight(t, b, "127.0.0.0/32", "192.0.2.0/24") },
		"in different sites": func(t *testing.T, b *calltest.Bench) {
			straight(t, b)
			b.Office.Update(t, func(tx *directory.Tx) error {
				s := &directory.Site{Organization: b.Office.Organization.ID, Name: "Branch", Adoption: directory.AdoptLobby, TFTP: directory.TFTPOff, DirectMedia: true}
				if err := tx.PutSite(s); err != nil {
					return err
				}
				d := *tx.Snapshot().Device(b.Office.Devices[1].ID)
				d.Site = s.ID
				return tx.PutDevice(&d)
			})
		},
		"to one who may be offered keys": func(t *testing.T, b *calltest.Bench) {
			straight(t, b)
			b.Office.Update(t, func(tx *directory.Tx) error {
				d := *tx.Snapshot().Device(b.Office.Devices[1].ID)
				d.SIP.SRTP = "optional"
				return tx.PutDevice(&d)
			})
		},
	} {
		t.Run(what, func(t *testing.T) {
			b, anna, bert := two(t)
			prepare(t, b)
			out, in, ok := talk(t, anna, bert, "102")
			if got := place(in.Invite().Body()); got == place(anna.SDP("sendrecv")) {
				t.Errorf("bert is told %s", got)
			}
			if got := place(ok.Body()); got == place(bert.SDP("sendrecv")) {
				t.Errorf("anna is told %s", got)
			}
			out.Bye()
			in.TakeBye()
		})
	}
}
