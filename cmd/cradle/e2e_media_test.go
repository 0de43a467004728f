//go:build e2e

package main

import (
	"strings"
	"testing"
	"time"
)

// officeWith says something of the two phones that strangers' programs play, and
// of the people who sit at them.
func officeWith(desks, people string) string {
	s := strings.ReplaceAll(officeFile, `line: "101"}`, `line: "101"`+desks+`}`)
	s = strings.ReplaceAll(s, `line: "102"}`, `line: "102"`+desks+`}`)
	return strings.ReplaceAll(s, `"4711"}`, `"4711"`+people+`}`)
}

// TestE2EBaresipMustEncrypt: two phones that must, over TLS; what each hears is
// recorded after decryption and judged.
func TestE2EBaresipMustEncrypt(t *testing.T) {
	encryptedCalls(t, officeWith(", sip: {srtp: required}", ""), "srtp-mand", "srtp-mand", "SDES ", "SDES ")
}

// TestE2EBaresipMustByChoiceAndPlain: a person who chose SDES, and a phone that
// knows nothing of it.
func TestE2EBaresipMustByChoiceAndPlain(t *testing.T) {
	encryptedCalls(t, officeWith("", ", sip: {media_encryption: sdes}"), "srtp-mand", "", "SDES ", "")
}

// encryptedCalls lets two baresips call each other over TLS, each with its way of
// encryption, and looks up in the records how their legs were encrypted.
func encryptedCalls(t *testing.T, office, one, two, wantOne, wantTwo string) {
	t.Helper()
	a := startAppliance(t, t.TempDir())
	a.Setup(office)
	before := a.Vitals()
	left := startBaresip(t, a, 15400, "tls", yealinkAccount(t, a).encrypted(one))
	right := startBaresip(t, a, 15450, "tls", snomAccount(t, a).encrypted(two))
	left.talk("sip:102@"+a.SIPS+";transport=tls", 3*time.Second)
	right.judge("what 102 heard")
	right.talk("sip:101@"+a.SIPS+";transport=tls", 3*time.Second)
	left.judge("what 101 heard")
	left.stop()
	right.stop()
	backAtBaseline(t, a, before)
	judgeEncryption(t, a, wantOne, wantTwo)
}

// judgeEncryption looks up how the legs of two calls were encrypted: the first from
// 101 to 102, the second back.
func judgeEncryption(t *testing.T, a *machine, wantOne, wantTwo string) {
	t.Helper()
	var records struct {
		Items []struct {
			Legs []struct{ Encryption string }
		}
	}
	a.API("GET", "/api/v1/callrecords", nil, &records)
	if len(records.Items) != 2 || len(records.Items[0].Legs) != 2 || len(records.Items[1].Legs) != 2 {
		t.Fatalf("records: %+v", records)
	}
	for i, want := range [][2]string{{wantTwo, wantOne}, {wantOne, wantTwo}} { // the newest first; the caller's leg first
		for j, leg := range records.Items[i].Legs {
			if !strings.HasPrefix(leg.Encryption, want[j]) || want[j] == "" && leg.Encryption != "" {
				t.Errorf("call %d, leg %d: encrypted %q, want %q", i, j, leg.Encryption, want[j])
			}
		}
	}
}

// TestE2EBaresipWithDTLS: by DTLS over UDP on one side, by SDES over TLS on the other.
func TestE2EBaresipWithDTLS(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeWith("", ", sip: {media_encryption: dtls}"))
	before := a.Vitals()
	left := startBaresip(t, a, 15500, "udp", yealinkAccount(t, a).encrypted("dtls_srtp"))
	right := startBaresip(t, a, 15550, "tls", snomAccount(t, a).encrypted("srtp"))
	left.talk("sip:102@"+a.SIP+";transport=udp", 3*time.Second)
	right.judge("what 102 heard")
	right.talk("sip:101@"+a.SIPS+";transport=tls", 3*time.Second)
	left.judge("what 101 heard by DTLS")
	left.stop()
	right.stop()
	backAtBaseline(t, a, before)
	judgeEncryption(t, a, "DTLS ", "SDES ")
}
