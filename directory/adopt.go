package directory

import "time"

// NewDevice makes and puts a phone that was just met: one hot-desk line, a random
// Phone ID, account and passwords.
func (tx *Tx) NewDevice(org, site ID, mac MAC, model string, step Step) (*Device, error) {
	d := &Device{
		Organization: org, Site: site, MAC: mac, Model: model, Step: step,
		Seen: tx.now, Lines: []Line{{}}, RemoteLogin: true,
	}
	if step.Approved() {
		d.Approved = tx.now
	}
	if err := tx.PutDevice(d); err != nil {
		return nil, err
	}
	return tx.work.Device(d.ID), nil
}

// change puts a copy of a device after edit has worked on it.
func (tx *Tx) change(id ID, edit func(*Device) error) error {
	old := tx.work.Device(id)
	if old == nil {
		return notFound("device", string(id))
	}
	d := old.clone().(*Device)
	if err := edit(d); err != nil {
		return err
	}
	return tx.put(d)
}

// Approve lets a phone have all its settings, from now, and ends a conflict. The
// SIP secrets are rotated, so that what a seen or lobby asker learnt is
// worthless; a phone that was approved already (by an import), or that was never
// met, keeps them. ErrRetired: it is out of service.
func (tx *Tx) Approve(id ID) error {
	return tx.change(id, func(d *Device) error {
		if err := d.InService(); err != nil {
			return err
		}
		if (d.Step == StepSeen || d.Step == StepLobby) && !d.Seen.IsZero() {
			rotate(d)
		}
		if !d.Step.Approved() {
			d.Step = StepApproved
		}
		d.Approved = tx.now
		d.Conflict = false
		return nil
	})
}

// Rearm opens a new window for a phone: new SIP secrets, a new Phone ID, no token.
// ErrRetired: it is out of service.
func (tx *Tx) Rearm(id ID) error {
	return tx.change(id, func(d *Device) error {
		if err := d.InService(); err != nil {
			return err
		}
		fresh, err := tx.work.freshPhoneID(d.Organization)
		if err != nil {
			return err
		}
		rotate(d)
		d.PhoneID = fresh
		d.Token, d.TokenSealed = "", Secret{}
		d.Conflict = false
		d.Remote, d.RemoteUntil = "", time.Time{}
		d.Certificate, d.Issued, d.IssuedSealed = "", "", Secret{}
		if d.Step.Approved() {
			d.Step = StepApproved
			d.Approved = tx.now
		}
		return nil
	})
}

func rotate(d *Device) {
	for i := range d.Lines {
		d.Lines[i].Account.Secret = newSecret()
	}
}

// IssueToken gives a phone a new token for its own URL: 128 random bits in
// lower-case base32. The one before is worthless from then on.
func (tx *Tx) IssueToken(id ID) (string, error) {
	token := newToken()
	err := tx.change(id, func(d *Device) error {
		d.Token = HashToken(token)
		d.TokenSealed = NewSecret(token)
		return nil
	})
	if err != nil {
		return "", err
	}
	return token, nil
}
