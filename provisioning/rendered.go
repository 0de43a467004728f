package provisioning

import (
	"bytes"
	"crypto/md5" //nolint:gosec // phones compare with it
	"encoding/hex"
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"net/http"
	"strings"

	"cradle/directory"
	"cradle/provisioning/catalog"
	"cradle/provisioning/custom"
	"cradle/provisioning/settings"
)

// rendered gives a file that a template makes, from the cache where it can.
func (p *Provisioning) rendered(v *visit, file *catalog.File, mode settings.Mode) Response {
	base := p.baseURL(v, file.Own())
	if base == "" {
		return v.refuse("no door for settings is open")
	}
	key := cacheKey{model: v.model, file: file, book: v.book, mode: mode, wipe: v.wipe, base: base}
	if file.Own() {
		key.device = v.device.ID
	} else if v.site != nil {
		key.site = v.site.ID
	}
	revision := v.snap.Revision()
	if e := p.cache.get(key, revision, func() uint64 { return p.fingerprint(v, file, mode, base) }); e != nil {
		return p.give(v, e, file, mode)
	}
	if p.rendering.Add(1) > v.snap.Limit("render_parallel") {
		p.rendering.Add(-1)
		v.rule = "too much is being rendered just now"
		return Response{Status: http.StatusServiceUnavailable, ContentType: notFound.ContentType, Body: []byte("busy\n"), NoStore: true, RetryAfter: retryAfter()}
	}
	defer p.rendering.Add(-1)
	body, err := p.render(v, file, mode, base)
	if err != nil {
		p.log.Error("rendering", "mac", v.found.MAC, "model", v.model.Name, "file", file.Name, "err", err)
		return v.refuse(fmt.Sprintf("the template did not render: %v", err))
	}
	e := &cached{key: key, print: p.fingerprint(v, file, mode, base), body: body, etag: etag(body), left: v.left}
	e.asOf.Store(revision)
	p.cache.put(e)
	return p.give(v, e, file, mode)
}

// give answers with a rendering and remembers that this phone got it.
func (p *Provisioning) give(v *visit, e *cached, file *catalog.File, mode settings.Mode) Response {
	v.hash, v.left = strings.Trim(e.etag, `"`), e.left
	if v.Method != http.MethodHead {
		p.keeper.fetched(v, file, mode, e)
	}
	return Response{Status: http.StatusOK, ContentType: file.ContentType, Body: e.body, ETag: e.etag, NoStore: file.Own()}
}

// fingerprint covers every record that a rendering depends on.
func (p *Provisioning) fingerprint(v *visit, file *catalog.File, mode settings.Mode, base string) uint64 {
	var h maphash.Hash
	h.SetSeed(p.cache.seed)
	p.maker.Depends(&h, p.facts(v, file, mode, base, false))
	site := v.site
	if v.device != nil {
		site = v.snap.Site(v.device.Site)
	}
	h.WriteString(custom.InForce(v.snap, custom.Asker{Site: site, Device: v.device, Model: v.model}).String())
	return h.Sum64()
}

// retryAfter is 1 to 5 seconds, so that those refused do not all come back at once.
func retryAfter() int { return 1 + rand.IntN(5) } //nolint:gosec // spreading, no secret

// render stacks the layers and runs the template.
func (p *Provisioning) render(v *visit, file *catalog.File, mode settings.Mode, base string) ([]byte, error) {
	values, _ := p.maker.Values(p.facts(v, file, mode, base, false))
	scratch, _ := p.scratch.Get().(*[]byte)
	if scratch == nil {
		scratch = new([]byte)
	}
	body, err := p.execute((*scratch)[:0], v, file, mode, values)
	if err != nil {
		return nil, err
	}
	*scratch = body
	own := bytes.Clone(body) // before another phone's settings come where they lie
	p.scratch.Put(scratch)
	return own, nil
}

