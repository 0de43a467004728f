package sdp

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
)

var thirty = base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 30))

func TestParseCrypto(t *testing.T) {
	key := bytes.Repeat([]byte{7}, 30)
	for v, want := range map[string]Crypto{
		"1 AES_CM_128_HMAC_SHA1_80 inline:" + thirty:                                            {1, "AES_CM_128_HMAC_SHA1_80", key, nil},
		"999999999 aes_cm_128_hmac_sha1_80 INLINE:" + thirty + "|2^31|1:4":                      {999999999, "AES_CM_128_HMAC_SHA1_80", key, []byte{0, 0, 0, 1}},
		"2 AES_CM_128_HMAC_SHA1_32 inline:" + thirty + "|1048576":                               {2, "AES_CM_128_HMAC_SHA1_32", key, nil},
		"2 AES_CM_128_HMAC_SHA1_32 inline:" + thirty + "|258:2 KDR=0 WSH=128 -UNKNOWN=1":        {2, "AES_CM_128_HMAC_SHA1_32", key, []byte{1, 2}},
		"3 F8_128_HMAC_SHA1_80 inline:" + strings.TrimRight(thirty, "="):                        {3, "F8_128_HMAC_SHA1_80", key, nil},
		"4 AEAD_AES_128_GCM inline:" + base64.StdEncoding.EncodeToString(key[:28]):              {4, "AEAD_AES_128_GCM", key[:28], nil},
		"5 AEAD_AES_128_GCM inline:" + base64.RawStdEncoding.EncodeToString(key[:28]) + "|2^48": {5, "AEAD_AES_128_GCM", key[:28], nil},
	} {
		got, err := ParseCrypto(v)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v %#v", v, err, got)
		}
	}
	suite := "1 AES_CM_128_HMAC_SHA1_80 inline:" + thirty
	for v, want := range map[string]error{
		"": ErrBad, "1 X": ErrBad, "0 X inline:" + thirty: ErrBad, "1000000000 X inline:" + thirty: ErrBad, "-1 X inline:" + thirty: ErrBad,
		"1 X inline:": ErrBad, "1 X inline:!!!!": ErrBad, "1 X other:" + thirty: ErrUnsupported, "1 X inline:" + thirty + ";inline:" + thirty: ErrUnsupported,
		suite + "|2^49": ErrBad, suite + "|0": ErrBad, suite + "|2^": ErrBad, suite + "|1:0": ErrBad, suite + "|1:129": ErrBad, suite + "|256:1": ErrBad,
		suite + "|x:1": ErrBad, suite + "|1:1|2^3": ErrBad, suite + "|2^3|1:1|x": ErrBad, suite + " WSH=1": ErrBad, suite + " KDR=1": ErrUnsupported,
		suite + " UNENCRYPTED_SRTP": ErrUnsupported, suite + " UNENCRYPTED_SRTCP": ErrUnsupported, suite + " UNAUTHENTICATED_SRTP": ErrUnsupported,
		suite + " FEC_KEY=inline:" + thirty: ErrUnsupported,
	} {
		if c, err := ParseCrypto(v); !errors.Is(err, want) || strings.Contains(fmt.Sprint(err), thirty) {
			t.Errorf("%q: %v %v", v, err, c)
		}
	}
	c, err := ParseCrypto(suite)
	if err != nil || strings.Contains(fmt.Sprintf("%v %+v %#v", c, c, c), thirty) {
		t.Errorf("a key is printed: %v %+v %#v", c, c, c)
	}
	if got := string(appendCrypto(nil, &c)); got != "a=crypto:"+suite+"\r\n" {
		t.Errorf("written as %q", got)
	}
}

