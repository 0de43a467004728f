package settings

import (
	"strconv"
	"testing"
)

func TestPlaceTakesTheURLApart(t *testing.T) {
	for _, c := range []struct {
		url, address, host, path string
		port                     int
	}{
		{"http://192.0.2.1/p/~token/", "192.0.2.1/p/~token", "192.0.2.1", "p/~token", 80},
		{"https://pbx.example:8443/p/~token/", "pbx.example:8443/p/~token", "pbx.example", "p/~token", 8443},
		{"https://pbx.example/", "pbx.example", "pbx.example", "", 443},
		{"tftp://[2001:db8::1]/", "[2001:db8::1]", "[2001:db8::1]", "", 69},
		{"http://[2001:db8::1]:8080/p/", "[2001:db8::1]:8080/p", "[2001:db8::1]", "p", 8080},
	} {
		v := phoneShape.New()
		place(v, c.url)
		if a, h, p, n := v[atAddress].Text(), v[atURLHost].Text(), v[atURLPath].Text(), v[atURLPort].Text(); a != c.address || h != c.host || p != c.path || n != strconv.Itoa(c.port) {
			t.Errorf("%s is %q, %q, %q, %s", c.url, a, h, p, n)
		}
	}
}
