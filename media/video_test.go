package media

import (
	"fmt"
	"net/netip"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"cradle/media/rtp"
	"cradle/media/secure"
)

// withPictures describes a party that has sound at one place and pictures at another; from the secured one's profile.
func withPictures(audio, video netip.AddrPort, on bool, crypto ...string) string {
	profile, port := "RTP/AVP", video.Port()
	if len(crypto) > 0 {
		profile = "RTP/SAVP"
	}
	if !on {
		port = 0
	}
	key := append(crypto, "", "")
	return fmt.Sprintf("v=0\r\no=x 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio %d %s 0 8\r\n%sm=video %d %s 97 98\r\na=rtpmap:97 H264/90000\r\n"+
		"a=fmtp:97 profile-level-id=42e01f;packetization-mode=1\r\na=rtpmap:98 VP8/90000\r\na=rtcp-fb:97 nack pli\r\n%s", audio.Port(), profile, key[0], port, profile, key[1])
}

var pictureLine = regexp.MustCompile(`(?m)^m=video (\d+) (\S+) (.*)\r$`)

// pictureAt is where a description wants pictures; port 0: nowhere.
func pictureAt(t testing.TB, told []byte) (to netip.AddrPort, profile, formats string) {
	t.Helper()
	m := pictureLine.FindStringSubmatch(string(told))
	if m == nil {
		return
	}
	port, _ := strconv.Atoi(m[1])
	return netip.AddrPortFrom(lo, uint16(port)), m[2], m[3]
}

func picture(seq uint16, size int) []byte {
	return rtp.Append(nil, rtp.Header{Type: 97, Seq: seq, Time: uint32(seq) * 3000, SSRC: 77}, make([]byte, size))
}

// Pictures pass untouched between two that have them, and so does what mends them; where one has none, the other is
// refused them and the call goes on.
func TestPicturesAreRelayed(t *testing.T) {
	for _, both := range []bool{true, false} {
		r := start(t, config())
		free := r.Stats().FreePairs
		wa, wb, va, vb := wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
		a := session(t, r, Party{Video: true})
		b := session(t, r, Party{Video: true, With: a})
		mustSet(t, a, withPictures(wa.addr, va.addr, true))
		told, err := b.Describe(a)
		if err != nil {
			t.Fatal(err)
		}
		toB, _, formats := pictureAt(t, told)
		if toB.Port() == 0 || formats != "97 98" || !strings.Contains(string(told), "a=fmtp:97 profile-level-id=42e01f;packetization-mode=1\r\n") || !strings.Contains(string(told), "a=rtcp-fb:97 nack pli\r\n") {
			t.Fatalf("offered\n%s", told)
		}
		if err := b.SetAnswer([]byte(withPictures(wb.addr, vb.addr, both))); err != nil {
			t.Fatal(err)
		}
		if told, err = a.Describe(b); err != nil {
			t.Fatal(err)
		}
		toA, _, _ := pictureAt(t, told)
		Bridge(a, b)
		settle(a)
		wa.send(at(a), packet(0, 1, 7))
		wb.expect(t, packet(0, 1, 7))
		if (toA.Port() != 0) != both {
			t.Fatalf("both have pictures: %v, told\n%s", both, told)
		}
		if both {
			for i := range uint16(50) {
				va.send(toA, picture(i, 1200))
				vb.expect(t, picture(i, 1200))
			}
			vb.send(toB, picture(9, 900))
			va.expect(t, picture(9, 900))
			pli := []byte{0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 77}
			vb.send(netip.AddrPortFrom(lo, toB.Port()+1), pli)
			if st := a.video.side; st == nil {
				t.Fatal("no ports for pictures")
			}
			until(t, "the request for a whole picture passes", func() bool { return a.video.side.Stats().ControlOut.Packets == 1 })
			// One switches its camera off, in a new offer of sound alone, and on again.
			for _, on := range []bool{false, true} {
				mustSet(t, a, withPictures(wa.addr, va.addr, on))
				if told, err = b.Describe(a); err != nil {
					t.Fatal(err)
				}
				if to, _, _ := pictureAt(t, told); (to.Port() != 0) != on {
					t.Errorf("on %v, told\n%s", on, told)
				}
				if err := b.SetAnswer([]byte(withPictures(wb.addr, vb.addr, on))); err != nil {
					t.Fatal(err)
				}
				if _, err := a.Describe(b); err != nil {
					t.Fatal(err)
				}
				Bridge(a, b)
			}
			settle(a)
			va.send(toA, picture(100, 1200))
			vb.expect(t, picture(100, 1200))
		}
		a.Close()
		b.Close()
		if st := r.Stats(); st.Sessions != 0 || st.FreePairs != free {
			t.Errorf("left behind: %+v, before %d pairs", st, free)
		}
	}
}

