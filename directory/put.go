package directory

import (
	"fmt"
	"slices"
	"strconv"
)

// PutOrganization creates (empty ID) or changes an organization. Revision must be
// 0 or the current one, else ErrStale; the record given gets its new ID and
// revision. The same holds for every Put. A new domain is at once the realm of
// its device accounts.
func (tx *Tx) PutOrganization(o *Organization) error { return tx.put(o) }

// PutSite creates or changes a site. A network that shares addresses with one of
// another organization is refused with ErrTaken.
func (tx *Tx) PutSite(s *Site) error { return tx.put(s) }

// PutUser creates or changes a user.
func (tx *Tx) PutUser(u *User) error { return tx.put(u) }

// PutNumber creates or changes an E.164 number.
func (tx *Tx) PutNumber(n *Number) error { return tx.put(n) }

// PutCode creates or changes a dialled code.
func (tx *Tx) PutCode(c *Code) error { return tx.put(c) }

// PutExtension creates or changes an extension. A new one without a default PIN
// gets a random one of 6 digits. One that may no longer sit elsewhere goes home.
func (tx *Tx) PutExtension(e *Extension) error {
	if e.ID == "" && e.DefaultPIN.Empty() {
		c := *e
		c.DefaultPIN = NewSecret(newPIN(c.Number, tx.work.pinDigits(c.Organization)))
		if err := tx.put(&c); err != nil {
			return err
		}
		tx.remember(e)
		*e = c
		return nil
	}
	if err := tx.put(e); err != nil {
		return err
	}
	if seat := tx.work.Guest(e.ID); seat != nil && !e.HotDesk {
		return tx.breaks(tx.endSeat(seat))
	}
	return nil
}

// openAddressFree refuses a second phone that does not authenticate at one
// address, and names the extension of the first.
func (tx *Tx) openAddressFree(d *Device) error {
	at, ok := d.SIP.Fixed()
	if !ok || !d.SIP.NoAuth {
		return nil
	}
	other := tx.work.DeviceAt(at.Addr())
	if other == nil || other.ID == d.ID {
		return nil
	}
	whose := "another phone"
	if other.Organization == d.Organization {
		whose = "phone " + other.MAC.Colons()
		if e := tx.work.Extension(other.Lines[0].Home); e != nil {
			whose = "extension " + e.Number
		}
	}
	return fmt.Errorf("%w: %s is where %s is, which does not authenticate either", ErrTaken, at.Addr(), whose)
}

// PutDevice creates or changes a phone. What is empty and has to be unique or
// secret is filled in: Phone ID, accounts, passwords. The guests of a line that
// goes away or gets another home extension go home first.
func (tx *Tx) PutDevice(d *Device) error {
	if err := tx.openAddressFree(d); err != nil {
		return err
	}
	c := *d
	c.Lines = slices.Clone(d.Lines)
	if err := tx.fill(&c); err != nil {
		return err
	}
	if c.ID != "" {
		// Judged first: a refused change must not have sent anybody home.
		if old := tx.work.Device(c.ID); old != nil {
			if err := tx.judge(c.ID, &c); err != nil {
				return err
			}
			if c.Revision != 0 && c.Revision != old.Revision {
				return tx.put(&c) // gives ErrStale
			}
			if err := tx.linesChange(old, &c); err != nil {
				return tx.breaks(err)
			}
			if c.Alone() {
				if err := tx.clearOut(old); err != nil {
					return tx.breaks(err)
				}
			}
		}
	}
	if err := tx.put(&c); err != nil {
		return err
	}
	tx.remember(d)
	*d = c
	return nil
}

func (tx *Tx) fill(d *Device) error {
	if d.PhoneID == "" {
		id, err := tx.work.freshPhoneID(d.Organization)
		if err != nil {
			return err
		}
		d.PhoneID = id
	}
	if d.AdminPassword.Empty() {
		d.AdminPassword = newSecret()
	}
	if d.UserPassword.Empty() {
		d.UserPassword = newSecret()
	}
	if len(d.Lines) == 0 {
		d.Lines = []Line{{}}
	}
	for i := range d.Lines {
		acc := &d.Lines[i].Account
		if acc.User == "" {
			acc.User = newAccountUser()
		}
		if acc.Secret.Empty() {
			acc.Secret = newSecret()
		}
	}
	if d.Step == "" {
		d.Step = StepSeen
	}
	return nil
}

// DeleteOrganization deletes an organization that has nothing any more but
// codes; else ErrInUse.
func (tx *Tx) DeleteOrganization(id ID) error {
	s := tx.Snapshot()
	for r := range s.referring(id, refOrganization) {
		if s.Code(r.from) == nil {
			return tx.remove(tOrganization, id) // gives ErrInUse
		}
	}
	for c := range s.Codes(id) {
		if err := tx.remove(tCode, c.ID); err != nil {
			return tx.breaks(err)
		}
	}
	return tx.breaks(tx.remove(tOrganization, id))
}

// DeleteSite deletes a site; ErrInUse while extensions, numbers or phones are of it.
func (tx *Tx) DeleteSite(id ID) error { return tx.remove(tSite, id) }

