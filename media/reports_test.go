package media

import (
	"testing"
	"time"

	"github.com/pion/rtcp"
)

// A's report goes to B, who answers it 50 ms later with 20 ms of them its own: the way to B and back is some 30 ms.
func TestRoundTripAndQuality(t *testing.T) {
	r := start(t, config())
	a, b := wireAt(t, "127.0.0.1"), wireAt(t, "127.0.0.1")
	sa, sb := pair(t, r, a, b, "")
	before := sb.Quality()
	if before != (Quality{}) {
		t.Errorf("before anything: %+v", before)
	}
	for i := range uint16(100) {
		if i%10 != 3 {
			b.send(at(sb), packet(0, i, 1))
		}
	}
	until(t, "packets", func() bool { return sb.Received() == 90 })
	report, err := (&rtcp.SenderReport{SSRC: 1, NTPTime: 0x1111222233334444}).Marshal()
	if err != nil {
		t.Fatal(err)
	}
	a.send(ctl(sa), report)
	until(t, "the report passes", func() bool { return sb.Stats().ControlOut.Packets == 1 })
	wait := time.NewTimer(50 * time.Millisecond)
	<-wait.C
	answer, err := rtcp.Marshal([]rtcp.Packet{
		&rtcp.ReceiverReport{SSRC: 2, Reports: []rtcp.ReceptionReport{{SSRC: 1, LastSenderReport: 0x22223333, Delay: 65536 / 50}}},
		&rtcp.ExtendedReport{SenderSSRC: 2, Reports: []rtcp.ReportBlock{&rtcp.VoIPMetricsReportBlock{SSRC: 1, LossRate: 64, RFactor: 60, MOSLQ: 31, MOSCQ: 30}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.send(ctl(sb), answer)
	until(t, "the answer passes", func() bool { return sa.Stats().ControlOut.Packets == 1 })
	q := sb.Quality()
	if q.RoundTrip < 29*time.Millisecond || q.RoundTrip > 2*time.Second {
		t.Errorf("round trip %v", q.RoundTrip)
	}
	if q.Lost != 10 || q.Received != 90 || q.Loss() != 0.1 || q.Codec != "PCMU" || q.Since(before) != q {
		t.Errorf("%+v", q)
	}
	if now := q.Since(q); now.MOS != 0 || now.Lost != 0 || now.Loss() != 0 {
		t.Errorf("nothing came since: %+v", now)
	}
	if q.MOS < 2.5 || q.MOS > 3.6 || q.PartyMOS != 3.1 || q.PartyLoss != 0.25 {
		t.Errorf("%+v", q)
	}
	if q := sa.Quality(); q.RoundTrip != 0 || q.PartyMOS != 0 {
		t.Errorf("the other leg: %+v", q)
	}
}
