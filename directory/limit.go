package directory

import "fmt"

// LimitInfo describes one limit: its name in files and API, what it bounds, its
// default, and the range a record may set.
type LimitInfo struct {
	Name        string
	Default     int64
	Least, Most int64
	Meaning     string
}

// limitTable lists every limit (docs/limits.md).
var limitTable = []LimitInfo{
	{"adoption_per_minute", 30, 0, 100000, "new devices adopted a minute"},
	{"adoption_unapproved_per_site", 500, 0, 1000000, "devices of a site nobody has approved"},
	{"misses_per_source", 10, 1, 100000, "different unknown MACs from one source before it is ignored"},
	{"miss_window_minutes", 10, 1, 1440, "minutes in which misses are counted"},
	{"ban_minutes", 60, 1, 10080, "minutes a source with too many misses is ignored"},
	{"token_window_hours", 24, 1, 8760, "hours after approval in which a phone is served without its token"},
	{"token_grace_minutes", 10, 0, 1440, "minutes after its registration in which it still is"},
	{"tftp_transfers", 512, 1, 100000, "TFTP transfers at once"},
	{"tftp_transfers_per_source", 4, 1, 10000, "TFTP transfers of one source at once"},
	{"http_connections_per_source", 32, 1, 100000, "connections of one source on the phones' doors"},
	{"http_connections", 4000, 1, 100000, "connections on the phones' doors from outside the site networks, in all"},
	{"render_parallel", 64, 1, 10000, "settings rendered at once"},
	{"firmware_parallel", 20, 1, 10000, "phones that load a firmware at once"},
	{"sip_unauthenticated_per_second", 20, 1, 1000000, "unauthenticated SIP requests of one source a second"},
	{"sip_unauthenticated_burst", 60, 1, 1000000, "the same, in a burst"},
	{"site_unauthenticated_per_second", 50000, 1, 10000000, "unauthenticated SIP requests of one site's networks a second"},
	{"site_connections", 10000, 1, 1000000, "SIP connections of one site's networks"},
	{"ban_seconds", 300, 1, 86400, "seconds a source over its SIP budget is banned"},
	{"contacts_per_account", 10, 1, 1000, "bindings of one device account"},
	{"min_expires", 60, 1, 86400, "shortest registration, seconds"},
	{"max_expires", 3600, 60, 86400, "longest registration, seconds"},
	{"nonce_minutes", 5, 1, 1440, "minutes a nonce lives"},
	{"tcp_connections", 20000, 1, 1000000, "SIP connections in all"},
	{"sip_connections_per_source", 64, 1, 100000, "SIP connections of one source"},
	{"subscriptions", 50000, 1, 1000000, "subscriptions of phones in all"},
	{"subscriptions_per_account", 500, 1, 10000, "subscriptions of one device account"},
	{"notifies_at_once", 512, 1, 10000, "NOTIFYs to subscribers under way at once"},
	{"publications_per_account", 4, 1, 1000, "states that one device account publishes at once"},
	{"traces", 16, 1, 1000, "traces of phones and calls that run or can still be read"},
	{"calls", 2000, 1, 1000000, "calls at once"},
	{"calls_per_device", 8, 1, 1000, "calls of one phone at once"},
	{"ring_seconds", 30, 1, 600, "seconds a call rings before it ends with 480"},
	{"call_silence_minutes", 60, 1, 10080, "minutes in which neither phone sends media, after which both are asked whether they still are in the call"},
	{"emergency_per_device", 2, 1, 100, "emergency calls of one phone at once"},
	{"emergency_per_site", 20, 1, 10000, "emergency calls of one site at once"},
	{"login_attempts_per_minute", 10, 1, 10000, "log-ins tried by one user or source a minute"},
	{"session_hours", 12, 1, 8760, "hours a portal session lives"},
}

// Limits lists every limit with its default and range.
func Limits() []LimitInfo { return append([]LimitInfo(nil), limitTable...) }

func findLimit(name string) (LimitInfo, bool) {
	for _, l := range limitTable {
		if l.Name == name {
			return l, true
		}
	}
	return LimitInfo{}, false
}

// CheckLimit tells whether a limit of that name may have that value.
func CheckLimit(name string, v int64) error {
	l, ok := findLimit(name)
	if !ok {
		return invalid("limit %q is not known", name)
	}
	if v < l.Least || v > l.Most {
		return invalid("limit %s %d is not %d to %d", name, v, l.Least, l.Most)
	}
	return nil
}

// Limit gives a limit's record or, without one, its default. It panics on an
// unknown name, which is a programming fault.
func (s *Snapshot) Limit(name string) int64 {
	if v, ok := s.limits[name]; ok {
		return v
	}
	l, ok := findLimit(name)
	if !ok {
		panic(fmt.Sprintf("directory: no limit is named %q", name))
	}
	return l.Default
}

// LimitSet tells whether a limit has a record of its own.
func (s *Snapshot) LimitSet(name string) bool { _, ok := s.limits[name]; return ok }
