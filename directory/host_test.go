package directory

import (
	"strings"
	"testing"
)

func TestHosts(t *testing.T) {
	for _, s := range []string{"10.0.0.1", "fd00::1", "[fd00::1]", "pbx", "pbx.acme.example", "1and1.example", "a_b.example", strings.Repeat("a", 253)} {
		if !isHost(s) {
			t.Errorf("%q is refused", s)
		}
	}
	for _, s := range []string{"10.0.0.300", "10.1.1", "10.1.1.1.1", "12", "10.0.0.1:5060", "pbx:5060", "fd00::1::2", "[10.0.0.1]", "[fd00::1", "fe80::1%eth0", "pbx.", "..", "no host", "http://pbx", "a\nb", strings.Repeat("a", 254)} {
		if isHost(s) {
			t.Errorf("%q is taken", s)
		}
	}
}
