package media

import (
	"net/netip"
	"strings"
	"testing"

	"cradle/media/secure"
)

func TestWhoCanMeet(t *testing.T) {
	r := start(t, config())
	from := netip.MustParseAddrPort("127.0.0.1:4000")
	for what, c := range map[string]struct {
		said     string
		from, to Party
		want     bool
	}{
		"plain":                                    {said: say(from), want: true},
		"on hold":                                  {said: say(from, "a=sendonly")},
		"on hold with address zero":                {said: say(netip.MustParseAddrPort("0.0.0.0:4000"))},
		"somewhere else than its signalling":       {said: say(netip.MustParseAddrPort("127.0.0.9:4000"))},
		"nothing said":                             {},
		"RTCP elsewhere":                           {said: say(from, "a=rtcp:4100")},
		"RTCP where it is as a rule":               {said: say(from, "a=rtcp:4001"), want: true},
		"has pictures as well":                     {said: say(from) + "m=video 4002 RTP/AVP 99\r\n"},
		"has no pictures":                          {said: say(from) + "m=video 0 RTP/AVP 99\r\n", want: true},
		"offers keys":                              {said: say(from, strings.TrimSuffix((&secured{key: secure.NewKey(secure.AEAD128)}).crypto(1), "\r\n")), from: Party{Encryption: Encryption{Accept: SDES}}},
		"the other one must be encrypted":          {said: say(from), to: Party{Encryption: Encryption{Offer: SDES, Require: true}}},
		"the other one may be offered keys":        {said: say(from), to: Party{Encryption: Encryption{Offer: SDES}}},
		"the other one may offer keys":             {said: say(from), to: Party{Encryption: Encryption{Accept: SDES}}, want: true},
		"codecs are chosen for it":                 {said: say(from), from: Party{Codecs: []string{"PCMA"}}},
		"codecs are chosen for the other one":      {said: say(from), to: Party{Codecs: []string{"PCMA"}}},
		"the other one is offered our codecs":      {said: say(from), to: Party{Wide: true}},
		"the other one has its digits another way": {said: say(from), to: Party{Digits: ByInfo}},
		"the other one is a browser":               {said: say(from), to: Party{Encryption: Encryption{ICE: true}}},
		"the other one has another address family": {said: say(from), to: Party{Local: netip.IPv6Loopback()}},
	} {
		t.Run(what, func(t *testing.T) {
			c.from.Signalled = lo
			a, b := session(t, r, c.from), session(t, r, c.to)
			if c.said != "" {
				mustSet(t, a, c.said)
			}
			if got := CanMeet(a, b); got != c.want {
				t.Errorf("%t", got)
			}
		})
	}
}

func TestAside(t *testing.T) {
	r := start(t, config())
	a, b := session(t, r, Party{Signalled: lo}), session(t, r, Party{})
	mustSet(t, a, say(netip.MustParseAddrPort("127.0.0.1:4000")))
	b.Aside(true)
	wantLines(t, "direct", body(t, b, a), "m=", "m=audio 4000 RTP/AVP 0 8 101")
	b.Aside(false)
	relayed := body(t, b, a)
	wantLines(t, "relayed", relayed, "m=", "m=audio "+port(b)+" RTP/AVP 0 8 101")
	if v := strings.Fields(lines(relayed, "o=")[0])[2]; v != "2" {
		t.Errorf("the version is %s", v)
	}
}
