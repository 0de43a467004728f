package provisioning

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"cradle/directory"
	"cradle/provisioning/catalog"
	"cradle/provisioning/onboard"
	"cradle/provisioning/settings"
)

// serve gives a known device one of its files, as far as the ladder allows.
func (p *Provisioning) serve(ctx context.Context, v *visit, token bool) Response {
	v.model = p.modelOf(v)
	if v.model == nil {
		return v.refuse("nothing says which model this is")
	}
	grant := p.judge(v, token)
	if grant.Alarm != "" {
		p.alarm(v, grant.Alarm, grant.Rule)
	}
	if grant.Conflict {
		p.clerk.conflict(v.device)
	}
	if !grant.Serve {
		return v.refuse(grant.Rule)
	}
	file := v.found.FileOf(v.model.Family)
	if file == nil {
		return v.refuse(fmt.Sprintf("no %s asks for such a file", v.model.Label))
	}
	v.rule, v.book, v.wipe = grant.Rule, v.found.BookOf(file), grant.Wipe
	if m := v.found.Model; m != nil && m != v.model {
		v.rule += "; it says it is a " + m.Label
	}
	if v.device.Token == "" {
		if err := p.giveToken(ctx, v); err != nil {
			return v.refuse(fmt.Sprintf("no token: %v", err))
		}
	}
	p.clerk.met(v, token && grant.Mode == settings.Full)
	p.clerk.proven(v)
	p.clerk.spoke(v)
	resp := p.file(ctx, v, file, grant.Mode, token)
	if token && grant.Mode != settings.Bootstrap && resp.Status == http.StatusOK {
		p.trusting(v, file)
	}
	return resp
}

// trusting notes that a phone has been given our authority within its settings.
func (p *Provisioning) trusting(v *visit, file *catalog.File) {
	if v.model.Family.TLS.Inline && file.Kind == catalog.Device && len(p.authorities) > 0 && v.Method != http.MethodHead {
		p.clerk.givenAuthority(v.device)
	}
}

// judge puts the case before the ladder.
func (p *Provisioning) judge(v *visit, token bool) onboard.Grant {
	d := v.device
	c := onboard.Case{
		Device: d, Now: v.now, Source: v.Source.Addr(), Token: token, Certificate: v.proof.MAC == d.MAC, Inside: v.inside(),
		TFTP: v.Door == DoorTFTP, OnlyTFTP: v.model.Family.OnlyTFTP,
		FirstAsker: p.adopter.First(d, v.Source.Addr()),
		Registered: p.registration(d), First: p.clerk.firstRegistered(d),
		Window: time.Duration(v.snap.Limit("token_window_hours")) * time.Hour,
		Grace:  time.Duration(v.snap.Limit("token_grace_minutes")) * time.Minute,
	}
	if site := v.snap.Site(d.Site); site != nil {
		c.TFTPPolicy = site.TFTP
	}
	return onboard.Decide(c)
}

// inside reports whether the source is in the networks of the device's own
// site; where sites of one organization nest, the wider one counts too.
func (v *visit) inside() bool {
	if v.site == nil || v.site.Organization != v.device.Organization {
		return false
	}
	if v.site.ID == v.device.Site {
		return true
	}
	if own := v.snap.Site(v.device.Site); own != nil {
		for _, n := range own.Networks {
			if n.Contains(v.Source.Addr().Unmap().WithZone("")) {
				return true
			}
		}
	}
	return false
}

// registration is the newest of all the device's accounts.
func (p *Provisioning) registration(d *directory.Device) (r onboard.Registration) {
	if p.c.Registered == nil {
		return r
	}
	for _, line := range d.Lines {
		if last, source, live := p.c.Registered(line.Account.User); last.After(r.Last) {
			r = onboard.Registration{Last: last, Source: source, Live: live}
		}
	}
	return r
}

// modelOf is the model the record names; else what the clues say; else the
// vendor's fallback.
func (p *Provisioning) modelOf(v *visit) *catalog.Model {
	if m := v.shelf.Model(v.device.Model); m != nil {
		return m
	}
	switch vendor := v.found.Vendor; {
	case v.found.Model != nil:
		return v.found.Model
	case vendor != nil:
		return v.found.Fallback()
	}
	if vendor := v.shelf.Vendor(v.device.Vendor); vendor != nil {
		return vendor.Fallback
	}
	return nil
}

func (p *Provisioning) giveToken(ctx context.Context, v *visit) error {
	d, err := p.adopter.GiveToken(ctx, v.device, v.Source.Addr())
	if err != nil {
		return err
	}
	v.device, v.snap = d, p.c.Directory.Snapshot()
	return nil
}

