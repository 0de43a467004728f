package pnpdoor

import (
	"context"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"cradle/provisioning"
	"cradle/provisioning/door"
)

func gate(a netip.Addr) door.Budget {
	return door.Budget{Inside: netip.MustParsePrefix("127.0.0.0/9").Contains(a)}
}

func TestAnswersWithURL(t *testing.T) {
	var asked []provisioning.Request
	h := New(func(_ context.Context, r provisioning.Request) provisioning.Response {
		asked = append(asked, r)
		return provisioning.Response{Status: 200, URL: "http://127.0.0.1:8080/p/"}
	}, gate)
	source := netip.MustParseAddrPort("127.0.0.7:5060")
	for _, user := range []string{"MAC%3a0004131234AB", "MAC%3A0004131234ab", "MAC:0004131234ab", "mac=0004131234AB", "MAC: 00:04:13:12:34:ab"} {
		mapped := netip.AddrPortFrom(netip.AddrFrom16(source.Addr().As16()), source.Port()) // as a socket for both families has it
		got := h(t.Context(), Ask{User: user, Source: mapped, Local: netip.MustParseAddr("127.0.0.1"), UserAgent: "x\x00y",
			Params: map[string]string{"Vendor": `"acme"`, "model": "D7\r\nX", "profile-type": "device", "other": "z"}})
		want := Reply{Status: 200, ContentType: "application/url", Body: []byte("http://127.0.0.1:8080/p/"), State: "terminated;reason=timeout"}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", user, d)
		}
	}
	for _, r := range asked {
		if r.Door != provisioning.DoorPnP || r.Path != "MAC:0004131234ab" || r.UserAgent != "xy" || r.Source != source {
			t.Errorf("asked %+v", r)
		}
		if d := cmp.Diff(map[string]string{"vendor": "acme", "model": "D7X", "profile-type": "device"}, r.Event); d != "" {
			t.Error(d)
		}
	}
}

func TestSilence(t *testing.T) {
	asked, resp := 0, provisioning.Response{Status: 200, URL: "http://127.0.0.1/p/"}
	h := New(func(context.Context, provisioning.Request) provisioning.Response { asked++; return resp }, gate)
	site, stranger := netip.MustParseAddrPort("127.0.0.7:5060"), netip.MustParseAddrPort("127.200.0.1:5060")
	for _, a := range []Ask{
		{User: "MAC%3a0004131234ab", Source: stranger},
		{User: "0004131234ab", Source: site},
		{User: "MAC%3a0004131234a", Source: site},
		{User: "MAC%3a0004131234abc", Source: site},
		{User: "MAC%3a0004131234ag", Source: site},
		{User: "", Source: site},
		{User: "MAC=0004131234ab;" + strings.Repeat("x", 200), Source: site},
	} {
		if got := h(t.Context(), a); got.Status != 0 || got.Body != nil {
			t.Errorf("%+v: %+v", a, got)
		}
	}
	if asked != 0 {
		t.Errorf("%d questions were passed on", asked)
	}
	for _, r := range []provisioning.Response{{Status: 404}, {Status: 503, URL: "http://x/"}, {Status: 200}} {
		resp = r
		if got := h(t.Context(), Ask{User: "MAC=0004131234ab", Source: site}); got.Status != 0 {
			t.Errorf("%+v became %+v", r, got)
		}
	}
}

func FuzzAsk(f *testing.F) {
	f.Add("MAC%3a0004131234ab", "OEM", "snomD785-SIP 10.1")
	f.Add("MAC=0004131234AB", `"VOIP PHONE"`, "")
	f.Add("mac: 00-04-13-12-34-ab", "x\x00", "\xff\xfe")
	h := New(func(_ context.Context, r provisioning.Request) provisioning.Response {
		if mac, ok := strings.CutPrefix(r.Path, "MAC:"); !ok || len(mac) != 12 || strings.Trim(mac, "0123456789abcdef") != "" {
			panic("path " + r.Path)
		}
		return provisioning.Response{Status: 200, URL: "http://127.0.0.1/"}
	}, gate)
	f.Fuzz(func(t *testing.T, user, vendor, agent string) {
		got := h(context.Background(), Ask{User: user, Params: map[string]string{"vendor": vendor}, UserAgent: agent, Source: netip.MustParseAddrPort("127.0.0.7:1")})
		if got.Status != 0 && got.Status != 200 {
			t.Fatalf("%+v", got)
		}
	})
}
