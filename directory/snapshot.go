package directory

import (
	"net/netip"
	"strings"
)

// Snapshot is the whole directory as of one revision. It never changes, so every
// hot path reads from it without a lock; the records it gives are shared: never
// write to them, copy first. All lookups are by key, none is a scan.
type Snapshot struct {
	revision uint64
	records  [tables]tree[ID, record]
	order    [tables]tree[string, ID] // organization/sort key/id
	uniq     [uniqueKinds]tree[string, ID]
	refs     tree[string, struct{}] // reverse references, see ref.key
	accounts accounts
	waiting  tree[ID, int] // devices of a site that nobody has approved
	settings tree[string, string]
	limits   map[string]int64
	networks *networks
	owners   int // owners that have a password
}

// Revision counts the updates that changed anything.
func (s *Snapshot) Revision() uint64 { return s.revision }

// SetUp tells whether the wizard has been done: there is an organization, and an
// owner with a password.
func (s *Snapshot) SetUp() bool { return s.owners > 0 && s.records[tOrganization].len() > 0 }

// lookup gives a record of a table as its own type, nil when it is absent.
func lookup[P record](s *Snapshot, t table, id ID) P {
	r, _ := s.records[t].get(id)
	p, _ := r.(P)
	return p
}

// Organization gives an organization, nil when it is absent; likewise below.
func (s *Snapshot) Organization(id ID) *Organization {
	return lookup[*Organization](s, tOrganization, id)
}

// Site gives a site.
func (s *Snapshot) Site(id ID) *Site { return lookup[*Site](s, tSite, id) }

// User gives a user.
func (s *Snapshot) User(id ID) *User { return lookup[*User](s, tUser, id) }

// Extension gives an extension.
func (s *Snapshot) Extension(id ID) *Extension { return lookup[*Extension](s, tExtension, id) }

// Number gives an E.164 number.
func (s *Snapshot) Number(id ID) *Number { return lookup[*Number](s, tNumber, id) }

// Device gives a phone.
func (s *Snapshot) Device(id ID) *Device { return lookup[*Device](s, tDevice, id) }

// Code gives a dialled code.
func (s *Snapshot) Code(id ID) *Code { return lookup[*Code](s, tCode, id) }

// SeatByID gives a guest's seat by its own ID. Seats at home have none.
func (s *Snapshot) SeatByID(id ID) *Seat { return lookup[*Seat](s, tSeat, id) }

// OrganizationByName finds an organization, in whatever letter case.
func (s *Snapshot) OrganizationByName(name string) *Organization {
	return s.Organization(s.uniq[uOrganizationName].value(strings.ToLower(name)))
}

// OrganizationByDomain finds an organization by its SIP domain.
func (s *Snapshot) OrganizationByDomain(domain string) *Organization {
	return s.Organization(s.uniq[uOrganizationDomain].value(strings.ToLower(domain)))
}

// SiteByName finds a site of an organization, in whatever letter case.
func (s *Snapshot) SiteByName(org ID, name string) *Site {
	return s.Site(s.uniq[uSiteName].value(siteNameKey(org, name)))
}

// UserByEmail finds a user by his log-in, in whatever letter case.
func (s *Snapshot) UserByEmail(email string) *User {
	return s.User(s.uniq[uEmail].value(emailKey(email)))
}

// ExtensionByNumber finds an extension of an organization by its short number.
func (s *Snapshot) ExtensionByNumber(org ID, number string) *Extension {
	return s.Extension(s.uniq[uExtension].value(string(org) + "/" + number))
}

// NumberByE164 finds a number, "+" and digits.
func (s *Snapshot) NumberByE164(number string) *Number {
	return s.Number(s.uniq[uE164].value(number))
}

// DeviceByMAC finds a phone by its hardware address.
func (s *Snapshot) DeviceByMAC(m MAC) *Device { return s.Device(s.uniq[uMAC].value(string(m))) }

// DeviceByPhoneID finds a phone of an organization by its Phone ID.
func (s *Snapshot) DeviceByPhoneID(org ID, id string) *Device {
	return s.Device(s.uniq[uPhoneID].value(string(org) + "/" + id))
}

// DeviceByToken finds the phone to which a tokenised URL belongs.
func (s *Snapshot) DeviceByToken(h TokenHash) *Device {
	if h == "" {
		return nil
	}
	return s.Device(s.uniq[uToken].value(string(h)))
}

// DeviceAt finds the phone at a fixed address that does not authenticate.
func (s *Snapshot) DeviceAt(a netip.Addr) *Device {
	if s.uniq[uOpenAddress].len() == 0 {
		return nil
	}
	return s.Device(s.uniq[uOpenAddress].value(a.Unmap().WithZone("").String()))
}

// DeviceByRemote finds the remote phone to which a one-time URL belongs; whether
// it is still open is RemoteUntil's to say.
func (s *Snapshot) DeviceByRemote(h TokenHash) *Device {
	if h == "" {
		return nil
	}
	return s.Device(s.uniq[uRemote].value(string(h)))
}

// CodeByDigits finds a dialled code of an organization.
func (s *Snapshot) CodeByDigits(org ID, digits string) *Code {
	return s.Code(s.uniq[uCode].value(string(org) + "/" + digits))
}

// Unapproved counts the devices of a site that are not approved yet; it bounds
// adoption.
func (s *Snapshot) Unapproved(site ID) int { return s.waiting.value(site) }
