package onboard

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"cradle/directory"
)

var testLimits = MissLimits{Most: 10, Window: 10 * time.Minute, Ban: time.Hour}

func mac(n int) directory.MAC { return directory.MAC(fmt.Sprintf("0015%08x", n)) }

func TestTenMissesFromOutsideAreIgnoredForAnHour(t *testing.T) {
	m, now, addr := NewMisses(), time.Unix(1e9, 0), netip.MustParseAddr("203.0.113.9")
	for range 50 {
		m.Note(addr, mac(1), string(mac(1)), false, testLimits, now) // the same one again counts once
	}
	for i := range 9 {
		if alarm := m.Note(addr, mac(i), string(mac(i)), false, testLimits, now); len(alarm) > 0 || m.Banned(addr, now) {
			t.Fatalf("banned after %d", i+1)
		}
	}
	if alarm := m.Note(addr, mac(9), string(mac(9)), false, testLimits, now); !slices.Equal(alarm, []Alarm{AlarmIgnored}) || !m.Banned(addr, now) {
		t.Fatalf("not banned after 10: %q", alarm)
	}
	if m.Banned(netip.MustParseAddr("203.0.113.10"), now) {
		t.Error("the neighbour is banned too")
	}
	if !m.Banned(addr, now.Add(time.Hour-1)) || m.Banned(addr, now.Add(time.Hour)) || m.Banned(addr, now) {
		t.Error("the ban does not last an hour")
	}
}

func TestMissesFromInsideOnlyAlarm(t *testing.T) {
	m, now, addr := NewMisses(), time.Unix(1e9, 0), netip.MustParseAddr("10.0.0.9")
	alarms := 0
	for i := range 20 {
		alarms += len(m.Note(addr, mac(i), string(mac(i)), true, testLimits, now))
	}
	if alarms != 1 || m.Banned(addr, now) {
		t.Errorf("%d alarms, banned %v", alarms, m.Banned(addr, now))
	}
}

func TestMissesAreForgottenAfterTheWindow(t *testing.T) {
	m, now, addr := NewMisses(), time.Unix(1e9, 0), netip.MustParseAddr("203.0.113.9")
	for i := range 30 {
		m.Note(addr, mac(i), string(mac(i)), false, testLimits, now.Add(time.Duration(i)*3*time.Minute))
	}
	if m.Banned(addr, now.Add(90*time.Minute)) {
		t.Error("slow misses are banned")
	}
}

func TestIPv6CountsByNetwork(t *testing.T) {
	m, now := NewMisses(), time.Unix(1e9, 0)
	for i := range 10 {
		m.Note(netip.MustParseAddr(fmt.Sprintf("2001:db8::%x", i+1)), mac(i), string(mac(i)), false, testLimits, now)
	}
	if !m.Banned(netip.MustParseAddr("2001:db8::ffff"), now) || m.Banned(netip.MustParseAddr("2001:db8:0:1::1"), now) {
		t.Error("the ban is not of the /64")
	}
}

func TestSweepOverOnePrefixAlarms(t *testing.T) {
	m, now, swept := NewMisses(), time.Unix(1e9, 0), false
	for i := range 40 {
		addr := netip.AddrFrom4([4]byte{198, 51, 100, byte(i)}) // each from elsewhere
		swept = swept || slices.Contains(m.Note(addr, mac(i), string(mac(i)), false, testLimits, now), AlarmSweep)
	}
	if !swept {
		t.Error("no alarm")
	}
}

func TestMissesStayBounded(t *testing.T) {
	m, now := NewMisses(), time.Unix(1e9, 0)
	for i := range 3 * maxSources {
		addr := netip.AddrFrom4([4]byte{100, byte(i >> 16), byte(i >> 8), byte(i)})
		m.Note(addr, directory.MAC(fmt.Sprintf("%06x000000", i)), "x", false, testLimits, now)
	}
	if len(m.sources) > maxSources || len(m.prefixes) > maxPrefixes {
		t.Errorf("%d sources, %d prefixes", len(m.sources), len(m.prefixes))
	}
}
