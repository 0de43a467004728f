package registrar

import (
	"context"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"cradle/registrar/siptest"
)

// multicaster is a socket that speaks to the group over the loopback interface.
func multicaster(t *testing.T, from string) *net.UDPConn {
	t.Helper()
	c, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.MustParseAddrPort(from)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	raw, _ := c.SyscallConn()
	_ = raw.Control(func(fd uintptr) {
		err = unix.SetsockoptInet4Addr(int(fd), unix.IPPROTO_IP, unix.IP_MULTICAST_IF, [4]byte{127, 0, 0, 1})
		_ = unix.SetsockoptInt(int(fd), unix.IPPROTO_IP, unix.IP_MULTICAST_LOOP, 1)
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func hear(t *testing.T, c *net.UDPConn) *siptest.Msg {
	t.Helper()
	buf := make([]byte, 4096)
	_ = c.SetReadDeadline(time.Now().Add(5 * time.Second))
	n, from, err := c.ReadFromUDPAddrPort(buf)
	if err != nil {
		t.Fatal(err)
	}
	m, ok := siptest.ParseMsg(buf[:n])
	if !ok {
		t.Fatalf("%q", buf[:n])
	}
	m.From = from
	if m.Method != "" {
		_, _ = c.WriteToUDPAddrPort(m.Answer(200, "OK", "x").Bytes(), from)
	}
	return m
}

func pnpSubscribe(c *net.UDPConn, event, contact string) []byte {
	m := &siptest.Msg{Method: "SUBSCRIBE", URI: "sip:MAC%3A805ec0123456@224.0.1.75"}
	return m.Add("Via", "SIP/2.0/UDP "+c.LocalAddr().String()+";branch=z9hG4bK"+token()).Add("From", "<sip:MAC%3A805ec0123456@224.0.1.75>;tag=7").
		Add("To", "<sip:MAC%3A805ec0123456@224.0.1.75>").Add("Call-ID", token()).Add("CSeq", "1 SUBSCRIBE").Add("Contact", contact).
		Add("Event", event).Add("User-Agent", "Phone 1").Add("Accept", "application/url").Add("Expires", "0").Bytes()
}

func TestPlugAndPlay(t *testing.T) {
	h := newHouse(t, 0)
	got := make(chan EventRequest, 8)
	r := h.door("0.0.0.0:0", func(r *Registrar) {
		r.HandlePnP(func(_ context.Context, e EventRequest) EventAnswer {
			got <- e
			return EventAnswer{Status: 200, ContentType: "application/url", Body: []byte("http://x/p/")}
		})
	})
	free, err := net.ListenPacket("udp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	group := netip.AddrPortFrom(pnpGroup.Addr(), free.LocalAddr().(*net.UDPAddr).AddrPort().Port())
	_ = free.Close()
	if err := r.listenPnP(group, []string{"lo"}); err != nil {
		t.Fatal(err)
	}
	phone, other, stranger := multicaster(t, "127.0.0.9:0"), multicaster(t, "127.0.0.9:0"), multicaster(t, "127.1.0.1:0")
	event := `ua-profile;profile-type="device";vendor="V";model="M";version="1"`
	contact := "<sip:MAC%3A805ec0123456@" + other.LocalAddr().String() + ">"
	send := func(c *net.UDPConn, b []byte) {
		t.Helper()
		if _, err := c.WriteToUDPAddrPort(b, group); err != nil {
			t.Fatal(err)
		}
	}
	send(stranger, pnpSubscribe(stranger, event, contact)) // outside every site network: silence
	send(phone, pnpSubscribe(phone, "dialog", contact))    // another package: silence
	send(phone, []byte("INVITE sip:x SIP/2.0\r\n\r\n"))
	send(phone, pnpSubscribe(phone, strings.Replace(event, ";model", ";\r\n model", 1), contact)) // folded, as its length may suggest
	m := hear(t, phone)
	if m.Status != 200 || siptest.Param(m.Get("To"), "tag") == "" {
		t.Fatal(m.Raw)
	}
	e := <-got
	if e.Package != "ua-profile" || e.Params["model"] != "M" || e.User != "MAC:805ec0123456" || e.UserAgent != "Phone 1" || e.Local.IsUnspecified() || e.Local.IsMulticast() {
		t.Errorf("%+v", e)
	}
	for _, c := range []*net.UDPConn{phone, other} { // the source, and the Contact that differs from it
		n := hear(t, c)
		if n.Method != "NOTIFY" || string(n.Body) != "http://x/p/" || n.Get("Content-Type") != "application/url" || n.From.Port() != r.Addr().Port() ||
			n.From.Addr() != e.Local || siptest.Param(n.Get("From"), "tag") != siptest.Param(m.Get("To"), "tag") || siptest.Param(n.Get("To"), "tag") != "7" {
			t.Error(n.Raw)
		}
	}
	if len(got) != 0 {
		t.Error("a stranger was served")
	}
	_ = stranger.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
	if n, _, err := stranger.ReadFrom(make([]byte, 100)); err == nil {
		t.Error("a stranger was answered", n)
	}
}

func TestPnPTargets(t *testing.T) {
	h := newHouse(t, 0)
	r := &Registrar{dir: h.dir}
	src := netip.MustParseAddrPort("127.0.0.9:5060")
	for contact, want := range map[string]string{
		"sip:a@127.0.0.9":             "127.0.0.9:5060",
		"sip:a@127.0.0.9:5062":        "127.0.0.9:5062",
		"sip:a@127.0.0.9:5062;x":      "127.0.0.9:5062",
		"sip:a@198.51.100.1:5062":     "127.0.0.9:5060", // outside the sites: never dialled
		"sip:a@224.0.1.75:5062":       "127.0.0.9:5060",
		"sip:a@name.example:5062":     "127.0.0.9:5060",
		"sip:a@127.0.0.9:99999":       "127.0.0.9:5060",
		"":                            "127.0.0.9:5060",
		"sip:":                        "127.0.0.9:5060",
		"sip:a@127.0.0.9:0;transport": "127.0.0.9:5060",
	} {
		if got := r.pnpTargets(pnpRequest{source: src, e: EventRequest{Contact: contact}}); got[0].String() != want {
			t.Errorf("%q: %v, want %s", contact, got, want)
		}
	}
}

func FuzzEvent(f *testing.F) {
	f.Add(`ua-profile;profile-type="device";vendor="a;b";x`)
	f.Add(`;;=";`)
	f.Fuzz(func(t *testing.T, v string) {
		if _, p := parseEvent(v); len(p) > 32 {
			t.Fatal("unbounded")
		}
	})
}
