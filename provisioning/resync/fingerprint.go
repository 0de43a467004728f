package resync

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"cradle/directory"
	"cradle/provisioning/catalog"
)

// Fingerprint makes a Config.Fingerprint out of the rendering that people see,
// whose secrets are masked: they go into the print beside it, and with them how
// much the phone is trusted with. The print tells nothing about them.
func Fingerprint(d Directory, c catalog.Source, render func(device directory.ID, file string) ([]byte, error)) func(directory.ID) (string, error) {
	return func(id directory.ID) (string, error) {
		dev := d.Snapshot().Device(id)
		if dev == nil {
			return "", fmt.Errorf("%w: %s", ErrNoDevice, id)
		}
		sum := sha256.New()
		trust(sum, dev)
		m := c.Current().Model(dev.Model)
		if m == nil {
			return hex.EncodeToString(sum.Sum(nil)), nil
		}
		for _, f := range m.Family.Files {
			if f.Kind != catalog.Device && f.Screen != catalog.IdleScreen || f.Template == nil || !m.Draws(f) {
				continue
			}
			body, err := render(id, f.Name)
			if err != nil {
				return "", fmt.Errorf("%s: %w", f.Name, err)
			}
			fmt.Fprintf(sum, "%s %d\n", f.Name, len(body))
			sum.Write(body)
		}
		return hex.EncodeToString(sum.Sum(nil)), nil
	}
}

// trust writes a device's secrets and its step; a phone that has shown its
// token or its certificate is given no more than an approved one.
func trust(w io.Writer, dev *directory.Device) {
	step := dev.Step
	if step.Approved() {
		step = directory.StepApproved
	}
	fmt.Fprintf(w, "%s %v\n%q %q\n", step, dev.Disabled, dev.AdminPassword.Reveal(), dev.UserPassword.Reveal())
	for _, l := range dev.Lines {
		fmt.Fprintf(w, "%q %q\n", l.Account.User, l.Account.Secret.Reveal())
	}
}
