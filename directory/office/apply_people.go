package office

import (
	"context"
	"errors"
	"fmt"

	"cradle/directory"
)

// prepared is a password that was held against the directory, or hashed, before
// the transaction: hashing takes long, and nothing else is written meanwhile.
type prepared struct {
	seen directory.Hash // the user's hash then
	hash directory.Hash // the hash to be set; empty: it matches already
}

// Prepare hashes the passwords of a document, two at once at most.
func (d *Document) Prepare(ctx context.Context, dir *directory.Directory) error {
	d.prepared = make(map[string]prepared)
	words := make(map[string]string)
	for _, u := range d.Users {
		if u.Password != nil {
			words[u.Email] = *u.Password
		}
	}
	if d.Administrator != nil {
		words[d.Administrator.Email] = d.Administrator.Password
	}
	for email, password := range words {
		var p prepared
		if u := dir.Snapshot().UserByEmail(email); u != nil && u.PasswordHash != "" {
			p.seen = u.PasswordHash
			same, err := dir.MatchPassword(ctx, u.PasswordHash, password)
			if err != nil {
				return err
			}
			if same {
				d.prepared[email] = p
				continue
			}
		}
		var err error
		if p.hash, err = dir.HashPassword(ctx, password); err != nil {
			return d.fault("users", err, "password of %s: %v", email, err)
		}
		d.prepared[email] = p
	}
	return nil
}

// password sets a user's password where the file's is another one.
func (a *applier) password(u *directory.User, email, password string) error {
	p, ok := a.doc.prepared[email]
	if ok && p.seen == u.PasswordHash {
		if p.hash != "" {
			u.PasswordHash = p.hash
		}
		return nil
	}
	if u.PasswordHash != "" {
		same, err := a.tx.MatchPassword(u.PasswordHash, password)
		if err != nil || same {
			return err
		}
	}
	h, err := a.tx.HashPassword(password)
	if err == nil {
		u.PasswordHash = h
	}
	return err
}

func (a *applier) users() error {
	for i := range a.doc.Users {
		if err := a.user(fmt.Sprintf("users[%d]", i), &a.doc.Users[i]); err != nil {
			return err
		}
	}
	return nil
}

func (a *applier) user(path string, f *User) error {
	u := directory.User{Organization: a.org, Email: f.Email, Role: directory.RoleUser}
	old := a.tx.Snapshot().UserByEmail(f.Email)
	if old != nil {
		u = *old
	}
	before := u.Revision
	set(&u.FirstName, f.FirstName)
	set(&u.LastName, f.LastName)
	setAs(&u.Role, f.Role)
	set(&u.Portal, f.Portal)
	setAs(&u.PasswordHash, f.PasswordHash)
	if f.Password != nil {
		if err := a.password(&u, f.Email, *f.Password); err != nil {
			return a.wrap(path+".password", err)
		}
	}
	if old != nil && old.Organization != a.org {
		return a.doc.fault(path+".email", directory.ErrTaken, "%s belongs to another organization", f.Email)
	}
	err := a.tx.PutUser(&u)
	if errors.Is(err, directory.ErrRefused) && old != nil && f.Role != nil {
		// The only owner stays owner, so that somebody can still log in.
		u.Role = old.Role
		a.notYet(fmt.Sprintf("user %s: role %s (the only owner stays owner)", f.Email, *f.Role), true)
		err = a.tx.PutUser(&u)
	}
	if err != nil {
		return a.wrap(path, err)
	}
	a.done("user "+u.Email, before, u.Revision)
	return nil
}

// administrator makes the first owner.
func (a *applier) administrator() error {
	f := a.doc.Administrator
	if f == nil {
		return nil
	}
	u := directory.User{Organization: a.org, Email: f.Email}
	if old := a.tx.Snapshot().UserByEmail(f.Email); old != nil {
		u = *old
	}
	before := u.Revision
	u.Role, u.Portal = directory.RoleOwner, true
	if err := a.password(&u, f.Email, f.Password); err != nil {
		return a.wrap("administrator.password", err)
	}
	if err := a.tx.PutUser(&u); err != nil {
		return a.wrap("administrator", err)
	}
	if before == 0 {
		a.done("user "+u.Email, before, u.Revision)
	}
	return nil
}

func (a *applier) extensions() error {
	for i := range a.doc.Extensions {
		if err := a.extension(fmt.Sprintf("extensions[%d]", i), &a.doc.Extensions[i]); err != nil {
			return err
		}
	}
	return nil
}

