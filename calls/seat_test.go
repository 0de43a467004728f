package calls_test

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/calls/calltest"
	"cradle/directory"
)

// shared makes phone 0 one that others may use, gives 102 the secret code 135792, and adds a hot-desk phone, index 3.
func shared(t *testing.T, folder string) *calltest.Office {
	t.Helper()
	o := calltest.OpenOffice(t, folder, 3)
	if len(o.Devices) > 3 {
		return o
	}
	o.AddDevice(t, "")
	o.Update(t, func(tx *directory.Tx) error {
		host := *tx.Snapshot().Extension(o.Extensions[0].ID)
		host.Virtualization.Allow = true
		if err := tx.PutExtension(&host); err != nil {
			return err
		}
		if err := tx.SetPIN(o.Extensions[1].ID, "975310"); err != nil {
			return err
		}
		return tx.SetVirtualizationSecret(o.Extensions[1].ID, "135792")
	})
	return o
}

// dialCode calls a code and gives the answer, acknowledged.
func dialCode(p *calltest.Phone, code string, sdp []byte) (*calltest.Dialog, *sip.Response) {
	d := p.Call(code, sdp)
	ok := d.Expect(200)
	d.Ack(ok, nil)
	return d, ok
}

// rings makes sure that a call to a number rings at one phone and nowhere else.
func rings(t *testing.T, from *calltest.Phone, number string, at *calltest.Phone, silent ...*calltest.Phone) {
	t.Helper()
	out := from.Call(number, from.SDP("sendrecv"))
	in := at.Incoming()
	in.Reply(200, at.SDP("sendrecv"))
	out.Ack(out.Expect(200), nil)
	for _, p := range silent {
		p.Silent(10 * time.Millisecond)
	}
	out.Bye()
	in.TakeBye()
}

// hungUp waits for the end of a dialogue, which a key makes shorter.
func hungUp(t *testing.T, d *calltest.Dialog, key func()) {
	t.Helper()
	looks := 0
	calltest.Eventually(t, "it hangs up", func() bool {
		if looks++; looks%20 == 0 {
			key()
		}
		return d.Pending(sip.BYE)
	})
	d.TakeBye()
}

// plain is a description without telephone-event.
func plain(sdp []byte) []byte {
	sdp = bytes.Replace(sdp, []byte("RTP/AVP 0 8 101"), []byte("RTP/AVP 0"), 1)
	for _, line := range []string{"a=rtpmap:101 telephone-event/8000\r\n", "a=fmtp:101 0-16\r\n"} {
		sdp = bytes.Replace(sdp, []byte(line), nil, 1)
	}
	return sdp
}

// Digits come as events, by INFO in both forms, and in the sound. Each time 102 moves to the phone of 101 and back,
// and the right phone rings before, meanwhile and after.
func TestSitDownByCode(t *testing.T) {
	b := calltest.Start(t, shared(t, t.TempDir()), calltest.Settings{})
	anna, bert, carl := b.Phone(0, calltest.Options{}), b.Phone(1, calltest.Options{}), b.Phone(2, calltest.Options{})
	info := func(kind, form string) func(*calltest.Dialog, *sip.Response, string) {
		return func(d *calltest.Dialog, _ *sip.Response, keys string) {
			for _, key := range keys {
				if res := d.Request(sip.INFO, kind, fmt.Appendf(nil, form, key)); len(keys) > 1 && (res == nil || res.StatusCode != 200) {
					t.Errorf("INFO got %v", res)
				}
			}
		}
	}
	for _, c := range []struct {
		name  string
		sdp   []byte
		enter func(d *calltest.Dialog, ok *sip.Response, keys string)
		keys  string
	}{
		{"corrected", anna.SDP("sendrecv"), func(_ *calltest.Dialog, ok *sip.Response, keys string) {
			anna.Media.Press(calltest.MediaAddr(t, ok.Body()), keys)
		}, "99*135792#"},
		{"without the end sign", anna.SDP("sendrecv"), func(_ *calltest.Dialog, ok *sip.Response, keys string) {
			anna.Media.Press(calltest.MediaAddr(t, ok.Body()), keys)
		}, "135792"},
		{"INFO dtmf-relay", plain(anna.SDP("sendrecv")), info("application/dtmf-relay", "Signal=%c\r\nDuration=160\r\n"), "135792#"},
		{"in the sound", plain(anna.SDP("sendrecv")), func(_ *calltest.Dialog, ok *sip.Response, keys string) {
			anna.Media.Sing(calltest.MediaAddr(t, ok.Body()), keys)
		}, "135792#"},
	} {
		t.Run(c.name, func(t *testing.T) {
			rings(t, carl, "102", bert, anna)
			d, ok := dialCode(anna, "*30102%23", c.sdp)
			calltest.Eventually(t, "the question is heard", func() bool { return anna.Media.Heard().Packets > 5 })
			anna.Media.Forget()
			c.enter(d, ok, c.keys)
			calltest.Eventually(t, "102 is here", func() bool {
				g := b.Directory.Snapshot().Guest(b.Extensions[1].ID)
				return g != nil && g.Device == b.Devices[0].ID && g.How == directory.HowCode
			})
			rings(t, carl, "102", anna, bert) // also while the dialogue still speaks
			hungUp(t, d, func() { c.enter(d, ok, "#") })
			d, ok = dialCode(anna, "*30", anna.SDP("sendrecv"))
			hungUp(t, d, func() { anna.Media.Press(calltest.MediaAddr(t, ok.Body()), "#") })
			rings(t, carl, "102", bert, anna)
		})
	}
}

