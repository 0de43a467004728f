package sdp

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	pion "github.com/pion/sdp/v3"
)

var update = flag.Bool("update", false, "write the golden files anew")

var here = Local{ID: 1234, Version: 1, Addr: "192.0.2.9"}

// alone tells one stream, in line i.
func alone(layout []Media, i int) []Line {
	lines := make([]Line, i+1)
	lines[i] = Line{Port: 20000, From: &layout[i]}
	return lines
}

func rewrite(body []byte) ([]byte, *Description, error) {
	d, err := Parse(body)
	if err != nil {
		return nil, nil, err
	}
	i, err := d.Audio(Unencrypted)
	if err != nil {
		if i = d.FaxLine(); i < 0 {
			return nil, d, err
		}
	}
	return Append(nil, here, d.Media, alone(d.Media, i)...), d, nil
}

func files(t testing.TB) map[string][]byte {
	t.Helper()
	names, err := filepath.Glob("testdata/*.sdp")
	if err != nil || len(names) < 10 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	m := map[string][]byte{}
	for _, n := range names {
		if m[n], err = os.ReadFile(n); err != nil {
			t.Fatal(err)
		}
	}
	return m
}

// What phones of the field say, and what the other side is told in their place.
func TestGolden(t *testing.T) {
	for name, body := range files(t) {
		got, d, err := rewrite(body)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		golden := strings.TrimSuffix(name, ".sdp") + ".golden"
		if *update {
			if err := os.WriteFile(golden, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %v\ngot\n%s\nwant\n%s", name, err, got, want)
		}
		if bytes.Contains(got, []byte("0.0.0.0")) || bytes.Contains(got, []byte("crypto")) || bytes.Contains(got, []byte("rtcp-mux")) {
			t.Errorf("%s: passes on what it must not:\n%s", name, got)
		}
		judge(t, name, got, d)
	}
}

// judge has a stranger's parser read what was written.
func judge(t testing.TB, name string, got []byte, from *Description) {
	var p pion.SessionDescription
	if err := p.Unmarshal(got); err != nil {
		t.Errorf("%s: a stranger cannot read it: %v\n%s", name, err, got)
		return
	}
	if len(p.MediaDescriptions) != len(from.Media) || p.Origin.SessionID != here.ID || p.ConnectionInformation.Address.Address != here.Addr {
		t.Errorf("%s: a stranger reads %+v", name, p)
	}
	on := 0
	for _, m := range p.MediaDescriptions {
		if m.MediaName.Port.Value != 0 {
			on++
		}
	}
	if on != 1 {
		t.Errorf("%s: %d streams are on", name, on)
	}
}

func TestParse(t *testing.T) {
	d, err := Parse(files(t)["testdata/media-level-ipv6.sdp"])
	if err != nil {
		t.Fatal(err)
	}
	want := Media{Kind: "audio", Port: 30000, Proto: "RTP/AVP", Formats: []string{"0", "8"}, Codecs: []Codec{static[0], static[8]},
		Addr: netip.MustParseAddr("2001:db8::5"), Direction: RecvOnly}
	if !reflect.DeepEqual(d.Media[0], want) {
		t.Errorf("got  %+v\nwant %+v", d.Media[0], want)
	}
	d, err = Parse(files(t)["testdata/grandstream-offer.sdp"])
	if err != nil {
		t.Fatal(err)
	}
	m := d.Media[0]
	if m.RTCP != netip.MustParseAddrPort("192.168.10.41:5005") || m.Ptime != "20" || len(m.Codecs) != 6 ||
		m.Codecs[4] != (Codec{123, "opus", 48000, "2", "maxplaybackrate=48000; sprop-maxcapturerate=48000; stereo=0; useinbandfec=1"}) {
		t.Errorf("%+v", m)
	}
}

func TestLineEndsAndOrderAreForgiven(t *testing.T) {
	crlf := files(t)["testdata/yealink-offer.sdp"]
	want, _, err := rewrite(crlf)
	if err != nil {
		t.Fatal(err)
	}
	for name, body := range map[string][]byte{
		"LF only":        bytes.ReplaceAll(crlf, []byte("\r"), nil),
		"empty lines":    bytes.ReplaceAll(crlf, []byte("\r\n"), []byte("\r\n\r\n")),
		"no end of line": bytes.TrimRight(crlf, "\r\n"),
		"no s= and t=":   bytes.ReplaceAll(bytes.ReplaceAll(crlf, []byte("s=SDP data\r\n"), nil), []byte("t=0 0\r\n"), nil),
	} {
		if got, _, err := rewrite(body); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s: %v\n%s", name, err, got)
		}
	}
}

