package directory

// Organization is a tenant. It owns sites, users, extensions, numbers, devices
// and codes; short numbers are unique inside it, everything else is invisible
// to other organizations.
type Organization struct {
	ID       ID
	Revision uint64
	Name     string
	// Domain is the SIP domain and the digest realm of its device accounts.
	Domain   string
	Language string // BCP 47, "en" when empty
	// NightlyRelease is the hour "HH:MM", in the time zone of each site, at
	// which guests go home; empty: never.
	NightlyRelease string
	// IdleRelease is the hours without a call after which a guest goes home; 0: never.
	IdleRelease int
}