// DeleteUser deletes a user; his extensions and numbers are nobody's then. The
// only owner who can log in is not deleted.
func (tx *Tx) DeleteUser(id ID) error {
	s := tx.Snapshot()
	u := s.User(id)
	if u == nil {
		return notFound("user", string(id))
	}
	if u.ownerWithPassword() && s.owners == 1 {
		return refused("%s is the only owner who can log in", u.Email)
	}
	for r := range s.referring(id, refUser) {
		if e := s.Extension(r.from); e != nil {
			c := *e
			c.User = ""
			if err := tx.put(&c); err != nil {
				return tx.breaks(err)
			}
		}
		if n := s.Number(r.from); n != nil {
			c := *n
			c.User = ""
			if err := tx.put(&c); err != nil {
				return tx.breaks(err)
			}
		}
	}
	return tx.breaks(tx.remove(tUser, id))
}

// DeleteExtension deletes an extension. It leaves the phone where it is a guest,
// the guests on its home phones go home, its home lines become hot-desk lines,
// its numbers lead nowhere, its personal contacts go; all in this transaction.
func (tx *Tx) DeleteExtension(id ID) error {
	s := tx.Snapshot()
	if s.Extension(id) == nil {
		return notFound("extension", string(id))
	}
	if seat := s.Guest(id); seat != nil {
		if err := tx.endSeat(seat); err != nil {
			return tx.breaks(err)
		}
	}
	for l := range s.HomeLines(id) {
		c := tx.work.Device(l.Device).clone().(*Device)
		c.Lines[l.Line-1].Home = ""
		if err := tx.PutDevice(c); err != nil {
			return tx.breaks(err)
		}
	}
	for n := range s.NumbersOf(id) {
		c := *n
		c.Extension = ""
		if err := tx.put(&c); err != nil {
			return tx.breaks(err)
		}
	}
	for c := range s.ContactsOf(id) {
		if err := tx.remove(tContact, c.ID); err != nil {
			return tx.breaks(err)
		}
	}
	if m := s.MailboxOf(id); m != nil {
		if err := tx.remove(tMailbox, m.ID); err != nil {
			return tx.breaks(err)
		}
	}
	return tx.breaks(tx.remove(tExtension, id))
}

// DeleteNumber deletes an E.164 number.
func (tx *Tx) DeleteNumber(id ID) error { return tx.remove(tNumber, id) }

// DeleteDevice deletes a phone and the templates changed for it alone; its guests
// go home first.
func (tx *Tx) DeleteDevice(id ID) error {
	s := tx.Snapshot()
	if s.Device(id) == nil {
		return notFound("device", string(id))
	}
	for r := range s.referring(id, refSeatDevice) {
		if err := tx.endSeat(s.SeatByID(r.from)); err != nil {
			return tx.breaks(err)
		}
	}
	for r := range s.referring(id, refScope) {
		if err := tx.DeleteTemplate(r.from); err != nil {
			return tx.breaks(err)
		}
	}
	return tx.breaks(tx.remove(tDevice, id))
}

// DeleteCode deletes a dialled code.
func (tx *Tx) DeleteCode(id ID) error { return tx.remove(tCode, id) }

// SetLimit sets a limit; an unknown name or a value out of range is ErrInvalid.
func (tx *Tx) SetLimit(name string, v int64) error {
	if err := CheckLimit(name, v); err != nil {
		return err
	}
	ch := Change{Revision: tx.work.revision, Kind: KindLimit, ID: ID(name), New: &LimitRecord{name, v}}
	if old, ok := tx.work.limits[name]; ok {
		if old == v {
			return nil
		}
		ch.Old = &LimitRecord{name, old}
	}
	tx.dirty()
	tx.work.setLimit(name, v)
	tx.writes = append(tx.writes, write{key: prefixLimit + name, value: []byte(strconv.FormatInt(v, 10))})
	tx.changes = append(tx.changes, ch)
	return nil
}

// SetSetting sets a provisioning setting of one layer. The key has letters,
// digits, dots, dashes, underscores, and what vendors' own names have besides:
// spaces, slashes, colons and # @ % ! [ ].
func (tx *Tx) SetSetting(scope Scope, key, value string) error {
	if err := tx.work.checkScope(scope); err != nil {
		return err
	}
	if !isSettingName(key) || len(key) > maxText {
		return invalid("setting %q is not 1 to %d letters, digits, spaces, - . _ / : # @ %% ! [ ]", key, maxText)
	}
	k := scope.prefix() + key
	ch := Change{Revision: tx.work.revision, Kind: KindSetting, ID: ID(k), New: &Setting{scope, key, value}}
	if old, ok := tx.work.settings.get(k); ok {
		if old == value {
			return nil
		}
		ch.Old = &Setting{scope, key, old}
	}
	tx.dirty()
	tx.work.settings.set(tx.epoch, k, value)
	tx.writes = append(tx.writes, write{key: prefixSetting + k, value: []byte(value)})
	tx.changes = append(tx.changes, ch)
	return nil
}

// DeleteSetting takes a setting out of its layer; an absent one is no error.
func (tx *Tx) DeleteSetting(scope Scope, key string) error {
	k := scope.prefix() + key
	old, ok := tx.work.settings.get(k)
	if !ok {
		return nil
	}
	tx.dirty()
	tx.work.settings.remove(tx.epoch, k)
	tx.writes = append(tx.writes, write{key: prefixSetting + k})
	tx.changes = append(tx.changes, Change{
		Revision: tx.work.revision, Kind: KindSetting, ID: ID(k), Deleted: true, Old: &Setting{scope, key, old},
	})
	return nil
}

func (tx *Tx) removeSettings(kind string, id ID) error {
	scope := Scope{kind, string(id)}
	for key := range tx.Snapshot().Settings(scope) {
		if err := tx.DeleteSetting(scope, key); err != nil {
			return err
		}
	}
	return nil
}