const head = "v=0\r\no=- 1 1 IN IP4 10.0.0.1\r\ns=-\r\nc=IN IP4 10.0.0.1\r\nt=0 0\r\n"

func TestHoldForms(t *testing.T) {
	for _, c := range []struct {
		addr, dir, told string
		hold            bool
	}{
		{"10.0.0.1", "", "sendrecv", false}, {"10.0.0.1", "sendonly", "sendonly", true}, {"10.0.0.1", "recvonly", "recvonly", false},
		{"10.0.0.1", "inactive", "inactive", true}, {"0.0.0.0", "", "sendonly", true}, {"0.0.0.0", "sendrecv", "sendonly", true},
		{"0.0.0.0", "sendonly", "sendonly", true}, {"0.0.0.0", "recvonly", "inactive", true}, {"0.0.0.0", "inactive", "inactive", true},
	} {
		body := strings.ReplaceAll(head, "10.0.0.1", c.addr) + "m=audio 4000 RTP/AVP 0\r\n"
		if c.dir != "" {
			body += "a=" + c.dir + "\r\n"
		}
		got, d, err := rewrite([]byte(body))
		if err != nil || !strings.HasSuffix(string(got), "a="+c.told+"\r\n") || d.Media[0].Hold() != c.hold || strings.Contains(string(got), "0.0.0.0") {
			t.Errorf("%+v: %v\n%s", c, err, got)
		}
	}
}

func TestUnsupported(t *testing.T) {
	for _, body := range []string{
		head, head + "m=video 4000 RTP/AVP 31\r\n", head + "m=audio 0 RTP/AVP 0\r\n", head + "m=audio 4000 RTP/SAVP 0\r\n",
		head + "m=audio 4000 RTP/SAVPF 0\r\n", head + "m=audio 4000 UDP/TLS/RTP/SAVPF 0\r\n", head + "m=audio 4000 RTP/AVP 96\r\n",
		head + "m=audio 4000 RTP/AVP 101 13\r\na=rtpmap:101 telephone-event/8000\r\n", head + "m=audio 4000 RTP/AVP 200 x\r\n",
		head + "m=audio 4000 RTP/AVP 0\r\na=rtpmap:0 PCMU/x\r\n", head + "m=audio 4000 udptl t38\r\n",
	} {
		if got, _, err := rewrite([]byte(body)); !errors.Is(err, ErrUnsupported) {
			t.Errorf("%q: %v\n%s", body, err, got)
		}
	}
}

func TestBad(t *testing.T) {
	for _, body := range []string{
		"", "\r\n\r\n", "hello", "o=- 1 1 IN IP4 1.2.3.4\r\n", "v=1\r\n", "v=0\r\nx\r\n", "v=0\r\nm=audio\r\n", "v=0\r\nm=audio x RTP/AVP 0\r\n",
		"v=0\r\nm=audio 65536 RTP/AVP 0\r\n", "v=0\r\nm=audio -1 RTP/AVP 0\r\n", "v=0\r\nc=IN IP4\r\n", "v=0\r\nc=ATM NSAP x\r\n",
		"v=0\r\ns=a\x00b\r\n", "v=0\r\ns=a\rb\r\n", head + "m=audio 4000 RTP/AVP 0\r\na=rtcp:\r\n", head + "m=audio 4000 RTP/AVP 0\r\na=rtcp:x\r\n",
	} {
		if _, err := Parse([]byte(body)); !errors.Is(err, ErrBad) {
			t.Errorf("%q: %v", body, err)
		}
	}
}

