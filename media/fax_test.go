package media

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"
)

// faxSays is an offer or answer of T.38, with the audio line switched off before it where that is asked for.
func faxSays(w *wire, audio bool) string {
	off := map[bool]string{true: "m=audio 0 RTP/AVP 0\r\n"}[audio]
	port := strings.Split(w.addr.String(), ":")[1]
	return "v=0\r\no=x 1 2 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n" + off + "m=image " + port + " udptl t38\r\n" +
		"a=T38FaxVersion:0\r\na=T38MaxBitRate:14400\r\na=T38FaxFillBitRemoval\r\na=T38FaxRateManagement:transferredTCF\r\na=T38FaxUdpEC:t38UDPRedundancy\r\n"
}

func udptl(seq uint16, text string) []byte {
	return append(binary.BigEndian.AppendUint16(nil, seq), append([]byte{byte(len(text))}, text...)...)
}

// A call that becomes a fax and sound again: packets of T.38 pass untouched both ways, a stranger's do not, and RTP is
// none of it.
func TestFaxIsRelayed(t *testing.T) {
	for _, audio := range []bool{false, true} {
		r := start(t, config())
		wa, wb, stranger := wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.2")
		a, b := pair(t, r, wa, wb, "")
		if _, err := b.Describe(a); err != nil {
			t.Fatal(err)
		}
		wa.send(at(a), packet(0, 1, 7))
		wb.expect(t, packet(0, 1, 7))
		mustSet(t, a, faxSays(wa, audio))
		told, err := b.Describe(a)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"m=image ", " udptl t38\r\n", "a=T38FaxVersion:0\r\n", "a=T38FaxFillBitRemoval\r\n", "a=T38FaxUdpEC:t38UDPRedundancy\r\n"} {
			if !strings.Contains(string(told), want) {
				t.Errorf("no %q in\n%s", want, told)
			}
		}
		if strings.Contains(string(told), "m=audio") {
			t.Errorf("the line did not change its kind:\n%s", told)
		}
		if err := b.SetAnswer([]byte(faxSays(wb, false))); err != nil {
			t.Fatal(err)
		}
		if told, err = a.Describe(b); err != nil || strings.Contains(string(told), "m=audio 0 ") != audio || !strings.Contains(string(told), "m=image ") {
			t.Fatalf("%v\n%s", err, told)
		}
		Bridge(a, b)
		settle(a)
		for i := range uint16(20) {
			wa.send(at(a), udptl(i, "a page, a page"))
			wb.expect(t, udptl(i, "a page, a page"))
			wb.send(at(b), udptl(i, "seen"))
			wa.expect(t, udptl(i, "seen"))
		}
		stranger.send(at(b), udptl(21, "a page of mine"))
		wb.send(at(b), []byte{1})
		until(t, "both are dropped", func() bool { d := b.Stats().Dropped; return d.Malformed == 1 })
		wa.nothing(t)
		if !a.Fax() || !b.Fax() {
			t.Error("it is not told that this is a fax")
		}
		mustSet(t, a, say(wa.addr)) // and back
		if told, err = b.Describe(a); err != nil || !strings.Contains(string(told), "RTP/AVP 0 8 101") || strings.Contains(string(told), "m=image ") {
			t.Fatalf("%v\n%s", err, told)
		}
		if err := b.SetAnswer([]byte(say(wb.addr))); err != nil {
			t.Fatal(err)
		}
		if _, err := a.Describe(b); err != nil {
			t.Fatal(err)
		}
		Bridge(a, b)
		settle(a)
		wb.send(at(b), packet(8, 1, 9))
		wa.expect(t, packet(8, 1, 9))
		wb.send(at(b), udptl(22, "no sound"))
		until(t, "UDPTL in a call of sound is dropped", func() bool { return b.Stats().Dropped.Malformed == 2 })
	}
}

// A party that must encrypt gets no fax, and gives none.
func TestFaxIsNotEncrypted(t *testing.T) {
	r := start(t, config())
	w := wireAt(t, "127.0.0.1")
	must := session(t, r, Party{Encryption: Encryption{Offer: SDES, Accept: SDES, Require: true}})
	if err := must.SetOffer([]byte(faxSays(w, false))); !errors.Is(err, ErrUnsupported) {
		t.Errorf("offered: %v", err)
	}
	plain := session(t, r, Party{})
	mustSet(t, plain, faxSays(w, false))
	if _, err := must.Describe(plain); !errors.Is(err, ErrUnsupported) {
		t.Errorf("told: %v", err)
	}
}

// A party that still has sound is sent no page: to it that is noise, and its port may belong to something else soon.
func TestFaxGoesToNoneThatHasSound(t *testing.T) {
	r := start(t, config())
	wa, wb := wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	a, b := pair(t, r, wa, wb, "")
	mustSet(t, a, faxSays(wa, true)) // b has not answered to it
	settle(a)
	wa.send(at(a), udptl(1, "a page"))
	until(t, "the page is dropped", func() bool { return a.Stats().Dropped.Nowhere == 1 })
	wb.nothing(t)
	if n := b.Stats().Sent.Packets; n != 0 {
		t.Errorf("%d packets went on", n)
	}
}