func TestHotDeskByCode(t *testing.T) {
	b := calltest.Start(t, shared(t, t.TempDir()), calltest.Settings{})
	desk, bert, carl := b.Phone(3, calltest.Options{}), b.Phone(1, calltest.Options{}), b.Phone(2, calltest.Options{})
	d := desk.Call("*30102", nil) // an INVITE without an offer: the answer is in the ACK
	ok := d.Expect(200)
	d.Ack(ok, desk.SDP("sendrecv"))
	calltest.Eventually(t, "the question is heard", func() bool { return desk.Media.Heard().Packets > 5 })
	to := calltest.MediaAddr(t, ok.Body())
	desk.Media.Press(to, "111111#")
	desk.Media.Forget()
	calltest.Eventually(t, "the question is heard again", func() bool { return desk.Media.Heard().Packets > 20 })
	desk.Media.Press(to, "975310#")
	d.TakeBye()
	rings(t, carl, "102", desk, bert)
	if calls := b.Exchange.Calls(); len(calls) > 1 {
		t.Errorf("%d calls are up", len(calls))
	}
}

// While a dialogue goes on its caller holds and resumes, hangs up, or the exchange closes; nothing is left.
func TestDialogueIsCutShort(t *testing.T) {
	folder := t.TempDir()
	b := calltest.Start(t, shared(t, folder), calltest.Settings{})
	anna := b.Phone(0, calltest.Options{})
	d, _ := dialCode(anna, "*30102", anna.SDP("sendrecv"))
	calltest.Eventually(t, "the question is heard", func() bool { return anna.Media.Heard().Packets > 0 })
	for _, direction := range []string{"sendonly", "sendrecv"} {
		res := d.Request(sip.INVITE, "application/sdp", anna.SDP(direction))
		if res == nil || res.StatusCode != 200 {
			t.Fatalf("%s: %v", direction, res)
		}
		d.Ack(res, nil)
		want := map[string]string{"sendonly": "a=recvonly", "sendrecv": "a=sendrecv"}[direction]
		if !bytes.Contains(res.Body(), []byte(want)) {
			t.Errorf("%s answered with %s", direction, res.Body())
		}
	}
	anna.Media.Forget()
	calltest.Eventually(t, "it speaks again", func() bool { return anna.Media.Heard().Packets > 0 })
	d.Bye()
	calltest.Eventually(t, "the call is over", func() bool { return len(b.Exchange.Calls()) == 0 })
	if b.Exchange.Busy(b.Devices[0].ID) {
		t.Error("the phone is still busy")
	}
	dialCode(anna, "*30102", anna.SDP("sendrecv"))
	b.Close()
	if g := b.Directory.Snapshot().Guest(b.Extensions[1].ID); g != nil {
		t.Errorf("somebody moved: %+v", g)
	}
}

// A code's call is on record as answered, and no digit is anywhere in it or in the audit.
func TestNoDigitIsKept(t *testing.T) {
	folder := t.TempDir()
	b := calltest.Start(t, shared(t, folder), calltest.Settings{})
	anna := b.Phone(0, calltest.Options{})
	d, ok := dialCode(anna, "*30102", anna.SDP("sendrecv"))
	anna.Media.Press(calltest.MediaAddr(t, ok.Body()), "135792#")
	d.TakeBye()
	b.Close()
	records, _, err := b.Exchange.Records(t.Context(), b.Organization.ID, "", 10)
	if err != nil || len(records) != 1 || records[0].Status != 200 || records[0].Answered.IsZero() || records[0].EndedBy != "system" {
		t.Errorf("%v: %+v", err, records)
	}
	files, err := os.ReadDir(folder)
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	for _, f := range files {
		if text, err := os.ReadFile(folder + "/" + f.Name()); err == nil && bytes.Contains(text, []byte("135792")) {
			t.Errorf("%s holds the digits", f.Name())
		}
	}
}

// A code's call for which there is no codec of ours is refused, and one that offers none too many times ends.
func TestCodeNeedsACodec(t *testing.T) {
	b := calltest.Start(t, shared(t, t.TempDir()), calltest.Settings{})
	anna := b.Phone(0, calltest.Options{})
	opus := bytes.Replace(anna.SDP("sendrecv"), []byte("RTP/AVP 0 8 101"), []byte("RTP/AVP 96 101"), 1)
	opus = append(opus, "a=rtpmap:96 opus/48000/2\r\n"...)
	anna.Call("*30", opus).Expect(488)
	calltest.Eventually(t, "the call is over", func() bool { return len(b.Exchange.Calls()) == 0 })
}

// A call that rings goes on ringing where it rang when the person moves; the next one
// rings where the person sits.
func TestAMoveTouchesNoCallThatRings(t *testing.T) {
	b := calltest.Start(t, shared(t, t.TempDir()), calltest.Settings{})
	anna, bert, carl := b.Phone(0, calltest.Options{}), b.Phone(1, calltest.Options{}), b.Phone(2, calltest.Options{})
	out := carl.Call("102", carl.SDP("sendrecv"))
	in := bert.Incoming()
	in.Reply(180, nil)
	out.Expect(180)
	b.Update(t, func(tx *directory.Tx) error {
		_, err := tx.Sit(directory.SitRequest{Extension: b.Extensions[1].ID, At: b.Devices[0].At(1), How: directory.HowCode})
		return err
	})
	anna.Silent(20 * time.Millisecond)
	in.Reply(200, bert.SDP("sendrecv"))
	out.Ack(out.Expect(200), nil)
	out.Bye()
	in.TakeBye()
	rings(t, carl, "102", anna, bert)
}
