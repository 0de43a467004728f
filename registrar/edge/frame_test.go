package edge

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// What we write, a reader of frames reads back, at each border of the lengths.
func TestFramesComeBack(t *testing.T) {
	for _, n := range []int{0, 1, 125, 126, 127, 65535, 65536, 70000} {
		msg := bytes.Repeat([]byte("x"), n)
		if got, size := readWritten(appendFrame(nil, opText, msg)); !bytes.Equal(got, msg) || size == 0 {
			t.Errorf("%d bytes written come back as %d", n, len(got))
		}
		f, bad := readFrame(appendMasked(nil, msg), 1<<20)
		if bad != 0 || !f.fin || f.op != opText || !bytes.Equal(f.payload, msg) {
			t.Errorf("%d bytes masked come back as %d, %d", n, len(f.payload), bad)
		}
		for _, cut := range []int{1, 2, 5} {
			if b := appendMasked(nil, msg); len(b) > cut {
				if f, bad := readFrame(b[:len(b)-cut], 1<<20); bad != 0 || f.size != 0 {
					t.Errorf("%d bytes, %d missing: read as whole", n, cut)
				}
			}
		}
	}
	if got := appendMessage(nil, []byte("\xff")); got[0] != finBit|opBinary {
		t.Error("what is no text goes as text")
	}
	if got := appendMessage(nil, []byte("é")); got[0] != finBit|opText {
		t.Error("text goes as bytes")
	}
}

func FuzzFrames(f *testing.F) {
	f.Add(appendMasked(nil, []byte("hello")))
	f.Add([]byte{0x81, 0xff, 0, 0, 0, 0, 0, 1, 0, 0, 1, 2, 3, 4})
	f.Add([]byte{0x88, 0x80, 0, 0, 0, 0})
	f.Add([]byte("\xff\xff\x80\x00\xff\x7fhell"))
	f.Fuzz(func(t *testing.T, b []byte) {
		f, bad := readFrame(bytes.Clone(b), maxMessage)
		if f.size > len(b) || len(f.payload) > maxMessage || bad != 0 && f.size != 0 {
			t.Errorf("%+v %d", f, bad)
		}
		if p, size := readWritten(b); size > len(b) || len(p) > size {
			t.Errorf("%d of %d", size, len(b))
		}
	})
}

// appendMasked writes a frame as a client does.
func appendMasked(out, msg []byte) []byte {
	at := len(out)
	out = appendFrame(out, opText, nil)
	out = out[:at+1]
	switch n := len(msg); {
	case n < 126:
		out = append(out, maskBit|byte(n))
	case n < 1<<16:
		out = binary.BigEndian.AppendUint16(append(out, maskBit|126), uint16(n))
	default:
		out = binary.BigEndian.AppendUint64(append(out, maskBit|127), uint64(n))
	}
	out = append(out, 0, 0, 0, 0) // a mask that changes nothing
	return append(out, msg...)
}

// readWritten reads the first frame of a server: unmasked, and lawful.
func readWritten(b []byte) (payload []byte, size int) {
	if len(b) < 2 {
		return nil, 0
	}
	head, length := 2, int(b[1]&0x7f)
	switch {
	case length == 126 && len(b) >= 4:
		head, length = 4, int(binary.BigEndian.Uint16(b[2:]))
	case length == 127 && len(b) >= 10 && binary.BigEndian.Uint64(b[2:]) <= uint64(len(b)):
		head, length = 10, int(binary.BigEndian.Uint64(b[2:]))
	case length >= 126:
		return nil, 0
	}
	if len(b) < head+length {
		return nil, 0
	}
	return b[head : head+length], head + length
}
