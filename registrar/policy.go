package registrar

import (
	"hash/maphash"
	"net/netip"
	"slices"
	"time"

	"cradle/directory"
)

// policy is what one snapshot says about the door, looked up once.
type policy struct {
	snap                   *directory.Snapshot
	realms                 []string // of all organizations; at least one
	minExpires, maxExpires int64    // seconds
	contacts               int
	nonceLife              time.Duration
	rate, burst            int64
	siteRate               int64
	ban                    time.Duration
	tcp, siteTCP           int
	sourceTCP              int
	sha256                 bool // offered to everybody
}

// settingSHA256 is the appliance's setting that offers SHA-256 beside MD5 in
// every challenge. It is off by default: two WWW-Authenticate headers upset
// some phones. SHA-256 is accepted either way.
const settingSHA256 = "sip_digest_sha256"

// rules gives the policy of the newest snapshot.
func (r *Registrar) rules() *policy {
	s := r.dir.Snapshot()
	if p := r.policy.Load(); p != nil && p.snap == s {
		return p
	}
	p := &policy{snap: s, minExpires: s.Limit("min_expires"), maxExpires: s.Limit("max_expires"), contacts: int(s.Limit("contacts_per_account")),
		nonceLife: time.Duration(s.Limit("nonce_minutes")) * time.Minute,
		rate:      s.Limit("sip_unauthenticated_per_second"), burst: s.Limit("sip_unauthenticated_burst"),
		siteRate: s.Limit("site_unauthenticated_per_second"), ban: time.Duration(s.Limit("ban_seconds")) * time.Second,
		tcp: int(s.Limit("tcp_connections")), siteTCP: int(s.Limit("site_connections")), sourceTCP: int(s.Limit("sip_connections_per_source"))}
	p.maxExpires = max(p.maxExpires, p.minExpires)
	for o := range s.Organizations() {
		p.realms = append(p.realms, o.Realm())
	}
	if len(p.realms) == 0 {
		p.realms = []string{(&directory.Organization{}).Realm()}
	}
	on, _ := s.Setting(directory.Scope{Kind: "appliance"}, settingSHA256)
	p.sha256 = slices.Contains([]string{"on", "true", "1", "yes"}, on)
	r.policy.Store(p)
	return p
}

// realm is what an account that does not exist has: that of the only
// organization, or of one chosen by the name in a way nobody can foresee, so
// that it looks like any account's.
func (p *policy) realm(seed maphash.Seed, user []byte) string {
	return p.realms[maphash.Bytes(seed, user)%uint64(len(p.realms))]
}

// admitConn bounds connections by source and in all; behind one address of a
// site there may be a whole office. Strangers never get the last quarter of all:
// many of them together must not keep the sites' phones out.
func (r *Registrar) admitConn(source netip.Addr, n, total int) bool {
	p := r.rules()
	if p.snap.SiteOf(source) != nil {
		return n < p.siteTCP && total < p.tcp
	}
	return n < p.sourceTCP && total < p.tcp-p.tcp/4
}
