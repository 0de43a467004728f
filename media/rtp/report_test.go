package rtp

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/pion/rtcp"
)

// What is written is read by another implementation as it was meant.
func TestAppendReport(t *testing.T) {
	sent := &Sent{At: time.Unix(1_700_000_000, 250_000_000), Time: 160, Packets: 3, Octets: 480}
	heard := &Block{SSRC: 9, Fraction: 64, Lost: -1, Highest: 0x10002, Jitter: 7, Sent: 0xaabbccdd, Delay: 65536}
	name := &rtcp.SourceDescription{Chunks: []rtcp.SourceDescriptionChunk{{Source: 5, Items: []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: "abc"}}}}}
	block := []rtcp.ReceptionReport{{SSRC: 9, FractionLost: 64, TotalLost: 0xffffff, LastSequenceNumber: 0x10002, Jitter: 7, LastSenderReport: 0xaabbccdd, Delay: 65536}}
	sender := rtcp.SenderReport{SSRC: 5, NTPTime: (1_700_000_000+2_208_988_800)<<32 | 1<<30, RTPTime: 160, PacketCount: 3, OctetCount: 480}
	both := sender
	both.Reports = block
	for _, c := range []struct {
		what  string
		sent  *Sent
		heard *Block
		want  rtcp.Packet
	}{
		{"sent and heard", sent, heard, &both},
		{"sent", sent, nil, &sender},
		{"heard", nil, heard, &rtcp.ReceiverReport{SSRC: 5, Reports: block}},
		{"neither", nil, nil, &rtcp.ReceiverReport{SSRC: 5}},
	} {
		b := AppendReport(nil, 5, c.sent, c.heard, []byte("abc"))
		if !ValidRTCP(b) {
			t.Errorf("%s: not valid: %x", c.what, b)
		}
		got, err := rtcp.Unmarshal(b)
		if err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		for _, p := range got { // bytes nobody sent are no bytes at all
			switch p := p.(type) {
			case *rtcp.SenderReport:
				p.ProfileExtensions, p.Reports = nil, some(p.Reports)
			case *rtcp.ReceiverReport:
				p.ProfileExtensions, p.Reports = nil, some(p.Reports)
			}
		}
		if diff := cmp.Diff([]rtcp.Packet{c.want, name}, got); diff != "" {
			t.Errorf("%s: %s", c.what, diff)
		}
	}
	if sent.Middle() != uint32(sender.NTPTime>>16) {
		t.Errorf("middle %x", sent.Middle())
	}
	for n := range 256 { // whatever its length, a name ends on a whole word with a zero
		if b := AppendReport(nil, 5, nil, nil, make([]byte, n)); !ValidRTCP(b) || len(b) < 8+8+2+n+1 {
			t.Errorf("name of %d: %d bytes", n, len(b))
		}
	}
}

func some(l []rtcp.ReceptionReport) []rtcp.ReceptionReport {
	if len(l) == 0 {
		return nil
	}
	return l
}

// Each report tells of the time since the one before; the loss of the whole stream stays in it.
func TestReceiverReports(t *testing.T) {
	var r Receiver
	if b, ok := r.Report(); ok {
		t.Errorf("before anything: %+v", b)
	}
	for seq := range uint16(100) {
		if seq%4 != 1 {
			r.Packet(65500+seq, 160*uint32(seq), 7, 160*uint32(seq), true)
		}
	}
	if b, ok := r.Report(); !ok || b != (Block{SSRC: 7, Fraction: 64, Lost: 25, Highest: 1<<16 + 63}) {
		t.Errorf("a quarter is lost: %+v", b)
	}
	for seq := range uint16(50) {
		r.Packet(64+seq, 160*uint32(100+seq), 7, 160*uint32(100+seq), true)
	}
	if b, _ := r.Report(); b.Fraction != 0 || b.Lost != 25 || b.Highest != 1<<16+113 {
		t.Errorf("nothing since: %+v", b)
	}
	if b, _ := r.Report(); b.Fraction != 0 || b.Lost != 25 {
		t.Errorf("nobody spoke: %+v", b)
	}
	r.Packet(1, 0, 8, 0, true)
	r.Packet(3, 320, 8, 320, true)
	if b, _ := r.Report(); b != (Block{SSRC: 8, Fraction: 85, Lost: 1, Highest: 3}) {
		t.Errorf("another stream: %+v", b)
	}
}
