package live

import (
	"net/netip"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/clientcert"
	"cradle/provisioning/dhcp"
	"cradle/provisioning/onboard"
)

// Onboarding is what provisioning knows of how phones come in: what they were
// refused for, what has to be seen, and how a site or a remote phone finds us.
type Onboarding interface {
	// WhyNot replays the last request of a phone; provisioning.ErrNeverAsked.
	WhyNot(id directory.ID) (provisioning.WhyNot, error)
	// Explain and ExplainFile say what a phone is told, and who said it; secrets are
	// masked unless they are asked for. provisioning.ErrNoFile: its model, or the
	// file, is not known.
	Explain(id directory.ID) (provisioning.Explained, error)
	ExplainFile(id directory.ID, name string, secrets bool) (provisioning.ExplainedFile, error)
	// Holds says whether phones can be told a setting of a layer by the vendor's own
	// name; provisioning.ErrByHand.
	Holds(scope directory.Scope, key, value string) error
	// JudgeSetting refuses what a document may not say in a layer; s is the
	// directory as the document makes it.
	JudgeSetting(s *directory.Snapshot, scope directory.Scope, key, value string) error
	// Strangers asked from sites' networks and are not recognised, the last first;
	// WatchStrangers tells of new ones.
	Strangers() []onboard.Stranger
	WatchStrangers() Feed[onboard.Stranger]
	// RemoteURL is the one-time address of a remote phone; empty: there is none,
	// as no door is open to the outside or nobody said under which name.
	RemoteURL(device directory.ID, token string) string
	// DHCP writes what a site's DHCP server has to be told; host is the address of
	// ours that its reader has come to.
	DHCP(site directory.ID, server dhcp.Server, host netip.Addr) (dhcp.Snippet, error)
	// OldTLS lists the phones that need the door for old ones, the last first.
	OldTLS() []provisioning.OldTLS
	// OverTFTP lists an organization's phones that get their secrets over TFTP, by MAC.
	OverTFTP(organization directory.ID) []provisioning.OverTFTP
	// AlarmList gives all alarms, the newest first; WatchAlarms tells new ones.
	AlarmList() []provisioning.Alarm
	WatchAlarms() Feed[provisioning.Alarm]
}

// Authorities are the certificate authorities of vendors; its errors are those
// of provisioning/clientcert.
type Authorities interface {
	Authorities() []clientcert.Authority
	Add(vendor string, text []byte) (clientcert.Authority, error)
	Remove(id string) error
}

// Issuer makes certificates of our own authority for phones, in PEM. PEM is the
// authority's own certificate, which is no secret.
type Issuer interface {
	PEM() []byte
	IssueDevice(mac string, rsa bool) (certificate, key []byte, err error)
}