// file answers with one file of the family.
func (p *Provisioning) file(ctx context.Context, v *visit, file *catalog.File, mode settings.Mode, token bool) Response {
	switch {
	case v.Method == http.MethodPut:
		if file.Upload {
			v.rule += "; what it uploaded is not kept"
			return Response{Status: http.StatusOK, ContentType: notFound.ContentType, NoStore: true}
		}
		return v.refuse("phones may not upload this file")
	case file.Kind == catalog.Absent:
		v.needless = true
		return v.refuse("there is no such file, and the phone need not have it")
	case file.Kind == catalog.Authority:
		if token && v.device != nil {
			p.clerk.givenAuthority(v.device)
		}
		return p.authority(v, file)
	case file.Kind == catalog.Client:
		return p.certificate(v, file, token && mode == settings.Full)
	case file.Kind == catalog.Phonebook && (!token || mode != settings.Full):
		return v.refuse("phonebooks are for phones that show their token")
	case file.Screen != "" && file.Screen != catalog.IdleScreen:
		return p.screen(ctx, v, file, mode, token)
	case !v.model.Draws(file):
		return v.refuse("the idle screen of such a model shows no page of ours")
	case file.Kind == catalog.Digest:
		return digest(file, p.file(ctx, v, file.Of, mode, token))
	}
	return p.rendered(v, file, mode)
}

// authority serves our certificate authority, which is no secret.
func (p *Provisioning) authority(v *visit, file *catalog.File) Response {
	if len(p.c.CA) == 0 {
		return v.refuse("there is no certificate authority")
	}
	return Response{Status: http.StatusOK, ContentType: file.ContentType, Body: p.c.CA, ETag: etag(p.c.CA)}
}

// certificate gives a phone its own certificate with the key: over TLS, to who
// shows its token, and to nobody else.
func (p *Provisioning) certificate(v *visit, file *catalog.File, may bool) Response {
	switch {
	case !may || v.Door != DoorHTTPS:
		return v.refuse("its certificate is for the phone that shows its token over TLS")
	case v.device.IssuedSealed.Empty():
		return v.refuse("no certificate is kept for this phone")
	}
	body := []byte(v.device.IssuedSealed.Reveal())
	return Response{Status: http.StatusOK, ContentType: file.ContentType, Body: body, ETag: etag(body), NoStore: true}
}

// withoutMAC serves files that are the same for a whole model and hold no
// secret, to site networks only.
func (p *Provisioning) withoutMAC(ctx context.Context, v *visit) Response {
	if v.site == nil {
		return v.refuse("outside every site network")
	}
	match := v.found.Matches[0]
	for _, m := range v.found.Matches {
		if m.Model != nil && m.Model == v.found.Model || m.Model == nil && v.found.Model != nil && m.File.Family == v.found.Model.Family {
			match = m
		}
	}
	if match.File.Own() {
		if v.found.MAC == "" {
			return v.refuse("this file is one phone's own, and nothing says whose")
		}
		return p.byMAC(ctx, v)
	}
	v.model = match.Model
	if v.model == nil {
		v.model = match.File.Family.Fallback()
	}
	if v.found.Model != nil && v.found.Model.Family == match.File.Family {
		v.model = v.found.Model
	}
	if v.found.Vendor != nil && match.File.Family.Vendor != v.found.Vendor {
		return v.refuse("another vendor's phones ask for this file")
	}
	v.rule = "a file for all phones of a model"
	return p.file(ctx, v, match.File, settings.Bootstrap, false)
}

// plugAndPlay answers the multicast SUBSCRIBE with the address of the settings,
// without a token: whoever hears it learns nothing.
func (p *Provisioning) plugAndPlay(ctx context.Context, v *visit) Response {
	switch {
	case v.site == nil:
		return v.refuse("outside every site network")
	case v.found.MAC == "":
		return v.refuse("no phone has such a MAC")
	}
	v.device = v.snap.DeviceByMAC(v.found.MAC)
	if v.device == nil && !p.adopt(ctx, v) {
		p.miss(v, string(v.found.MAC))
		return notFound
	}
	switch {
	case v.device.Disabled:
		return v.refuse("the device is disabled")
	case !v.inside():
		return v.refuse("outside the networks of its site")
	}
	v.model = p.modelOf(v)
	if v.model == nil {
		return v.refuse("nothing says which model this is")
	}
	v.rule = "plug-and-play"
	p.clerk.met(v, false)
	base := p.baseURL(v, false)
	if base == "" {
		return v.refuse("no door for settings is open")
	}
	path := v.model.FileName(v.model.Vendor.PnP.Path, string(v.device.MAC))
	return Response{Status: http.StatusOK, ContentType: "application/url", URL: base + path, NoStore: true}
}