func (p *Provisioning) facts(v *visit, file *catalog.File, mode settings.Mode, base string, mask bool) settings.Facts {
	f := settings.Facts{
		Snapshot: v.snap, Site: v.site, Abilities: v.model.Abilities(), Mode: mode,
		Host: p.host(v), SIPPort: p.c.Servers.SIPPort, SIPSPort: p.c.Servers.SIPSPort, URL: base, Now: v.now, Mask: mask,
	}
	if file.Own() {
		f.Device, f.Site = v.device, v.snap.Site(v.device.Site)
		f.Authority, f.Certificate, f.Book = p.authorityURL(v, base), p.certificateURL(v, base), v.book
		if v.model.Family.TLS.Authority {
			f.Authorities = p.authorities
		}
		f.Page, f.Screens = p.pageOf(v, file, base), p.c.Screens != nil
		f.FileName = func(pattern string) string { return v.model.FileName(pattern, string(v.device.MAC)) }
	}
	return f
}

// firmware is the version that a file is made for; empty: one for all phones of a model.
func (v *visit) firmware(file *catalog.File) string {
	if file.Own() {
		return v.device.Firmware
	}
	return ""
}

// digest answers with the MD5 of another file as this phone would get it:
// phones of some vendors ask for it before the file.
func digest(file *catalog.File, of Response) Response {
	if of.Status != http.StatusOK {
		return of
	}
	sum := md5.Sum(of.Body) //nolint:gosec // what the phones compare with, no protection
	body := append(hex.AppendEncode(nil, sum[:]), '\n')
	return Response{Status: http.StatusOK, ContentType: file.ContentType, Body: body, ETag: etag(body), NoStore: of.NoStore}
}

// Rendered is a file as people may see it.
type Rendered struct {
	ContentType string
	Body        []byte // secrets and token masked
	// Settings are the values and the layers they come from, by name.
	Settings map[string]settings.Value
}

// Render shows one file of a device as its phone would get it in full, with
// every secret masked. The file is named as in the model's data ("{mac}.cfg")
// or as the phone asks for it.
func (p *Provisioning) Render(id directory.ID, name string) (Rendered, error) {
	v, file, err := p.shown(id, name)
	if err != nil {
		return Rendered{}, err
	}
	values, stack := p.maker.Values(p.facts(v, file, settings.Full, p.maskedBase(v), true))
	body, err := p.execute(nil, v, file, settings.Full, values)
	if err != nil {
		return Rendered{}, err
	}
	r := Rendered{ContentType: file.ContentType, Body: body, Settings: map[string]settings.Value{}}
	for k, value := range stack {
		r.Settings[settings.Schema[k].Name] = value
	}
	return r, nil
}

// look is the visit in which people see a device, of a model that is known.
func (p *Provisioning) look(id directory.ID) (*visit, error) {
	v := &visit{now: p.now(), snap: p.c.Directory.Snapshot(), shelf: p.Catalog(), looked: true}
	if v.device = v.snap.Device(id); v.device == nil {
		return nil, fmt.Errorf("%w: %q", ErrNoDevice, id)
	}
	v.site = v.snap.Site(v.device.Site)
	if v.model = p.modelOf(v); v.model == nil {
		return nil, fmt.Errorf("%w: the model of %s is not known", ErrNoFile, v.device.MAC)
	}
	return v, nil
}

// shown is the visit in which people see a file of a device.
func (p *Provisioning) shown(id directory.ID, name string) (*visit, *catalog.File, error) {
	v, err := p.look(id)
	if err != nil {
		return nil, nil, err
	}
	file := v.model.Family.Named(name)
	matches, _ := v.shelf.Asked(name)
	for _, m := range matches {
		if m.File.Family == v.model.Family && (file == nil || file == m.File) {
			file, v.book = m.File, m.Book
		}
	}
	if file == nil || file.Template == nil {
		return nil, nil, fmt.Errorf("%w: %q of %s", ErrNoFile, name, v.model.Name)
	}
	return v, file, nil
}