// A leg that encrypts its sound encrypts its pictures, by keys of their own.
func TestPicturesAreEncryptedLikeSound(t *testing.T) {
	r := start(t, config())
	wa, va, wb := wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	vb := securedAt(t, "127.0.0.1", secure.AEAD128)
	sound := securedAt(t, "127.0.0.1", secure.AEAD128)
	a := session(t, r, Party{Video: true})
	b := session(t, r, Party{Video: true, With: a, Encryption: Encryption{Offer: SDES, Accept: SDES, Require: true}})
	mustSet(t, a, withPictures(wa.addr, va.addr, true))
	told, err := b.Describe(a)
	if err != nil {
		t.Fatal(err)
	}
	toB, profile, _ := pictureAt(t, told)
	_, lines, _ := strings.Cut(string(told), "m=video")
	if profile != "RTP/SAVP" || !strings.Contains(lines, "a=crypto:") {
		t.Fatalf("offered\n%s", told)
	}
	vb.learn(t, strings.Split(lines, "\r\n"))
	tag := regexp.MustCompile(`a=crypto:(\d+) ` + vb.key.Suite().String()).FindStringSubmatch(lines)
	n, _ := strconv.Atoi(tag[1])
	if err := b.SetAnswer([]byte(withPictures(wb.addr, vb.addr, true, sound.crypto(n), vb.crypto(n)))); err != nil {
		t.Fatal(err)
	}
	if told, err = a.Describe(b); err != nil {
		t.Fatal(err)
	}
	toA, profile, _ := pictureAt(t, told)
	if profile != "RTP/AVP" {
		t.Errorf("the plain one is told\n%s", told)
	}
	Bridge(a, b)
	settle(a)
	va.send(toA, picture(1, 1000))
	vb.hears(t, picture(1, 1000))
	vb.speak(t, toB, picture(2, 1000))
	va.expect(t, picture(2, 1000))
	vb.send(toB, picture(3, 1000)) // in the open
	until(t, "a plain picture is dropped", func() bool { return b.video.side.Stats().Dropped.Forged == 1 })
	va.nothing(t)
}

// So does a leg that agrees on keys by DTLS: in a handshake for each.
func TestPicturesAreEncryptedByDTLS(t *testing.T) {
	r := start(t, config())
	wa, va := wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	sound, vb := associatedAt(t, "127.0.0.1"), associatedAt(t, "127.0.0.1")
	a := session(t, r, Party{Video: true})
	b := session(t, r, Party{Video: true, With: a, Encryption: byDTLS})
	mustSet(t, a, withPictures(wa.addr, va.addr, true))
	told, err := b.Describe(a)
	if err != nil {
		t.Fatal(err)
	}
	toB, profile, _ := pictureAt(t, told)
	if profile != "UDP/TLS/RTP/SAVP" {
		t.Fatalf("offered\n%s", told)
	}
	keys := func(p *associated) string { return "a=fingerprint:" + p.h.Print().String() + "\r\na=setup:active\r\n" }
	answer := strings.ReplaceAll(withPictures(sound.addr, vb.addr, true, keys(sound), keys(vb)), "RTP/SAVP", profile)
	if err := b.SetAnswer([]byte(answer)); err != nil {
		t.Fatal(err)
	}
	back, err := a.Describe(b)
	if err != nil {
		t.Fatal(err)
	}
	toA, profile, _ := pictureAt(t, back)
	if profile != "RTP/AVP" {
		t.Errorf("the plain one is told\n%s", back)
	}
	Bridge(a, b)
	_, lines, _ := strings.Cut(string(told), "m=video")
	sound.greet(t, at(b), true, strings.Split(string(told[:len(told)-len(lines)]), "\r\n"))
	vb.greet(t, toB, true, strings.Split(lines, "\r\n"))
	sound.both(t, b, a, wa, 1)
	vb.shaken(t)
	seq := uint16(0)
	until(t, "pictures of the encrypted one", func() bool { // keys may be on our side a moment later
		seq++
		vb.speak(t, toB, picture(seq, 1000))
		return va.next(20*time.Millisecond) != nil
	})
	va.send(toA, picture(2, 1000))
	vb.hears(t, picture(2, 1000))
	vb.send(toB, picture(3, 1000)) // in the open
	until(t, "a plain picture is dropped", func() bool { return b.video.side.Stats().Dropped.Forged == 1 })
}
