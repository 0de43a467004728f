package calls_test

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/emiago/sipgo/sip"

	"cradle/calls/calltest"
	"cradle/directory"
)

// sealed is a phone's description with a key of AES_CM_128_HMAC_SHA1_80.
func sealed(sdp []byte, profile string, fill byte) []byte {
	s := strings.Replace(string(sdp), "RTP/AVP", profile, 1)
	return []byte(s + "a=crypto:5 AES_CM_128_HMAC_SHA1_80 inline:" + base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{fill}, 30)) + "\r\n")
}

func crypto(body []byte) (l []string) {
	for line := range strings.SplitSeq(string(body), "\r\n") {
		if strings.HasPrefix(line, "a=crypto:") {
			l = append(l, line)
		}
	}
	return l
}

// choose sets a person's kind of encryption.
func choose(t *testing.T, o *calltest.Office, who int, kind string) {
	t.Helper()
	o.Update(t, func(tx *directory.Tx) error {
		e := *tx.Snapshot().Extension(o.Extensions[who].ID)
		e.SIP.MediaEncryption = kind
		return tx.PutExtension(&e)
	})
}

// One must encrypt, the other is plain; hold, a new key, a refused change and the end.
func TestEncryptedWithPlain(t *testing.T) {
	b, anna, bert := two(t)
	choose(t, b.Office, 0, "sdes")
	out := anna.Call("102", sealed(anna.SDP("sendrecv"), "RTP/SAVP", 1))
	in := bert.Incoming()
	if body := in.Invite().Body(); len(crypto(body)) != 0 || !bytes.Contains(body, []byte(" RTP/AVP ")) {
		t.Errorf("the plain phone is offered\n%s", body)
	}
	in.Reply(200, bert.SDP("sendrecv"))
	ok := out.Expect(200)
	key := crypto(ok.Body())
	if len(key) != 1 || !strings.HasPrefix(key[0], "a=crypto:5 AES_CM_128_HMAC_SHA1_80 inline:") || !bytes.Contains(ok.Body(), []byte(" RTP/SAVP ")) {
		t.Errorf("the encrypted phone is answered\n%s", ok.Body())
	}
	out.Ack(ok, nil)
	out.Request(sip.OPTIONS, "", nil)

	reoffer := func(sdp []byte, status int) *sip.Response {
		answer := out.Send(calltest.WithBody(out.Build(sip.INVITE), "application/sdp", sdp))
		in.ReplyTo(in.Next(sip.INVITE), status, bert.SDP("sendrecv"))
		return out.Final(answer)
	}
	held := reoffer(sealed(anna.SDP("sendonly"), "RTP/SAVP", 2), 200)
	if got := crypto(held.Body()); len(got) != 1 || got[0] != key[0] {
		t.Errorf("after a new offer our key is %q, was %q", got, key)
	}
	out.Ack(held, nil)
	if res := reoffer(sealed(anna.SDP("sendrecv"), "RTP/SAVP", 3), 488); res.StatusCode != 488 {
		t.Errorf("refusal became %d", res.StatusCode)
	}
	if res := out.Final(out.Send(calltest.WithBody(out.Build(sip.INVITE), "application/sdp", anna.SDP("sendrecv")))); res.StatusCode != 488 {
		t.Errorf("a change to plain got %d, want 488", res.StatusCode)
	}
	// The plain phone changes something: the other is offered its key again.
	answer := in.Send(calltest.WithBody(in.Build(sip.INVITE), "application/sdp", bert.SDP("sendonly")))
	asked := out.Next(sip.INVITE)
	if got := crypto(asked.Body()); len(got) != 1 || got[0][len("a=crypto:1 "):] != key[0][len("a=crypto:5 "):] {
		t.Errorf("re-offered %q after %q", got, key)
	}
	out.ReplyTo(asked, 200, sealed(anna.SDP("recvonly"), "RTP/SAVP", 2))
	if res := in.Final(answer); res.StatusCode != 200 {
		t.Errorf("got %d", res.StatusCode)
	} else {
		in.Ack(res, nil)
	}
	out.Bye()
	in.TakeBye()
}

// F080: who chose a kind is not served without it, in either direction.
func TestPlainIsRefusedWhereAKindWasChosen(t *testing.T) {
	b, anna, bert := two(t)
	choose(t, b.Office, 0, "sdes")
	anna.Call("102", anna.SDP("sendrecv")).Expect(488)

	out := bert.Call("101", bert.SDP("sendrecv"))
	in := anna.Incoming()
	offer := in.Invite().Body()
	if got := crypto(offer); len(got) != 2 || !bytes.Contains(offer, []byte(" RTP/SAVP ")) {
		t.Errorf("offered\n%s", offer)
	}
	acked := make(chan *sip.Request, 1)
	go func() { acked <- in.Reply(200, anna.SDP("sendrecv")) }() // without a key
	out.Expect(488)
	<-acked
	in.TakeBye()
}