func (a *applier) extension(path string, f *Extension) error {
	e := directory.Extension{Organization: a.org, Number: f.Number, HotDesk: true}
	if old := a.tx.Snapshot().ExtensionByNumber(a.org, f.Number); old != nil {
		e = *old
	}
	before := e.Revision
	if err := a.siteNamed(path, f.Site, &e.Site); err != nil {
		return err
	}
	if err := a.userNamed(path, f.User, &e.User); err != nil {
		return err
	}
	set(&e.Name, f.Name)
	set(&e.HotDesk, f.HotDesk)
	set(&e.DoNotDisturb, f.DoNotDisturb)
	set(&e.Department, f.Department)
	set(&e.Server, f.Server)
	setKeys(&e.Keys, f.Keys)
	if f.DefaultPIN != nil && e.DefaultPIN.Reveal() != *f.DefaultPIN {
		e.DefaultPIN = directory.NewSecret(*f.DefaultPIN)
	}
	if f.PINHash != nil && e.PIN == "" { // a PIN its owner set stays
		e.PIN = directory.Hash(*f.PINHash)
	}
	takeFeatures(&e, f)
	if err := a.tx.PutExtension(&e); err != nil {
		return a.wrap(path, err)
	}
	after, err := a.secretCode(path, &e, f)
	if err != nil {
		return err
	}
	a.extensionNotYet(f, &e)
	a.done("extension "+e.Number, before, after)
	return nil
}

// secretCode sets the code in clear where it is another one than is kept. It
// gives the extension's revision since.
func (a *applier) secretCode(path string, e *directory.Extension, f *Extension) (uint64, error) {
	if f.Virtualization == nil || f.Virtualization.Secret == nil {
		return e.Revision, nil
	}
	code := *f.Virtualization.Secret
	same := code == "" && e.Virtualization.Secret == "" || code != "" && a.tx.MatchVirtualizationSecret(e.ID, code)
	if !same {
		if err := a.tx.SetVirtualizationSecret(e.ID, code); err != nil {
			return 0, a.wrap(path+".virtualization.secret", err)
		}
	}
	return a.tx.Snapshot().Extension(e.ID).Revision, nil
}

func takeFeatures(e *directory.Extension, f *Extension) {
	if v := f.Virtualization; v != nil {
		set(&e.Virtualization.Allow, v.Allow)
		before := e.Virtualization.Secret
		if setAs(&e.Virtualization.Secret, v.SecretHash); e.Virtualization.Secret != before {
			e.Virtualization.Proof = "" // it was of another code
		}
	}
	if v := f.Voicemail; v != nil {
		set(&e.Voicemail.Enabled, v.Enabled)
		set(&e.Voicemail.After, v.After)
		set(&e.Voicemail.Action, v.Action)
		set(&e.Voicemail.Email, v.Email)
	}
	if v := f.Forward; v != nil {
		set(&e.Forward.Always, v.Always)
		set(&e.Forward.Busy, v.Busy)
		set(&e.Forward.NoAnswer, v.NoAnswer)
		set(&e.Forward.NoAnswerAfter, v.After)
		setList(&e.Forward.VIP, v.VIP)
	}
	if v := f.SIP; v != nil {
		set(&e.SIP.MediaEncryption, v.MediaEncryption)
		set(&e.SIP.DTMF, v.DTMF)
		setList(&e.SIP.Codecs, v.Codecs)
		set(&e.SIP.PublishesState, v.PublishesState)
		set(&e.SIP.ForceMWI, v.ForceMWI)
	}
}

// extensionNotYet names the keys of features that are not built yet.
func (a *applier) extensionNotYet(f *Extension, e *directory.Extension) {
	who := "extension " + e.Number + ": "
	fw := e.Forward
	a.notYet(who+"voicemail", f.Voicemail != nil && e.Voicemail != directory.Voicemail{})
	a.notYet(who+"forward", f.Forward != nil && (fw.Always != "" || fw.Busy != "" || fw.NoAnswer != "" || len(fw.VIP) > 0))
	a.notYet(who+"do_not_disturb", f.DoNotDisturb != nil && e.DoNotDisturb)
}

func (a *applier) numbers() error {
	for i := range a.doc.Numbers {
		if err := a.number(fmt.Sprintf("numbers[%d]", i), &a.doc.Numbers[i]); err != nil {
			return err
		}
	}
	return nil
}

func (a *applier) number(path string, f *Number) error {
	n := directory.Number{Organization: a.org, E164: f.Number}
	old := a.tx.Snapshot().NumberByE164(f.Number)
	if old != nil {
		if old.Organization != a.org {
			return a.doc.fault(path+".number", directory.ErrTaken, "%s belongs to another organization", f.Number)
		}
		n = *old
	}
	before := n.Revision
	if err := a.siteNamed(path, f.Site, &n.Site); err != nil {
		return err
	}
	if err := a.userNamed(path, f.User, &n.User); err != nil {
		return err
	}
	if f.Extension != nil {
		id, err := a.extensionNamed(path+".extension", *f.Extension)
		if err != nil {
			return err
		}
		n.Extension = id
	}
	if old == nil {
		n.Status = directory.NumberReserved
		if n.Extension != "" {
			n.Status = directory.NumberActive
		}
	}
	setAs(&n.Status, f.Status)
	setList(&n.Display, f.Display)
	if err := a.tx.PutNumber(&n); err != nil {
		return a.wrap(path, err)
	}
	a.done("number "+n.E164, before, n.Revision)
	return nil
}