func TestLimits(t *testing.T) {
	lines := func(n int, l string) string { return head + strings.Repeat(l, n) }
	formats := func(n int) string { return head + "m=audio 4000 RTP/AVP" + strings.Repeat(" 0", n) + "\r\n" }
	pad := func(n int) string { return head + "s=" + strings.Repeat("x", n-len(head)-2) }
	for _, c := range []struct {
		what     string
		at, past string
	}{
		{"size", pad(MaxSize), pad(MaxSize + 1)},
		{"lines", lines(MaxLines-5, "b=x\r\n"), lines(MaxLines-4, "b=x\r\n")},
		{"media", lines(MaxMedia, "m=audio 0 RTP/AVP 0\r\n"), lines(MaxMedia+1, "m=audio 0 RTP/AVP 0\r\n")},
		{"formats", formats(MaxFormats), formats(MaxFormats + 1)},
	} {
		if _, err := Parse([]byte(c.at)); err != nil {
			t.Errorf("%s at the limit: %v", c.what, err)
		}
		if _, err := Parse([]byte(c.past)); !errors.Is(err, ErrBad) {
			t.Errorf("%s past the limit: %v", c.what, err)
		}
	}
}

// What a fax says of itself is kept up to a limit, and nowhere else.
func TestFaxLimits(t *testing.T) {
	fax := head + "m=image 4000 udptl t38\r\n"
	for _, c := range []struct {
		body string
		want int
	}{
		{fax + strings.Repeat("a=T38FaxVersion:0\r\n", MaxFax), MaxFax}, {fax + strings.Repeat("a=T38FaxVersion:0\r\n", MaxFax+1), MaxFax},
		{fax + "a=T38VendorInfo:" + strings.Repeat("1", 200-len("T38VendorInfo")) + "\r\n", 1}, {fax + "a=T38VendorInfo:" + strings.Repeat("1", 201-len("T38VendorInfo")) + "\r\n", 0},
		{fax + "a=sendrecv\r\na=t38x\r\n", 1}, {head + "m=audio 4000 RTP/AVP 0\r\na=T38FaxVersion:0\r\n", 0},
	} {
		d, err := Parse([]byte(c.body))
		if err != nil || len(d.Media[0].Fax) != c.want {
			t.Errorf("%d kept, want %d; %v", len(d.Media[0].Fax), c.want, err)
		}
	}
}

// An address that packets must never be sent to is not taken.
func TestAddressesNotTaken(t *testing.T) {
	for _, a := range []string{"IP4 224.0.1.1/127", "IP4 255.255.255.255", "IP6 ff02::1", "IP4 phone.example", "IP6 fe80::1%eth0"} {
		d, err := Parse([]byte("v=0\r\nc=IN " + a + "\r\nm=audio 4000 RTP/AVP 0\r\n"))
		if err != nil || d.Media[0].Addr.IsValid() || d.Media[0].Zero {
			t.Errorf("%s: %v %+v", a, err, d)
		}
	}
	d, err := Parse([]byte("v=0\r\nc=IN IP6 ::ffff:10.0.0.1\r\nm=audio 4000 RTP/AVP 0\r\n"))
	if err != nil || d.Media[0].Addr != netip.MustParseAddr("10.0.0.1") {
		t.Errorf("mapped address: %v %+v", err, d)
	}
}

