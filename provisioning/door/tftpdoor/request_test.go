package tftpdoor

import (
	"errors"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for in, want := range map[string]request{
		"\x00\x01a.cfg\x00octet\x00":                                            {file: "a.cfg", mode: "octet"},
		"\x00\x01a.cfg\x00OcTeT\x00BLKSIZE\x001428\x00TSize\x000\x00":           {file: "a.cfg", mode: "octet", block: 1428, size: true},
		"\x00\x01a\x00netASCII\x00blksize\x0065464\x00timeout\x003\x00":         {file: "a", mode: "netascii", block: 1428},
		"\x00\x01a\x00octet\x00blksize\x00512":                                  {file: "a", mode: "octet", block: 512},
		"\x00\x01a\x00octet\x00blksize\x008\x00":                                {file: "a", mode: "octet"},
		"\x00\x01a\x00octet\x00blksize\x00-1\x00blksize\x00x\x00blksize\x00600": {file: "a", mode: "octet", block: 600},
		"\x00\x01a\x00octet\x00odd":                                             {file: "a", mode: "octet"},
		"\x00\x01a b/C.cfg\x00octet":                                            {file: "a b/C.cfg", mode: "octet"},
	} {
		if got, err := parse([]byte(in)); err != nil || got != want {
			t.Errorf("%q: %+v, %v; want %+v", in, got, err, want)
		}
	}
	long := "\x00\x01" + strings.Repeat("a", 504) + "\x00octet"
	for in, want := range map[string]error{
		"": errBad, "\x00\x01": errBad, "\x00\x01\x00\x00": errBad, "\x00\x01a": errBad, "\x00\x01abc": errBad, "\x00\x01\x00octet\x00": errBad,
		"\x00\x01a\nb\x00octet\x00": errBad, "\x00\x02a\x00octet\x00": errWrite, "\x00\x03\x00\x01data": errBad, "\x00\x04\x00\x01": errBad,
		"\x00\x01a\x00mail\x00": errMode, "\x00\x01a\x00\x00": errMode, "\x01\x01a\x00octet": errBad, long + "\x00": errBad,
	} {
		if got, err := parse([]byte(in)); !errors.Is(err, want) {
			t.Errorf("%q: %+v, %v; want %v", in, got, err, want)
		}
	}
	if _, err := parse([]byte(long)); err != nil {
		t.Errorf("a request of exactly %d bytes: %v", len(long), err)
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"\x00\x01a.cfg\x00octet\x00", "\x00\x01a.cfg\x00OcTeT\x00BLKSIZE\x001428\x00TSize\x000\x00", "\x00\x02a\x00octet\x00",
		"\x00\x01a\x00netascii\x00blksize\x0099999999999999999999\x00", "\x00\x01/p/~abc/00041312345A.cfg\x00octet\x00windowsize\x0016\x00",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, p []byte) {
		r, err := parse(p)
		if err != nil {
			return
		}
		clean := r.bytes()
		if len(clean) > 516 {
			t.Fatalf("clean request of %d bytes is longer than the library reads", len(clean))
		}
		if r.block != 0 && (r.block < minBlock || r.block > maxBlock) {
			t.Fatalf("block size %d", r.block)
		}
		if len(clean) > maxRequest {
			return
		}
		if back, err := parse(clean); err != nil || back != r {
			t.Fatalf("%q became %+v, again %+v, %v", p, r, back, err)
		}
	})
}
