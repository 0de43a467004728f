package office

import (
	"fmt"
	"slices"
	"time"

	"cradle/directory"
)

func (a *applier) devices() error {
	for i := range a.doc.Devices {
		if err := a.device(fmt.Sprintf("devices[%d]", i), &a.doc.Devices[i]); err != nil {
			return err
		}
	}
	return nil
}

// device makes one phone match. A phone that nobody approved yet is approved by
// being named, unless the file names its step.
func (a *applier) device(path string, f *Device) error {
	mac, err := directory.ParseMAC(f.MAC)
	if err != nil {
		return a.wrap(path+".mac", err)
	}
	d := directory.Device{
		Organization: a.org, MAC: mac, Step: directory.StepApproved, Approved: a.tx.Now(), RemoteLogin: true,
	} // transport and encryption are for the layers of settings to say
	old := a.tx.Snapshot().DeviceByMAC(mac)
	if old != nil {
		if old.Organization != a.org {
			return a.doc.fault(path+".mac", directory.ErrTaken, "the phone belongs to another organization")
		}
		d = *old
		d.Lines = slices.Clone(old.Lines)
	}
	before := d.Revision
	if err := a.siteNamed(path, f.Site, &d.Site); err != nil {
		return err
	}
	takeDevice(&d, f)
	if err := a.profileNamed(path, f.Profile, &d.Profile); err != nil {
		return err
	}
	if err := a.layoutNamed(path, f.Layout, &d.Layout); err != nil {
		return err
	}
	if old == nil && f.Approved == nil && (d.Step == directory.StepSeen || d.Step == directory.StepLobby) {
		d.Approved = time.Time{} // the file says that nobody approved it
	}
	if err := a.lines(path, &d, f); err != nil {
		return err
	}
	takeAccounts(&d, f)
	if err := a.tx.PutDevice(&d); err != nil {
		return a.wrap(path, err)
	}
	if f.Step == nil && (d.Step == directory.StepSeen || d.Step == directory.StepLobby) {
		if err := a.tx.Approve(d.ID); err != nil {
			return a.wrap(path, err)
		}
	}
	a.done("device "+mac.Colons(), before, a.tx.Snapshot().Device(d.ID).Revision)
	return nil
}

func takeDevice(d *directory.Device, f *Device) {
	set(&d.PhoneID, f.PhoneID)
	set(&d.Model, f.Model)
	set(&d.Name, f.Name)
	setAs(&d.Step, f.Step)
	set(&d.Disabled, f.Disabled)
	set(&d.RemoteLogin, f.RemoteLogin)
	set(&d.NeverShared, f.NeverShared)
	set(&d.Personal, f.Personal)
	set(&d.Modules, f.Modules)
	set(&d.Equipment, f.Equipment)
	set(&d.Room, f.Room)
	set(&d.Outside, f.Outside)
	set(&d.Approved, f.Approved)
	set(&d.Seen, f.Seen)
	if f.Token != nil && *f.Token != d.TokenSealed.Reveal() {
		d.Token, d.TokenSealed = "", directory.Secret{}
		if *f.Token != "" {
			d.Token, d.TokenSealed = directory.HashToken(*f.Token), directory.NewSecret(*f.Token)
		}
	}
	setSecret(&d.AdminPassword, f.AdminPassword)
	setSecret(&d.UserPassword, f.UserPassword)
	if f.SIP == nil {
		return
	}
	set(&d.SIP.Transport, f.SIP.Transport)
	set(&d.SIP.SRTP, f.SIP.SRTP)
	setList(&d.SIP.AllowFrom, f.SIP.AllowFrom)
	set(&d.SIP.FixedAddress, f.SIP.FixedAddress)
	set(&d.SIP.PrivateNetwork, f.SIP.PrivateNetwork)
	set(&d.SIP.Ping, f.SIP.Ping)
	set(&d.SIP.NoAuth, f.SIP.NoAuth)
}

func setSecret(to *directory.Secret, from *string) {
	if from != nil && *from != to.Reveal() {
		*to = directory.NewSecret(*from)
	}
}

// lines sets the home extensions: line names that of line 1, lines those of all.
func (a *applier) lines(path string, d *directory.Device, f *Device) error {
	if len(d.Lines) == 0 {
		d.Lines = []directory.Line{{}}
	}
	if f.Lines != nil {
		for len(d.Lines) < len(*f.Lines) {
			d.Lines = append(d.Lines, directory.Line{})
		}
		d.Lines = d.Lines[:len(*f.Lines)]
		for i, number := range *f.Lines {
			id, err := a.extensionNamed(fmt.Sprintf("%s.lines[%d]", path, i), number)
			if err != nil {
				return err
			}
			d.Lines[i].Home = id
		}
		return nil
	}
	if f.Line == nil {
		return nil
	}
	id, err := a.extensionNamed(path+".line", *f.Line)
	if err == nil {
		d.Lines[0].Home = id
	}
	return err
}