// F078: what is offered for each choice, and for what a desk may do beside plain.
func TestOfferOfEachChoice(t *testing.T) {
	b, anna, bert := two(t)
	for _, c := range []struct {
		kind, desk, profile string
		keys, prints        int
	}{{"none", "", "RTP/AVP", 0, 0}, {"none", "off", "RTP/AVP", 0, 0}, {"none", "optional", "RTP/AVP", 2, 0}, {"sdes", "off", "RTP/SAVP", 2, 0},
		{"dtls", "", "UDP/TLS/RTP/SAVP", 0, 1}, {"sdes_dtls", "", "RTP/SAVP", 2, 1}} {
		choose(t, b.Office, 1, c.kind)
		b.Update(t, func(tx *directory.Tx) error {
			d := *tx.Snapshot().Device(b.Devices[1].ID)
			d.SIP.SRTP = c.desk
			return tx.PutDevice(&d)
		})
		out := anna.Call("102", anna.SDP("sendrecv"))
		in := bert.Incoming()
		body := in.Invite().Body()
		if len(crypto(body)) != c.keys || bytes.Count(body, []byte("a=fingerprint:sha-256 ")) != c.prints || !bytes.Contains(body, []byte(" "+c.profile+" 0")) {
			t.Errorf("%+v: offered\n%s", c, body)
		}
		in.Reply(486, nil)
		out.Expect(486)
	}
}

// Two phones ring for one number; each has a key of its own, and a late offer brings its own too.
func TestForkAndLateOfferKeepTheirKeys(t *testing.T) {
	b, anna, bert := two(t)
	choose(t, b.Office, 1, "sdes")
	b.AddDevice(t, b.Extensions[1].ID)
	second := b.Phone(2, calltest.Options{})
	out := anna.Call("102", anna.SDP("sendrecv"))
	one, two := bert.Incoming(), second.Incoming()
	if x, y := crypto(one.Invite().Body()), crypto(two.Invite().Body()); len(x) != 2 || len(y) != 2 || x[0] == y[0] || x[1] == y[1] {
		t.Errorf("the forks are offered %q and %q", x, y)
	}
	one.Reply(183, sealed(bert.SDP("sendrecv"), "RTP/SAVP", 1))
	out.Expect(183)
	two.Reply(200, sealed(second.SDP("sendrecv"), "RTP/SAVP", 2))
	ok := out.Expect(200)
	out.Ack(ok, nil)
	one.TakeCancel()
	out.Bye()
	two.TakeBye()

	out = bert.Call("101", nil) // bert must encrypt and leaves the offer to us
	in := anna.Incoming()
	acked := make(chan *sip.Request, 1)
	go func() { acked <- in.Reply(200, anna.SDP("sendrecv")) }()
	ok = out.Expect(200)
	if got := crypto(ok.Body()); len(got) != 2 {
		t.Errorf("offered late\n%s", ok.Body())
	}
	out.Ack(ok, sealed(bert.SDP("sendrecv"), "RTP/SAVP", 3))
	if ack := <-acked; ack == nil || len(crypto(ack.Body())) != 0 {
		t.Errorf("the plain phone is answered %v", ack)
	}
	out.Bye()
	in.TakeBye()
}

// The word of a layer above the phone holds for its calls as it does for its settings.
func TestTheSitesWordHoldsForCalls(t *testing.T) {
	b, anna, bert := two(t)
	say := func(kind string, id directory.ID, value string) {
		b.Update(t, func(tx *directory.Tx) error {
			return tx.SetSetting(directory.Scope{Kind: kind, ID: string(id)}, "sip.srtp", value)
		})
	}
	try := func(what string, status int) {
		t.Helper()
		out := anna.Call("102", anna.SDP("sendrecv"))
		if status == 486 {
			bert.Incoming().Reply(486, nil)
		}
		if res := out.Expect(status); res.StatusCode != status {
			t.Errorf("%s: a plain offer got %d", what, res.StatusCode)
		}
	}
	try("nobody said anything", 486)
	say("site", b.Site.ID, "required")
	try("the site requires it", 488)
	say("device", b.Devices[0].ID, "off")
	say("device", b.Devices[1].ID, "off")
	try("the phones are excepted", 486)
	say("extension", b.Extensions[0].ID, "required")
	try("the person requires it: the stricter wins", 488)
	say("extension", b.Extensions[0].ID, "off")
	try("the person does not care", 486)
}
