package calls_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/calls/calltest"
	"cradle/directory"
	"cradle/media/mediatest"
)

// only is what a phone says that has one law of G.711, and perhaps the format of digits.
func only(p *calltest.Phone, law uint8, events bool) []byte {
	name := map[uint8]string{mediatest.PCMU: "PCMU", mediatest.PCMA: "PCMA"}[law]
	var out []string
	for line := range strings.Lines(string(p.SDP("sendrecv"))) {
		switch {
		case strings.HasPrefix(line, "m=audio"):
			line = strings.Replace(line, " 0 8 101", fmt.Sprintf(" %d", law)+map[bool]string{true: " 101"}[events], 1)
		case strings.HasPrefix(line, "a=rtpmap") && !strings.Contains(line, name) && !(events && strings.Contains(line, "telephone")),
			strings.HasPrefix(line, "a=fmtp") && !events:
			continue
		}
		out = append(out, line)
	}
	return []byte(strings.Join(out, ""))
}

// Two phones that share no codec: the called one refuses what it does not know, is offered ours beside it, and both are
// heard.
func TestPhonesWithoutASharedCodec(t *testing.T) {
	b, anna, bert := two(t)
	out := anna.Call("102", only(anna, mediatest.PCMU, true))
	first := bert.Incoming()
	if bytes.Contains(first.Invite().Body(), []byte("PCMA")) {
		t.Errorf("more is offered than the caller has:\n%s", first.Invite().Body())
	}
	first.Reply(488, nil)
	in := bert.Incoming()
	if !bytes.Contains(in.Invite().Body(), []byte("PCMU/8000")) || !bytes.Contains(in.Invite().Body(), []byte("PCMA/8000")) {
		t.Errorf("the second offer:\n%s", in.Invite().Body())
	}
	in.Reply(200, only(bert, mediatest.PCMA, true))
	ok := out.Expect(200)
	if bytes.Contains(ok.Body(), []byte("PCMA")) {
		t.Errorf("the caller is answered\n%s", ok.Body())
	}
	out.Ack(ok, nil)
	anna.Media.Say(calltest.MediaAddr(t, ok.Body()), mediatest.Tone{Hz: 440, Type: mediatest.PCMU})
	bert.Media.Say(calltest.MediaAddr(t, in.Invite().Body()), mediatest.Tone{Hz: 1000, Type: mediatest.PCMA})
	bert.Hear(440)
	anna.Hear(1000)
	if a, b := anna.Media.Heard(), bert.Media.Heard(); a.Type != mediatest.PCMU || b.Type != mediatest.PCMA {
		t.Errorf("heard types %d and %d", a.Type, b.Type)
	}
	out.Bye()
	in.TakeBye()
	// A phone that refuses the second offer as well is not asked for ever.
	out = anna.Call("102", only(anna, mediatest.PCMU, true))
	bert.Incoming().Reply(488, nil)
	bert.Incoming().Reply(488, nil)
	out.Expect(488)
	bert.Silent(200 * time.Millisecond)
	calltest.Eventually(t, "no call is left", func() bool { return len(b.Exchange.Calls()) == 0 })
}

// unlike are two phones of which the first has its digits in a way of its own.
func unlike(t *testing.T, way string) (anna, bert *calltest.Phone) {
	t.Helper()
	o := calltest.NewOffice(t, 2)
	o.Update(t, func(tx *directory.Tx) error {
		e := *o.Extensions[0]
		e.SIP.DTMF = way
		return tx.PutExtension(&e)
	})
	b := calltest.Start(t, o, calltest.Settings{})
	return b.Phone(0, calltest.Options{}), b.Phone(1, calltest.Options{})
}

// One sends digits by INFO, the other has RFC 4733: each key arrives once, in the way of who gets it.
func TestDigitsBetweenInfoAndEvents(t *testing.T) {
	anna, bert := unlike(t, "info")
	out := anna.Call("102", only(anna, mediatest.PCMU, false))
	in := bert.Incoming()
	in.Reply(200, only(bert, mediatest.PCMU, true))
	ok := out.Expect(200)
	out.Ack(ok, nil)
	if !bytes.Contains(in.Invite().Body(), []byte("telephone-event")) || bytes.Contains(ok.Body(), []byte("telephone-event")) {
		t.Errorf("offered\n%s\nanswered\n%s", in.Invite().Body(), ok.Body())
	}
	out.Request(sip.OPTIONS, "", nil)
	for _, key := range "12" {
		if res := out.Request(sip.INFO, "application/dtmf-relay", []byte("Signal="+string(key)+"\r\nDuration=160\r\n")); res.StatusCode != 200 {
			t.Errorf("INFO: %d", res.StatusCode)
		}
	}
	calltest.Eventually(t, "both keys as events", func() bool { return bert.Media.Keys() == "12" })
	bert.Media.Press(calltest.MediaAddr(t, in.Invite().Body()), "7#")
	for _, key := range "7#" {
		req := out.Next(sip.INFO)
		if !bytes.HasPrefix(req.Body(), []byte("Signal="+string(key)+"\r\n")) {
			t.Errorf("INFO %q, want %c", req.Body(), key)
		}
		out.ReplyTo(req, 200, nil)
	}
	out.Bye()
	in.TakeBye()
}

