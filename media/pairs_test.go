package media

import (
	"fmt"
	"net/netip"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestServePairs is no test but a relay for an outside generator: with MEDIA_PAIRS=FILE it bridges MEDIA_CALLS calls
// (800), writes "address-of-A address-of-B" for each into FILE and relays until SIGTERM. The parties are on 127.0.0.1
// at any port. Its process shows what the relay costs beside a peer measured by the same generator.
func TestServePairs(t *testing.T) {
	file := os.Getenv("MEDIA_PAIRS")
	if file == "" {
		t.Skip("MEDIA_PAIRS is not set")
	}
	calls, err := strconv.Atoi(os.Getenv("MEDIA_CALLS"))
	if err != nil {
		calls = 800
	}
	cores, _ := strconv.Atoi(os.Getenv("MEDIA_CORES")) // 0 = the default
	r := start(t, Config{Ports: [2]int{10000, 39999}, Cores: cores})
	var b strings.Builder
	nobody := say(netip.AddrPortFrom(lo, 9))
	for range calls {
		a := session(t, r, Party{Signalled: lo})
		c := session(t, r, Party{Signalled: lo, With: a})
		mustSet(t, a, nobody)
		mustSet(t, c, nobody)
		Bridge(a, c)
		fmt.Fprintln(&b, at(a), at(c))
	}
	if err := os.WriteFile(file, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, syscall.SIGTERM)
	<-stop
	signal.Stop(stop)
	t.Logf("%+v", r.Stats())
}
