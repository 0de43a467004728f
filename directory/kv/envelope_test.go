package kv

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

func TestEveryChangedByteIsFound(t *testing.T) {
	payload := []byte("who sits at which line of which phone")
	good := Seal("key", payload)
	if got, err := Unseal("key", good); err != nil || !bytes.Equal(got, payload) {
		t.Fatalf("%q %v", got, err)
	}
	for i := range good {
		for bit := range 8 {
			bad := bytes.Clone(good)
			bad[i] ^= 1 << bit
			if v, err := Unseal("key", bad); v != nil || !errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), `"key"`) {
				t.Fatalf("byte %d bit %d: %q %v", i, bit, v, err)
			}
		}
	}
	for n := range good {
		if _, err := Unseal("key", good[:n]); !errors.Is(err, ErrDamaged) {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
	if _, err := Unseal("other", good); !errors.Is(err, ErrDamaged) {
		t.Error("a value under another key is served")
	}
}

func FuzzUnseal(f *testing.F) {
	f.Add("key", Seal("key", []byte("value")))
	f.Add("", []byte{envelopeForm, 0, 0, 0, 0})
	f.Add("k", []byte{9})
	f.Fuzz(func(t *testing.T, key string, value []byte) {
		payload, err := Unseal(key, value)
		if (payload == nil) != (err != nil) {
			t.Fatalf("%q %v", payload, err)
		}
		if err == nil && !bytes.Equal(Seal(key, payload), value) {
			t.Fatal("sealed again it is another value")
		}
	})
}