func TestFingerprintAndSetup(t *testing.T) {
	const sum = "4A:AD:B9:B1:3F:82:18:3B:54:02:12:DF:3E:5D:49:6B:19:E5:7C:AB"
	f, err := ParseFingerprint("SHA-1 " + strings.ToLower(sum))
	if err != nil || f.String() != "sha-1 "+sum || len(f.Sum) != 20 {
		t.Errorf("%v %v", err, f)
	}
	for _, v := range []string{"", "sha-1", "sha-1 ", "sha-1 4", "sha-1 4A:", "sha-1 4A-AD", "sha-1 4A:AX", "sha-1 4AAD", "sha-1 4A:A:D", " " + sum, "x " + strings.Repeat("00:", 64) + "00"} {
		if f, err := ParseFingerprint(v); !errors.Is(err, ErrBad) {
			t.Errorf("%q: %v %v", v, err, f)
		}
	}
	d, err := Parse([]byte(head + "a=group:BUNDLE 0 1\r\na=fingerprint:sha-1 " + sum + "\r\na=setup:actpass\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\na=ice-lite\r\n" +
		"m=audio 4000 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=setup:Active\r\na=rtcp-mux\r\nm=audio 4002 RTP/SAVP 0\r\na=fingerprint:sha-1 " + sum + "\r\na=ice-ufrag:a b\r\na=ice-pwd:short\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	a, b := d.Media[0], d.Media[1]
	if len(a.Prints) != 1 || a.Setup != Active || a.ICE.User != "abcd" || !a.ICE.Lite || a.Mid != "0" || !a.Mux || len(d.Bundle) != 2 || !a.Secure() || a.Plain() {
		t.Errorf("%+v", a)
	}
	if len(b.Prints) != 2 || b.Setup != ActPass || b.ICE.User != "" || b.ICE.Password != "" || !b.Secure() {
		t.Errorf("%+v", b)
	}
}

func TestKeysAreBounded(t *testing.T) {
	body := head + "m=audio 4000 RTP/SAVP 0\r\n" + strings.Repeat("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:"+thirty+"\r\n", MaxKeys+1) + strings.Repeat("a=fingerprint:sha-1 00\r\n", MaxKeys+1)
	d, err := Parse([]byte(body))
	if err != nil || len(d.Media[0].Keys) != MaxKeys || len(d.Media[0].Prints) != MaxKeys {
		t.Errorf("%v: %d keys, %d fingerprints", err, len(d.Media[0].Keys), len(d.Media[0].Prints))
	}
}

// What a secure line is told is read back the same.
func TestSecureLineThereAndBack(t *testing.T) {
	d, err := Parse([]byte(head + "m=audio 4000 UDP/TLS/RTP/SAVPF 0\r\na=mid:x\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	key, _ := ParseCrypto("3 AES_CM_128_HMAC_SHA1_80 inline:" + thirty)
	seal, _ := ParseFingerprint("sha-256 AB:CD")
	body := Append(nil, here, d.Media, Line{Port: 20000, From: &d.Media[0], Mux: true, Bundled: true, Keys: []Crypto{key}, Prints: []Fingerprint{seal}, Setup: Passive,
		ICE: ICE{User: "abcd", Password: "0123456789012345678901"}})
	got, err := Parse(body)
	if err != nil {
		t.Fatal(err)
	}
	m := got.Media[0]
	if !reflect.DeepEqual(m.Keys, []Crypto{key}) || !reflect.DeepEqual(m.Prints, []Fingerprint{seal}) || m.Setup != Passive || !m.Mux || m.Mid != "x" ||
		m.ICE != (ICE{"abcd", "0123456789012345678901", true}) || len(got.Bundle) != 1 || got.Bundle[0] != "x" {
		t.Errorf("%+v\n%s", m, body)
	}
	if !bytes.Contains(body, []byte("a=candidate:1 1 UDP 2130706431 192.0.2.9 20000 typ host\r\n")) {
		t.Errorf("no candidate:\n%s", body)
	}
	judge(t, "secure", body, got)
}

func FuzzAttributes(f *testing.F) {
	f.Add("crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" + thirty + "|2^31|1:4 WSH=64")
	f.Add("fingerprint:sha-256 AB:CD")
	f.Add("setup:actpass")
	f.Add("ice-ufrag:abcd")
	f.Add("group:BUNDLE 0")
	f.Add("mid:0")
	f.Fuzz(func(t *testing.T, a string) {
		d, err := Parse([]byte(head + "a=" + a + "\r\nm=audio 4000 RTP/SAVP 0\r\na=" + a + "\r\n"))
		if err != nil || len(d.Media) != 1 {
			return
		}
		m := &d.Media[0]
		line := Line{Port: 20000, From: m, Mux: m.Mux, Keys: m.Keys, Prints: m.Prints, Setup: m.Setup, ICE: m.ICE}
		body := Append(nil, here, d.Media, line)
		again, err := Parse(body)
		if err != nil || len(again.Media) != 1 {
			t.Fatalf("%v\n%q", err, body)
		}
		n := &again.Media[0]
		if n.Setup != m.Setup || n.Mid != m.Mid || n.ICE.User != m.ICE.User || len(n.Keys) != len(m.Keys) || len(n.Prints) != len(m.Prints) {
			t.Fatalf("%+v came back as %+v\n%q", m, n, body)
		}
		if bytes.Count(body, []byte("\nm=")) != 1 {
			t.Fatalf("lines slipped in:\n%q", body)
		}
	})
}
