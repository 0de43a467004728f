package rtp

import (
	"testing"

	"github.com/pion/rtcp"
)

// What another implementation writes is read as it was meant.
func TestReadReports(t *testing.T) {
	b, err := rtcp.Marshal([]rtcp.Packet{
		&rtcp.SenderReport{SSRC: 1, NTPTime: 0x1111222233334444, Reports: []rtcp.ReceptionReport{
			{SSRC: 2, FractionLost: 25, TotalLost: 0xfffffe, LastSequenceNumber: 0x1fffe, Jitter: 80, LastSenderReport: 0xaabbccdd, Delay: 65536}, {SSRC: 3}}},
		&rtcp.SourceDescription{Chunks: []rtcp.SourceDescriptionChunk{{Source: 1, Items: []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: "x"}}}}},
		&rtcp.ReceiverReport{SSRC: 4, Reports: []rtcp.ReceptionReport{{SSRC: 5, LastSenderReport: 7}}},
		&rtcp.ExtendedReport{SenderSSRC: 1, Reports: []rtcp.ReportBlock{
			&rtcp.ReceiverReferenceTimeReportBlock{NTPTimestamp: 1},
			&rtcp.VoIPMetricsReportBlock{SSRC: 9, LossRate: 3, DiscardRate: 4, RoundTripDelay: 120, EndSystemDelay: 60, RFactor: 88, MOSLQ: 42, MOSCQ: 41},
		}},
	})
	if err != nil || !ValidRTCP(b) {
		t.Fatal(err)
	}
	var sent uint32
	var blocks []Block
	var m Metrics
	Walk(b, func(kind uint8, count int, p []byte) {
		switch kind {
		case SenderReport:
			sent, _ = SentAt(p)
			Blocks(kind, count, p, func(b Block) { blocks = append(blocks, b) })
		case ReceiverReport:
			Blocks(kind, count, p, func(b Block) { blocks = append(blocks, b) })
		case ExtendedReport:
			m, _ = ReadMetrics(p)
		}
	})
	if sent != 0x22223333 || len(blocks) != 3 || blocks[0] != (Block{2, 25, -2, 0x1fffe, 80, 0xaabbccdd, 65536}) || blocks[2].Sent != 7 {
		t.Errorf("sent %x, blocks %+v", sent, blocks)
	}
	if m != (Metrics{SSRC: 9, Loss: 3, Discard: 4, RoundTrip: 120, EndDelay: 60, Rating: 88, Listen: 42, Converse: 41}) {
		t.Errorf("%+v", m)
	}
}

func FuzzReports(f *testing.F) {
	f.Add([]byte{0x81, 200, 0, 1, 0, 0, 0, 1})
	f.Add([]byte{0x80, 207, 0, 2, 0, 0, 0, 1, 7, 0, 0, 8})
	f.Fuzz(func(t *testing.T, b []byte) {
		Walk(b, func(kind uint8, count int, p []byte) {
			SentAt(p)
			n := 0
			Blocks(kind, count, p, func(Block) { n++ })
			if n > 31 {
				t.Errorf("%d blocks", n)
			}
			ReadMetrics(p)
		})
	})
}
