package provisioning

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"

	"cradle/directory"
	"cradle/provisioning/catalog"
	"cradle/provisioning/firmware"
	"cradle/provisioning/identify"
)

// asksFirmware tells whether a path means a firmware. Names that phones ask for
// their settings by never do.
func (p *Provisioning) asksFirmware(v *visit) bool {
	if p.c.Firmware == nil || v.found.Path.Name == "" {
		return false
	}
	for _, m := range v.found.Matches {
		if m.File.Kind != catalog.Absent {
			return false
		}
	}
	vendor := ""
	if v.found.Vendor != nil {
		vendor = v.found.Vendor.Name
	}
	v.load = firmware.Asked(v.snap, vendor, v.found.Path.Name)
	return v.load != nil
}

// claimsFirmware tells whether a path at the root is a firmware's.
func (p *Provisioning) claimsFirmware(path identify.Path) bool {
	return p.c.Firmware != nil && path.Name != "" && firmware.Asked(p.c.Directory.Snapshot(), "", path.Name) != nil
}

// firmware gives an approved phone a file it may load. Phones name themselves
// less well in such requests than in others, and a firmware is no secret: from
// its site's networks a phone needs no token.
func (p *Provisioning) firmware(v *visit, token bool) Response {
	var err error
	switch {
	case v.Method == http.MethodPut:
		return v.refuse("phones may not upload this file")
	case v.found.Vendor != nil && v.found.Vendor.Name != v.load.Vendor:
		return v.refuse("a firmware of another vendor's phones")
	case v.device == nil && v.found.MAC != "":
		if v.device = v.snap.DeviceByMAC(v.found.MAC); v.device == nil {
			return v.refuse("a firmware, asked for by a phone that is not known")
		}
	}
	if v.device != nil && p.impostor(v) {
		return notFound
	}
	if v.device != nil {
		if err = p.mayLoad(v, token); err == nil {
			p.clerk.met(v, false)
		}
	} else {
		err = p.mayLoadHere(v)
	}
	if err != nil {
		return v.refuse(err.Error())
	}
	return p.load(v)
}

// mayLoad judges one phone.
func (p *Provisioning) mayLoad(v *visit, token bool) error {
	d := v.device
	if v.model = p.modelOf(v); v.model == nil {
		return errors.New("nothing says which model this is")
	}
	switch {
	case d.Disabled || !d.Retired.IsZero():
		return errors.New("the device is disabled or out of service")
	case !d.Step.Approved():
		return errors.New("a firmware, and the phone is not approved")
	case !token && !v.inside():
		return errors.New("a firmware without the phone's token, and outside the networks of its site")
	case v.Door == DoorTFTP && p.tftpOff(v, d.Site):
		return errors.New("the site serves nothing over TFTP")
	}
	has := d.Firmware
	if v.found.Firmware != "" {
		has = v.found.Firmware
	}
	return firmware.Fits(v.load, d.Organization, v.model, has)
}

// mayLoadHere judges a request that does not say which phone asks: somebody at
// its site has to be such a phone.
func (p *Provisioning) mayLoadHere(v *visit) error {
	if v.site == nil {
		return errors.New("outside every site network")
	}
	err := errors.New("a firmware, and no approved phone of this site may load it")
	for d := range v.snap.DevicesAt(v.site.ID) {
		m := v.shelf.Model(d.Model)
		if m == nil || !d.Step.Approved() || d.Disabled || !d.Retired.IsZero() || firmware.Fits(v.load, d.Organization, m, "") != nil {
			continue
		}
		if v.model = m; v.Door == DoorTFTP && p.tftpOff(v, v.site.ID) {
			err = errors.New("the site serves nothing over TFTP")
			continue
		}
		return nil
	}
	return err
}

func (p *Provisioning) tftpOff(v *visit, site directory.ID) bool {
	s := v.snap.Site(site)
	return s != nil && s.TFTP == directory.TFTPOff && !v.model.Family.OnlyTFTP
}

// load opens the file for the door.
func (p *Provisioning) load(v *visit) Response {
	f, err := p.c.Firmware.Open(v.load)
	switch {
	case errors.Is(err, firmware.ErrBusy):
		v.rule = "too many phones load firmware just now"
		wait := 30 + rand.IntN(30) //nolint:gosec // spreading, no secret
		return Response{Status: http.StatusServiceUnavailable, ContentType: notFound.ContentType, Body: []byte("busy\n"), NoStore: true, RetryAfter: wait}
	case err != nil:
		p.log.Error("a firmware cannot be given", "file", v.load.File, "err", err)
		return v.refuse(err.Error())
	}
	v.rule = fmt.Sprintf("firmware %s, %.1f MB", v.load.Version, float64(f.Size())/1e6)
	return Response{Status: http.StatusOK, ContentType: "application/octet-stream", ETag: `"` + v.load.SHA256[:24] + `"`, File: f}
}
