package sipmsg

import "testing"

func TestTransportOf(t *testing.T) {
	for name, want := range map[string]Transport{"udp": UDP, "UDP": UDP, "tcp": TCP, "TCP": TCP, "tls": TLS, "TLS": TLS, "": UDP, "tl": UDP, "tlss": UDP, "ws": WS, "WSS": WSS, "wsss": UDP} {
		if got := TransportOf(name); got != want {
			t.Errorf("%q is read as %s, want %s", name, got, want)
		}
	}
	for _, by := range []Transport{UDP, TCP, TLS, WS, WSS} {
		if TransportOf(by.String()) != by || by.Stream() != (by != UDP) {
			t.Errorf("%s does not come back", by)
		}
	}
}