// takeAccounts sets the device accounts that an export named.
func takeAccounts(d *directory.Device, f *Device) {
	if f.SIP != nil {
		set(&d.Lines[0].Account.User, f.SIP.User)
		setSecret(&d.Lines[0].Account.Secret, f.SIP.Secret)
	}
	if f.Accounts == nil {
		return
	}
	for i, acc := range *f.Accounts {
		if i < len(d.Lines) {
			d.Lines[i].Account.User = acc.User
			setSecret(&d.Lines[i].Account.Secret, &acc.Secret)
		}
	}
}

// seats puts guests where the file says. Who sits there already stays as he is.
func (a *applier) seats() error {
	for i, f := range a.doc.Seats {
		path := fmt.Sprintf("seats[%d]", i)
		ext, err := a.extensionNamed(path+".extension", f.Extension)
		if err != nil {
			return err
		}
		mac, err := directory.ParseMAC(f.MAC)
		if err != nil {
			return a.wrap(path+".mac", err)
		}
		d := a.tx.Snapshot().DeviceByMAC(mac)
		if d == nil || d.Organization != a.org {
			return a.doc.fault(path+".mac", nil, "there is no phone %s", mac.Colons())
		}
		at := d.At(f.line())
		had := a.tx.Snapshot().Guest(ext)
		_, err = a.tx.Sit(directory.SitRequest{Extension: ext, At: at, By: a.by, How: directory.HowImport})
		if err != nil {
			return a.wrap(path, err)
		}
		switch now := a.tx.Snapshot().Guest(ext); {
		case had == nil && now != nil:
			a.report.Created = append(a.report.Created, "seat of "+f.Extension)
		case had != nil && (now == nil || now.ID != had.ID):
			a.report.Changed = append(a.report.Changed, "seat of "+f.Extension)
		default:
			a.report.Unchanged++
		}
	}
	return nil
}

// scopeOf finds the layer a setting names.
func (a *applier) scopeOf(path string, f Setting) (directory.Scope, error) {
	snap := a.tx.Snapshot()
	sc := directory.Scope{Kind: f.Scope, ID: f.Of}
	switch f.Scope {
	case "organization":
		sc.ID = string(a.org)
	case "site":
		s := snap.SiteByName(a.org, f.Of)
		if s == nil {
			return sc, a.doc.fault(path+".of", nil, "there is no site %q", f.Of)
		}
		sc.ID = string(s.ID)
	case "profile":
		p := snap.ProfileByName(a.org, f.Of)
		if p == nil {
			return sc, a.doc.fault(path+".of", nil, "there is no profile %q", f.Of)
		}
		sc.ID = string(p.ID)
	case "device":
		mac, err := directory.ParseMAC(f.Of)
		d := snap.DeviceByMAC(mac)
		if err != nil || d == nil || d.Organization != a.org {
			return sc, a.doc.fault(path+".of", nil, "there is no phone %q", f.Of)
		}
		sc.ID = string(d.ID)
	case "extension":
		id, err := a.extensionNamed(path+".of", f.Of)
		if err != nil || id == "" {
			return sc, a.doc.fault(path+".of", nil, "there is no extension %q", f.Of)
		}
		sc.ID = string(id)
	}
	return sc, nil
}

func (a *applier) settings() error {
	for i, f := range a.doc.Settings {
		path := fmt.Sprintf("settings[%d]", i)
		sc, err := a.scopeOf(path, f)
		if err != nil {
			return err
		}
		before := uint64(0)
		old, had := a.tx.Snapshot().Setting(sc, f.Key)
		if had {
			before = 1
		}
		if a.doc.judge != nil && (!had || old != f.Value) {
			if err := a.doc.judge(a.tx.Snapshot(), sc, f.Key, f.Value); err != nil {
				return a.wrap(path+".key", err)
			}
		}
		if err := a.tx.SetSetting(sc, f.Key, f.Value); err != nil {
			return a.wrap(path, err)
		}
		after := uint64(2)
		if had && old == f.Value {
			after = before
		}
		a.done("setting "+f.Key, before, after)
	}
	return nil
}