// TestAddressesOfBothKinds: the descriptions in RFC 5118, sections 4.6, 4.8 and 4.9.
func TestAddressesOfBothKinds(t *testing.T) {
	const video = "m=video 6024 RTP/AVP 107\r\n"
	for want, body := range map[[2]string]string{
		{"2001:db8::20", "2001:db8::20"}: "o=assistant 971731711378798081 0 IN IP6 2001:db8::20\r\ns=Live video feed for today's meeting\r\nc=IN IP6 2001:db8::20\r\n" +
			"t=3338481189 3370017201\r\nm=audio 6000 RTP/AVP 2\r\na=rtpmap:2 G726-32/8000\r\n" + video,
		{"192.0.2.1", "2001:db8::1"}: "o=bob 280744730 28977631 IN IP4 host.example.com\r\ns=\r\nt=0 0\r\nm=audio 22334 RTP/AVP 0\r\nc=IN IP4 192.0.2.1\r\n" +
			video + "c=IN IP6 2001:db8::1\r\n",
		{"192.0.2.2", "192.0.2.2"}: "o=assistant 971731711378798081 0 IN IP6 ::ffff:192.0.2.2\r\ns=Call me soon, please!\r\nc=IN IP6 ::ffff:192.0.2.2\r\n" +
			"t=3338481189 3370017201\r\nm=audio 6000 RTP/AVP 2\r\na=rtpmap:2 G726-32/8000\r\n" + video,
	} {
		d, err := Parse([]byte("v=0\r\n" + body + "a=rtpmap:107 H263-1998/90000\r\n"))
		if err != nil || len(d.Media) != 2 {
			t.Fatalf("%v: %v %+v", want, err, d)
		}
		if got := [2]string{d.Media[0].Addr.String(), d.Media[1].Addr.String()}; got != want {
			t.Errorf("%v, want %v", got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, b := range files(f) {
		f.Add(b)
	}
	f.Add([]byte(head + "m=audio 4000 RTP/AVP 0\r\na=rtcp:5 IN IP4 1.2.3.4\r\na=rtpmap:0 x/8000/2\r\na=fmtp:0 a\r\na=maxptime:1.5\r\n"))
	f.Add([]byte(head + "m=audio 0 RTP/AVP 0\r\nm=image 4000 udptl t38\r\na=T38FaxVersion:0\r\na=T38FaxFillBitRemoval\r\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		got, d, err := rewrite(b)
		if err != nil {
			if !errors.Is(err, ErrBad) && !errors.Is(err, ErrUnsupported) {
				t.Fatalf("a foreign error: %v", err)
			}
			return
		}
		again, d2, err := rewrite(got)
		if err != nil || !bytes.Equal(got, again) || len(d2.Media) != len(d.Media) {
			t.Fatalf("what was written does not come back the same: %v\n%q\n%q", err, got, again)
		}
		if bytes.Count(got, []byte("\nc=")) != 1 || bytes.Count(got, []byte("\no=")) != 1 {
			t.Fatalf("lines slipped in:\n%q", got)
		}
	})
}

func BenchmarkRewrite(b *testing.B) {
	body := files(b)["testdata/yealink-offer.sdp"]
	dst := make([]byte, 0, 1024)
	b.ReportAllocs()
	b.SetBytes(int64(len(body)))
	for b.Loop() {
		d, err := Parse(body)
		if err != nil {
			b.Fatal(err)
		}
		i, err := d.Audio(Unencrypted)
		if err != nil {
			b.Fatal(err)
		}
		dst = Append(dst[:0], here, d.Media, alone(d.Media, i)...)
	}
}

func ExampleAppend() {
	d, err := Parse([]byte("v=0\no=x 1 1 IN IP4 10.0.0.5\ns=-\nc=IN IP4 10.0.0.5\nt=0 0\nm=audio 4000 RTP/AVP 0\nm=video 4002 RTP/AVP 31\n"))
	if err != nil {
		panic(err)
	}
	fmt.Print(strings.ReplaceAll(string(Append(nil, here, d.Media, alone(d.Media, 0)...)), "\r", ""))
	// Output:
	// v=0
	// o=- 1234 1 IN IP4 192.0.2.9
	// s=-
	// c=IN IP4 192.0.2.9
	// t=0 0
	// m=audio 20000 RTP/AVP 0
	// a=rtpmap:0 PCMU/8000
	// a=sendrecv
	// m=video 0 RTP/AVP 31
}
