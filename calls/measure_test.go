package calls_test

import (
	"testing"
	"time"

	"cradle/calls"
	"cradle/calls/calltest"
	"cradle/directory"
	"cradle/media/quality"
)

// sounds tells whether a MOS is what follows from the loss: on a machine that has much
// to do packets of the test's own phone come late.
func sounds(mos, loss float64) bool {
	return mos <= quality.MOS(quality.Line{Codec: "PCMU"}) && mos >= quality.MOS(quality.Line{Codec: "PCMU", Loss: loss + 0.02, Burst: 8, Delay: 300 * time.Millisecond})
}

// A call shows how each party is heard while it is up, who is not heard, and what was the worst when it is over. What a
// phone says of it is taken while it lasts and after its end, once, and of its own leg only.
func TestHowACallIsHeard(t *testing.T) {
	b, anna, bert := two(t)
	out, in, ok := talk(t, anna, bert, "102")
	anna.Say(ok.Body(), 440)
	var up calls.Info
	calltest.Eventually(t, "the call shows how it is heard", func() bool {
		list := b.Exchange.Calls()
		if len(list) == 1 {
			up = list[0]
		}
		return up.Heard[0].MOS > 0 && up.Heard[1].Silent
	})
	h := up.Heard[0]
	if h.Device != b.Devices[0].ID || h.Codec != "PCMU" || !sounds(h.MOS, h.Loss()) || h.Silent || up.Heard[1].MOS != 0 {
		t.Errorf("%+v", up.Heard)
	}
	said := func(mos float64, final bool) quality.Report {
		return quality.Report{CallID: in.Invite().CallID().Value(), Final: final, Heard: quality.Heard{Codec: "PCMU", MOS: mos, Jitter: 3 * time.Millisecond}}
	}
	if !b.Exchange.Report(b.Devices[1].ID, said(3.5, false)) {
		t.Error("a report of a live call was not taken")
	}
	out.Bye()
	in.TakeBye()
	record := func(mos float64) (r directory.CallRecord) {
		calltest.Eventually(t, "the record says what the phone said", func() bool {
			records, _, _ := b.Exchange.Records(t.Context(), b.Organization.ID, "", 10)
			if len(records) != 1 || len(records[0].Legs) != 2 || records[0].Legs[1].Phone == nil {
				return false
			}
			r = records[0]
			return r.Legs[1].Phone.MOS == mos
		})
		return r
	}
	r := record(3.5)
	if l := r.Legs[0]; !sounds(l.MOS, float64(l.Lost+l.Late)/float64(l.Received)) || l.WorstMOS > l.MOS || l.WorstLoss > 0.5 || l.Silent || l.Phone != nil {
		t.Errorf("%+v", l)
	}
	if l := r.Legs[1]; l.MOS != 0 || !l.Silent || l.Phone.Jitter != 3 {
		t.Errorf("%+v", l)
	}
	b.Exchange.Report(b.Devices[0].ID, said(1, true)) // another phone
	if !b.Exchange.Report(b.Devices[1].ID, said(4.1, true)) {
		t.Error("the last word was not taken")
	}
	b.Exchange.Report(b.Devices[1].ID, said(2, true)) // a second last word
	record(4.1)
	if n := b.Exchange.Totals(); n.Legs[quality.ClassOf(r.Legs[0].MOS)] != 1 || n.Legs[quality.Unknown] != 1 || n.OneWay != 1 || n.Phones != 2 {
		t.Errorf("%+v", n)
	}
}
