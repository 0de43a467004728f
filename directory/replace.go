package directory

import (
	"cmp"
	"fmt"
	"time"
)

// Replace gives a phone's place to another one: its record, with seat, name,
// settings and role, goes on under the new MAC. What the old phone knew is
// worthless from then on: accounts, passwords, Phone ID and token are new, and
// the new phone has a window of its own to fetch them. Where the new phone is
// known already it must not be approved (ErrTaken); its record ends. An empty
// model keeps the old one's. ErrRetired: one of the two is out of service.
func (tx *Tx) Replace(id ID, mac MAC, model string) error {
	s := tx.Snapshot()
	old := s.Device(id)
	if old == nil {
		return notFound("device", string(id))
	}
	if old.MAC == mac {
		return invalid("phone %s cannot replace itself", mac)
	}
	if err := old.InService(); err != nil {
		return err
	}
	var met *Device
	if met = s.DeviceByMAC(mac); met != nil {
		if err := met.InService(); err != nil && met.Organization == old.Organization {
			return err
		}
		if met.Step.Approved() || met.Organization != old.Organization {
			return fmt.Errorf("%w: %s is %s", ErrTaken, mac.Colons(), met.describe())
		}
		if err := tx.DeleteDevice(met.ID); err != nil {
			return err
		}
	}
	return tx.breaks(tx.change(id, func(d *Device) error {
		if err := tx.forgetPhone(d); err != nil {
			return err
		}
		d.MAC, d.Step, d.Approved, d.Seen = mac, StepApproved, tx.now, time.Time{}
		d.Vendor, d.Firmware, d.Outside = "", "", false
		if met != nil {
			d.Vendor, d.Firmware, d.Seen = met.Vendor, met.Firmware, met.Seen
			if model == "" && met.Model != "" {
				model = met.Model
			}
		}
		if model != "" {
			d.Model = model
		}
		return nil
	}))
}

// Retire takes a phone out of service: its guests go home, nobody has it as home
// any more, and what it knew is worthless. For a while it is still told to empty
// itself; the record goes with Expire.
func (tx *Tx) Retire(id ID) error {
	s := tx.Snapshot()
	d := s.Device(id)
	if d == nil {
		return notFound("device", string(id))
	}
	if err := d.InService(); err != nil { // its day would begin anew
		return err
	}
	for r := range s.referring(id, refSeatDevice) {
		if err := tx.endSeat(s.SeatByID(r.from)); err != nil {
			return tx.breaks(err)
		}
	}
	return tx.breaks(tx.change(id, func(d *Device) error {
		token, sealed := d.Token, d.TokenSealed // it comes back with it to be emptied
		if err := tx.forgetPhone(d); err != nil {
			return err
		}
		d.Token, d.TokenSealed = token, sealed
		d.Lines = []Line{{Account: Account{User: newAccountUser(), Secret: newSecret()}}}
		d.Profile, d.Layout, d.Modules = "", "", 0
		d.Retired = tx.now
		return nil
	}))
}

// forgetPhone makes everything worthless that a phone was told.
func (tx *Tx) forgetPhone(d *Device) error {
	fresh, err := tx.work.freshPhoneID(d.Organization)
	if err != nil {
		return err
	}
	d.PhoneID = fresh
	rotate(d)
	d.AdminPassword, d.UserPassword = newSecret(), newSecret()
	d.Token, d.TokenSealed = "", Secret{}
	d.Remote, d.RemoteUntil = "", time.Time{}
	d.Conflict, d.Certificate, d.Retired = false, "", time.Time{}
	d.Issued, d.IssuedSealed = "", Secret{}
	return nil
}

// OpenRemote gives a phone outside all site networks a one-time token: its URL
// is good once, until then. The one before is worthless.
func (tx *Tx) OpenRemote(id ID, until time.Time) (string, error) {
	token := newToken()
	err := tx.change(id, func(d *Device) error {
		if err := d.InService(); err != nil {
			return err
		}
		if !d.Step.Approved() {
			return invalid("phone %s is not approved", d.MAC)
		}
		d.Remote, d.RemoteUntil, d.Outside = HashToken(token), until, true
		return nil
	})
	if err != nil {
		return "", err
	}
	return token, nil
}

// UseRemote closes a one-time URL: it was used.
func (tx *Tx) UseRemote(id ID) error {
	return tx.change(id, func(d *Device) error {
		d.Remote, d.RemoteUntil = "", time.Time{}
		return nil
	})
}

// InService refuses a phone that was taken out of service (ErrRetired).
func (d *Device) InService() error {
	if d.Retired.IsZero() {
		return nil
	}
	return fmt.Errorf("phone %s is %w since %s: delete its record, then it may come in again as a new one",
		d.MAC.Colons(), ErrRetired, d.Retired.UTC().Format("2006-01-02 15:04 UTC"))
}

// describe names a phone for people.
func (d *Device) describe() string {
	return "the phone " + cmp.Or(d.Name, d.Model, "without a name") + ", Phone ID " + d.PhoneID
}
