package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"cradle/directory"
	"cradle/directory/seating"
	"cradle/provisioning"
	"cradle/provisioning/catalog"
	"cradle/provisioning/onboard"
)

// The alarms of seats.
const (
	alarmSecretLocked onboard.Alarm = "secret_locked" // an extension's PIN or secret code takes no more attempts
	alarmPhoneBarred  onboard.Alarm = "phone_barred"  // a phone locked several extensions and takes no secrets for a while
)

// encrypts refuses guests who may only speak encrypted a phone whose model cannot.
// Of a model that nobody knows nothing is said: its calls are judged one by one.
func encrypts(shelf catalog.Source) directory.Fits {
	return func(s *directory.Snapshot, d *directory.Device, e *directory.Extension) string {
		m := shelf.Current().Model(d.Model)
		if m == nil || m.Family.TLS.SRTP || m.Kind == "softphone" || !demandsEncryption(s, e) {
			return ""
		}
		return fmt.Sprintf("extension %s may only speak encrypted, which phone %s cannot", e.Number, d.PhoneID)
	}
}

func demandsEncryption(s *directory.Snapshot, e *directory.Extension) bool {
	said, _ := s.Setting(directory.Scope{Kind: "extension", ID: string(e.ID)}, "sip.srtp")
	return said == "required" || e.SIP.MediaEncryption != "" && e.SIP.MediaEncryption != "none"
}

// locks carries the news of locks from where they happen to whom they concern.
type locks chan seating.Notice

// locksMost is how many wait; whoever guesses faster than phones are told is in the
// log and in the history all the same.
const locksMost = 64

func (l locks) put(n seating.Notice) {
	select {
	case l <- n:
	default:
	}
}

// tell raises the alarms and tells owners, until the end it gives is called.
func (l locks) tell(a *appliance) (end func()) {
	ctx, stop := context.WithCancel(context.Background())
	var work sync.WaitGroup
	work.Go(func() {
		for {
			select {
			case <-ctx.Done():
				return
			case n := <-l:
				a.prov.Alarms().Raise(alarmOfLock(n, time.Now()))
				a.tellOwner(ctx, n)
			}
		}
	})
	return func() { stop(); work.Wait() }
}

func alarmOfLock(n seating.Notice, now time.Time) provisioning.Alarm {
	alarm := provisioning.Alarm{At: now, MAC: n.Device.MAC, Site: n.Device.Site}
	if n.Extension == nil {
		alarm.Kind, alarm.Text = alarmPhoneBarred, "a phone locked the secrets of several extensions and takes none for a while"
		return alarm
	}
	alarm.Kind, alarm.Text = alarmSecretLocked, fmt.Sprintf("the %s of extension %s was entered wrong three times and is locked", secretWord(n.Secret), n.Extension.Number)
	return alarm
}

func secretWord(k directory.SecretKind) string {
	if k == directory.SecretPIN {
		return "PIN"
	}
	return "secret code"
}

// tellOwner sends the owner of a locked secret a text, on every phone where the
// extension rings. Phones that take none are no matter: it is in the history too.
func (a *appliance) tellOwner(ctx context.Context, n seating.Notice) {
	if n.Extension == nil {
		return
	}
	s := a.store.Snapshot()
	org := s.Organization(n.Extension.Organization)
	text := lockText(org != nil && strings.HasPrefix(org.Language, "de"), n.Secret, n.Device.PhoneID)
	for _, at := range s.Rings(n.Extension.ID) {
		d := s.Device(at.Device)
		if d == nil || at.Line > len(d.Lines) {
			continue
		}
		if err := a.registrar.Message(ctx, d.Lines[at.Line-1].Account.User, text); err != nil {
			a.log.Debug("an owner's phone takes no text", "extension", n.Extension.Number, "err", err)
		}
	}
}

// lockText is what the owner of a locked secret reads.
func lockText(german bool, k directory.SecretKind, phone string) string {
	switch {
	case !german:
		return fmt.Sprintf("Your %s was entered wrong three times at phone %s and is locked.", secretWord(k), phone)
	case k == directory.SecretPIN:
		return fmt.Sprintf("Ihre PIN wurde an Telefon %s dreimal falsch eingegeben und ist gesperrt.", phone)
	default:
		return fmt.Sprintf("Ihr Geheimcode wurde an Telefon %s dreimal falsch eingegeben und ist gesperrt.", phone)
	}
}