// The lists of extension and organization: offers and answers hold nothing else, in the person's order.
func TestAllowedCodecs(t *testing.T) {
	o := calltest.NewOffice(t, 2)
	list := func(general, anna, bert string) {
		t.Helper()
		o.Update(t, func(tx *directory.Tx) error {
			scope := directory.Scope{Kind: "organization", ID: string(o.Organization.ID)}
			if general == "" {
				_ = tx.DeleteSetting(scope, "sip.codecs")
			} else if err := tx.SetSetting(scope, "sip.codecs", general); err != nil {
				return err
			}
			for i, l := range []string{anna, bert} {
				e := *o.Directory.Snapshot().Extension(o.Extensions[i].ID)
				if e.SIP.Codecs = nil; l != "" {
					e.SIP.Codecs = strings.Split(l, ",")
				}
				if err := tx.PutExtension(&e); err != nil {
					return err
				}
			}
			return nil
		})
	}
	b := calltest.Start(t, o, calltest.Settings{})
	anna, bert := b.Phone(0, calltest.Options{}), b.Phone(1, calltest.Options{})
	for _, c := range []struct {
		general, anna, bert string
		offered, answered   string // formats of the m= lines
	}{
		{"", "", "", "0 8 101", "0 8 101"},
		{"pcma,pcmu", "", "", "8 0 101", "8 0 101"},
		{"", "pcma", "", "8 101", "8 101"},
		{"", "pcma,pcmu", "pcmu,pcma", "0 8 101", "8 0 101"},
		{"pcmu", "pcma,pcmu", "", "0 101", "0 101"},
		{"pcmu", "pcma", "", "0 101", "0 101"}, // nothing shared: the general list holds
		{"", "pcma", "pcmu", "0 101", "8 101"}, // translated, as nothing else is left
		{"g729", "", "", "", ""},
	} {
		list(c.general, c.anna, c.bert)
		out := anna.Call("102", anna.SDP("sendrecv"))
		if c.offered == "" {
			out.Expect(488)
			continue
		}
		in := bert.Incoming()
		if got := formats(in.Invite().Body()); got != c.offered {
			t.Errorf("%+v: offered %q", c, got)
		}
		said := strings.Replace(string(bert.SDP("sendrecv")), "0 8 101", c.offered, 1)
		in.Reply(200, []byte(said))
		ok := out.Expect(200)
		out.Ack(ok, nil)
		if got := formats(ok.Body()); got != c.answered {
			t.Errorf("%+v: answered %q", c, got)
		}
		out.Bye()
		in.TakeBye()
	}
}

// formats are those of the audio line.
func formats(sdp []byte) string {
	for line := range strings.Lines(string(sdp)) {
		if f := strings.Fields(line); len(f) > 3 && f[0] == "m=audio" {
			return strings.Join(f[3:], " ")
		}
	}
	return ""
}

// A fax between phones whose digits go by different ways: what it says reaches the other one as it is, as soon as its
// tone is heard.
func TestFaxPassesUntouched(t *testing.T) {
	anna, bert := unlike(t, "inband")
	out := anna.Call("102", only(anna, mediatest.PCMU, false))
	in := bert.Incoming()
	in.Reply(200, only(bert, mediatest.PCMU, true))
	ok := out.Expect(200)
	out.Ack(ok, nil)
	at := calltest.MediaAddr(t, ok.Body())
	anna.Media.Say(at, mediatest.Tone{Hz: 440, Type: mediatest.PCMU})
	bert.Hear(440)
	if n := bert.Media.Heard().Streams; n != 1 {
		t.Fatalf("%d streams before the fax", n)
	}
	anna.Media.Say(at, mediatest.Tone{Hz: 2100, Type: mediatest.PCMU})
	calltest.Eventually(t, "the caller's own stream arrives", func() bool { return bert.Media.Heard().Streams == 2 })
	bert.Hear(2100)
	out.Bye()
	in.TakeBye()
}

// In a call, too, a phone that refuses what the other one changes to is asked again with our codecs beside, once.
func TestChangeToACodecThatIsNotShared(t *testing.T) {
	_, anna, bert := two(t)
	out := anna.Call("102", only(anna, mediatest.PCMU, true))
	in := bert.Incoming()
	in.Reply(200, bert.SDP("sendrecv")) // which names both laws
	ok := out.Expect(200)
	out.Ack(ok, nil)
	change := func(last int, said []byte) (final *sip.Response, second []byte) {
		t.Helper()
		answers := out.Send(calltest.WithBody(out.Build(sip.INVITE), "application/sdp", only(anna, mediatest.PCMA, true)))
		req := in.Next(sip.INVITE)
		if bytes.Contains(req.Body(), []byte("G722")) {
			t.Errorf("more is offered than the other phone has:\n%s", req.Body())
		}
		in.ReplyTo(req, 488, nil)
		req = in.Next(sip.INVITE)
		in.ReplyTo(req, last, said)
		if final = out.Final(answers); final.StatusCode != last {
			t.Fatalf("got %d, want %d", final.StatusCode, last)
		}
		return final, req.Body()
	}
	change(488, nil) // nothing changed, and it is not asked for ever
	anna.Say(ok.Body(), 440)
	bert.Hear(440)
	final, second := change(200, only(bert, mediatest.PCMU, true))
	out.Ack(final, nil)
	if !bytes.Contains(second, []byte("PCMU/8000")) || bytes.Contains(final.Body(), []byte("PCMU")) {
		t.Errorf("offered\n%s\nanswered\n%s", second, final.Body())
	}
	anna.Media.Say(calltest.MediaAddr(t, final.Body()), mediatest.Tone{Hz: 600, Type: mediatest.PCMA})
	bert.Media.Say(calltest.MediaAddr(t, second), mediatest.Tone{Hz: 1000, Type: mediatest.PCMU})
	bert.Hear(600)
	anna.Hear(1000)
	if a, b := anna.Media.Heard(), bert.Media.Heard(); a.Type != mediatest.PCMA || b.Type != mediatest.PCMU {
		t.Errorf("heard types %d and %d", a.Type, b.Type)
	}
	out.Bye()
	in.TakeBye()
}
