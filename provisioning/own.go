package provisioning

import (
	"strings"

	"cradle/directory"
	"cradle/provisioning/catalog"
	"cradle/provisioning/custom"
	"cradle/provisioning/render"
	"cradle/provisioning/settings"
)

// asker is for whom a file is made.
func (v *visit) asker(file *catalog.File) custom.Asker {
	a := custom.Asker{Site: v.site, Model: v.model}
	if file.Own() {
		a.Device, a.Site = v.device, v.snap.Site(v.device.Site)
	}
	return a
}

// execute runs the template in force for this phone. Where an uploaded version
// does not render, the phone gets the versions that last rendered for it, and
// the built-in template where those do not either.
func (p *Provisioning) execute(dst []byte, v *visit, file *catalog.File, mode settings.Mode, values render.Values) ([]byte, error) {
	picks := custom.InForce(v.snap, v.asker(file))
	body, left, fault := p.executeWith(dst, v, file, mode, values, picks)
	var device directory.ID
	if file.Own() {
		device = v.device.ID
	}
	if fault == nil || len(picks) == 0 {
		v.left = unheld(left)
		if fault == nil && device != "" && !v.looked {
			p.custom.Rendered(device, picks)
		}
		return body, fault
	}
	if !v.looked {
		p.custom.Failed(device, fault)
		p.log.Warn("an uploaded template does not render", "mac", v.found.MAC, "model", v.model.Name, "file", file.Name, "err", fault)
	}
	v.rule += "; its own template does not render, an older one was used"
	if last := p.custom.LastGood(device); len(last) > 0 && last.String() != picks.String() {
		if body, _, err := p.executeWith(dst, v, file, mode, values, last); err == nil {
			return body, nil
		}
	}
	body, _, err := p.executeWith(dst, v, file, mode, values, nil)
	return body, err
}

// executeWith runs one set of versions, and tells what the file leaves out.
func (p *Provisioning) executeWith(dst []byte, v *visit, file *catalog.File, mode settings.Mode, values render.Values, picks custom.Picks) ([]byte, []render.Left, error) {
	variant, err := p.custom.Compiled(v.snap, v.model.Family, picks)
	if err != nil {
		return nil, nil, err
	}
	template, bootstrap := custom.Of(variant, file)
	if mode == settings.Bootstrap && !v.wipe { // a phone is emptied by its whole file without values
		template = bootstrap
	}
	body, left, err := template.Write(dst, values, v.model.Facts(v.firmware(file)))
	if err == nil && len(picks) > 0 {
		err = file.Check(body) // a phone ignores a broken file in silence
	}
	if err != nil && file.Own() {
		err = veil(v.device, err)
	}
	return body, left, err
}

// veiled is an error that people may read.
type veiled struct {
	error
	text string
}

func (v veiled) Error() string { return v.text }
func (v veiled) Unwrap() error { return v.error }

// veil takes a phone's secrets out of an error: an uploaded template may put them
// where a fault is quoted.
func veil(d *directory.Device, err error) error {
	text := err.Error()
	secrets := []directory.Secret{d.AdminPassword, d.UserPassword, d.TokenSealed}
	for _, l := range d.Lines {
		secrets = append(secrets, l.Account.Secret)
	}
	for _, s := range secrets {
		if !s.Empty() {
			text = strings.ReplaceAll(text, s.Reveal(), s.String())
		}
	}
	return veiled{err, text}
}
