package traffic

import (
	"errors"
	"maps"
	"strings"
	"testing"
)

func TestBencode(t *testing.T) {
	got := string(bencode([]byte("7 "), map[string]any{"sdp": "v=0\r\n", "command": "offer", "flags": []string{"a", "bc"}}))
	if want := "7 d7:command5:offer5:flagsl1:a2:bce3:sdp5:v=0\r\ne"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	m, err := bdecode([]byte("d1:ai7e1:bl1:xd1:yi-1eee6:result2:ok3:sdp0:e"))
	if want := map[string]string{"result": "ok", "sdp": ""}; err != nil || !maps.Equal(m, want) {
		t.Errorf("%v %v", m, err)
	}
	deep := func(n int) string { return "d1:a" + strings.Repeat("l", n) + strings.Repeat("e", n) + "e" }
	if _, err := bdecode([]byte(deep(deepest))); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", "e", "d", "de ", "d1:a", "d1:ae", "d2:a1:be", "d1:a9:be", "d1:ai7", "d1:al1:x", "d-1:a1:be", "d1:a70000:be", deep(deepest + 1)} {
		if m, err := bdecode([]byte(bad)); !errors.Is(err, errBencode) {
			t.Errorf("%q: %v %v", bad, m, err)
		}
	}
}

func FuzzBdecode(f *testing.F) {
	f.Add([]byte("d1:ai7e1:bl1:xd1:yi-1eee6:result2:oke"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := bdecode(b)
		if err != nil {
			return
		}
		all := map[string]any{}
		for k, v := range m {
			all[k] = v
		}
		again, err := bdecode(bencode(nil, all))
		if err != nil || !maps.Equal(again, m) {
			t.Errorf("%q: %v, then %v %v", b, m, again, err)
		}
	})
}
