// Package onboard holds how a phone earns its settings: the trust ladder, the
// adoption of unknown phones with its caps, and the counting of those who guess.
package onboard

import (
	"net/netip"
	"time"

	"cradle/directory"
	"cradle/provisioning/settings"
)

// Case is everything the ladder looks at for one request.
type Case struct {
	Device *directory.Device
	Now    time.Time
	Source netip.Addr
	// Inside: the source lies in the networks of the device's own site.
	Inside bool
	// Token: the request carried this device's own token.
	Token bool
	// Certificate: the connection showed a certificate that names this device's
	// MAC, from an authority that is known.
	Certificate bool
	// TFTP: the request came by TFTP; TFTPPolicy is the site's, OnlyTFTP the model's.
	TFTP       bool
	TFTPPolicy directory.TFTPPolicy
	OnlyTFTP   bool
	// FirstAsker: no other address has been given this phone's token.
	FirstAsker bool
	// Registered is the device's last registration, zero: never. First is when it
	// first registered after its approval, zero where that was not seen.
	Registered Registration
	First      time.Time
	// Window and Grace are limits (docs/limits.md).
	Window, Grace time.Duration
}

// Registration is when and from where a device last registered.
type Registration struct {
	Last   time.Time
	Source netip.Addr
	Live   bool
}

// Since reports whether a device has registered since its approval. Registrations
// are remembered by the second, so one of the same second counts.
func (r Registration) Since(approved time.Time) bool {
	return !r.Last.IsZero() && !r.Last.Before(approved.Truncate(time.Second))
}

// Grant is the ladder's word.
type Grant struct {
	Serve bool
	Mode  settings.Mode
	// Rule says in plain words which rule refused, or why it was served.
	Rule string
	// Alarm is what an administrator has to see; empty: nothing.
	Alarm Alarm
	// Conflict: somebody else claims this MAC.
	Conflict bool
	// Wipe: the phone is out of service and is to be emptied.
	Wipe bool
}

// Decide is the ladder. It knows nothing but the case.
func Decide(c Case) Grant {
	switch {
	case c.Device.Disabled:
		return Grant{Rule: "the device is disabled"}
	case !c.Device.Retired.IsZero():
		return retired(c)
	case c.TFTP && c.TFTPPolicy == directory.TFTPOff && !c.OnlyTFTP:
		return Grant{Rule: "the site serves nothing over TFTP"}
	}
	var g Grant
	switch c.Device.Step {
	case directory.StepSeen:
		g = unapproved(c, settings.Bootstrap)
	case directory.StepLobby:
		g = unapproved(c, settings.Lobby)
	case directory.StepApproved, directory.StepToken, directory.StepCertificate:
		g = approved(c)
	default:
		return Grant{Rule: "the device stands on no known step"}
	}
	if g.Serve && c.TFTP && !tftpInFull(c) {
		g.Mode = settings.Bootstrap
		g.Rule += "; over TFTP without secrets"
	}
	return g
}

// WipeFor is how long a phone that was taken out of service is told to empty itself.
const WipeFor = 24 * time.Hour

// retired empties the phone itself, and nobody else.
func retired(c Case) Grant {
	if (c.Token || c.Certificate) && c.Now.Before(c.Device.Retired.Add(WipeFor)) {
		return Grant{Serve: true, Mode: settings.Bootstrap, Wipe: true, Rule: "out of service: it is emptied"}
	}
	return Grant{Rule: "the phone is out of service"}
}

// tftpInFull: all settings of approved devices, to their site's networks.
func tftpInFull(c Case) bool {
	return c.Inside && InFullOverTFTP(c.Device, c.TFTPPolicy, c.OnlyTFTP)
}

// InFullOverTFTP reports whether a device gets all its settings over TFTP from its
// site's networks; the arguments are as in Case.
func InFullOverTFTP(d *directory.Device, policy directory.TFTPPolicy, onlyTFTP bool) bool {
	return !d.Disabled && d.Retired.IsZero() && d.Step.Approved() && (policy == directory.TFTPFull || onlyTFTP)
}

// unapproved serves the pair of MAC and first token, inside the site's networks.
func unapproved(c Case, mode settings.Mode) Grant {
	switch {
	case !c.Inside:
		return Grant{Rule: "not approved, and outside the networks of its site"}
	case c.Token:
		return Grant{Serve: true, Mode: mode, Rule: "its own token"}
	case c.Certificate: // whoever asked first, this is the phone
		return Grant{Serve: true, Mode: mode, Rule: "its certificate"}
	case c.FirstAsker:
		return Grant{Serve: true, Mode: mode, Rule: "the first who asked for this MAC"}
	default:
		return Grant{Rule: "another address asked for this MAC first", Conflict: true, Alarm: AlarmConflict}
	}
}

func approved(c Case) Grant {
	full := func(why string) Grant { return Grant{Serve: true, Mode: settings.Full, Rule: why} }
	registered := c.Device.Step == directory.StepToken || c.Device.Step == directory.StepCertificate || c.Registered.Since(c.Device.Approved)
	switch {
	case c.Token:
		return full("its own token")
	case c.Certificate:
		return full("its certificate")
	case !c.Inside:
		return Grant{Rule: "without its token, and outside the networks of its site"}
	case c.TFTP && tftpInFull(c):
		return full("TFTP in full for this site")
	case !registered && c.Now.Before(c.Device.Approved.Add(c.Window)):
		return full("approved and not registered yet")
	case !registered:
		return Grant{Rule: "without its token, and the window after approval is over", Alarm: AlarmToken}
	case !c.First.IsZero() && !c.Now.After(c.First.Add(c.Grace)):
		return full("registered just now")
	case c.Registered.Source.IsValid() && c.Registered.Source.Unmap() == c.Source.Unmap():
		return full("the address it registered from")
	default:
		return Grant{Rule: "without its token, after it had registered, from another address", Alarm: AlarmToken}
	}
}
