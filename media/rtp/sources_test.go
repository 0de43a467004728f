package rtp

import "testing"

// Whose a packet is, and whose packets it speaks of.
func TestSources(t *testing.T) {
	for _, c := range []struct {
		what   string
		packet []byte
		want   []uint32
	}{
		{"receiver report", append([]byte{0x81, 201, 0, 7, 0, 0, 0, 1, 0, 0, 0, 2}, make([]byte, 20)...), []uint32{1, 2}},
		{"sender report", append(append([]byte{0x81, 200, 0, 12, 0, 0, 0, 1}, make([]byte, 20)...), append([]byte{0, 0, 0, 3}, make([]byte, 20)...)...), []uint32{1, 3}},
		{"goodbye", []byte{0x82, 203, 0, 2, 0, 0, 0, 1, 0, 0, 0, 4}, []uint32{1, 4}},
		{"PLI", []byte{0x81, 206, 0, 2, 0, 0, 0, 1, 0, 0, 0, 5}, []uint32{1, 5}},
		{"FIR", []byte{0x84, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 6, 1, 0, 0, 0}, []uint32{1, 0, 6}},
		{"NACK", []byte{0x81, 205, 0, 3, 0, 0, 0, 1, 0, 0, 0, 7, 0, 9, 0, 0}, []uint32{1, 7}},
		{"TMMBR", []byte{0x83, 205, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 8, 1, 2, 3, 4}, []uint32{1, 0, 8}},
		{"REMB", []byte{0x8f, 206, 0, 6, 0, 0, 0, 1, 0, 0, 0, 0, 'R', 'E', 'M', 'B', 2, 1, 2, 3, 0, 0, 0, 9, 0, 0, 0, 10}, []uint32{1, 0, 9, 10}},
		{"REMB that says more than it has", []byte{0x8f, 206, 0, 5, 0, 0, 0, 1, 0, 0, 0, 0, 'R', 'E', 'M', 'B', 255, 1, 2, 3, 0, 0, 0, 9}, []uint32{1, 0, 9}},
		{"application", []byte{0x80, 204, 0, 2, 0, 0, 0, 1, 0, 0, 0, 9}, []uint32{1}},
		{"too short", []byte{0x80, 206, 0, 0}, nil},
	} {
		var got []uint32
		Sources(c.packet[1], int(c.packet[0]&0x1f), c.packet, func(ssrc uint32) { got = append(got, ssrc) })
		if len(got) != len(c.want) {
			t.Errorf("%s: %d, want %d", c.what, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: %d, want %d", c.what, got, c.want)
			}
		}
	}
}

func FuzzSources(f *testing.F) {
	f.Add([]byte{0x8f, 206, 0, 6, 0, 0, 0, 1, 0, 0, 0, 0, 'R', 'E', 'M', 'B', 2, 1, 2, 3, 0, 0, 0, 9, 0, 0, 0, 10})
	f.Add([]byte{0x84, 206, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 6, 1, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		if !ValidRTCP(b) {
			return
		}
		n := 0
		Walk(b, func(kind uint8, count int, p []byte) { Sources(kind, count, p, func(uint32) { n++ }) })
		if n > len(b)/4 {
			t.Errorf("%d sources in %d bytes", n, len(b))
		}
	})
}
