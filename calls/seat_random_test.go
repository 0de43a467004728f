package calls_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/emiago/sipgo/sip"

	"cradle/calls/calltest"
	"cradle/directory"
)

// A random history of codes over SIP: each dialogue's BYE says what came of it, and
// 102 rings where she sits and nowhere else.
func TestCodesOverSIPInRandomOrder(t *testing.T) {
	b := calltest.Start(t, shared(t, t.TempDir()), calltest.Settings{})
	var phones []*calltest.Phone
	for i := range 4 {
		phones = append(phones, b.Phone(i, calltest.Options{}))
	}
	secrets := map[int]string{0: "135792", 3: "975310"} // of 102 at the shared phone and at the hot desk
	r := rand.New(rand.NewPCG(3, 3))                    //nolint:gosec // a history
	at, moves := 1, 0
	for step := range 10 {
		phone := []int{0, 1, 3}[r.IntN(3)]
		code, want, cause := "*30", at, "404"
		switch sits := r.IntN(3) > 0 && phone != 1; {
		case sits && at == phone:
			code, cause = "*30102", "200"
		case sits:
			code, want, cause = "*30102", phone, "200"
		case phone == at && at != 1, phone == 1 && at != 1:
			want, cause = 1, "200"
		}
		d, _ := dialCode(phones[phone], code, phones[phone].SDP("sendrecv"))
		keys := "#"
		if code == "*30102" && at != phone {
			keys = secrets[phone] + "#"
		}
		calltest.Eventually(t, "it speaks", func() bool { return phones[phone].Media.Heard().Packets > 0 })
		for _, key := range keys {
			d.Request(sip.INFO, "application/dtmf-relay", fmt.Appendf(nil, "Signal=%c\r\nDuration=100\r\n", key))
		}
		looks := 0
		calltest.Eventually(t, "it hangs up", func() bool {
			if looks++; looks%20 == 0 {
				d.Request(sip.INFO, "application/dtmf-relay", []byte("Signal=#\r\nDuration=100\r\n"))
			}
			return d.Pending(sip.BYE)
		})
		bye := d.TakeBye()
		if reason := bye.GetHeader("Reason"); reason == nil || len(reason.Value()) < 13 || reason.Value()[:13] != "SIP;cause="+cause {
			t.Errorf("step %d: %s at phone %d ends with %v, want %s", step, code, phone, reason, cause)
		}
		phones[phone].Media.Forget()
		if at != want {
			moves++
		}
		at = want
		caller := phones[2]
		silent := []*calltest.Phone{}
		for i, p := range phones {
			if i != at && i != 2 {
				silent = append(silent, p)
			}
		}
		rings(t, caller, "102", phones[at], silent...)
		phones[at].Media.Forget()
		for _, f := range b.Directory.Snapshot().SeatFaults() {
			t.Errorf("step %d: %s %s", step, f.Key, f.Fault)
		}
	}
	if moves < 3 {
		t.Errorf("she moved %d times: this history proves little", moves)
	}
	list, _, err := b.Directory.SeatHistory(b.Extensions[1].ID, "", 100)
	for _, e := range list {
		if e.What == directory.SeatRefused {
			t.Errorf("refused: %+v", e)
		}
	}
	if err != nil || len(list) == 0 {
		t.Errorf("no history: %v", err)
	}
}
