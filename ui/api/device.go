package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"cradle/directory"
	"cradle/ui/access"
	"cradle/ui/live"
)

// DeviceFields is what may be set of one; it is exported only because the library
// that makes the document does not look into embedded types that are not.
type DeviceFields struct {
	Name        *string    `json:"name,omitempty" maxLength:"200"`
	Model       *string    `json:"model,omitempty" maxLength:"100" doc:"Name of the catalogue, see /api/v1/templates."`
	Site        *string    `json:"site,omitempty" maxLength:"200" doc:"ID or name."`
	Line        *string    `json:"line,omitempty" maxLength:"64" doc:"Home extension of line 1, ID or number; empty: a hot-desk phone."`
	Lines       *[]string  `json:"lines,omitempty" maxItems:"64" doc:"Home extensions of all lines; instead of line."`
	RemoteLogin *bool      `json:"remote_login,omitempty"`
	NeverShared *bool      `json:"never_shared,omitempty" doc:"Nobody sits here but who is at home."`
	Personal    *bool      `json:"personal,omitempty" doc:"A program or web phone of its user: it rings wherever he sits, and nobody else sits here. Set where the model is a softphone's and nothing is said."`
	SIP         *deviceSIP `json:"sip,omitempty"`
	Profile     *string    `json:"profile,omitempty" maxLength:"200" doc:"ID or name; empty: none."`
	Layout      *string    `json:"layout,omitempty" maxLength:"200" doc:"ID or name; empty: the profile's."`
	Modules     *int       `json:"modules,omitempty" minimum:"0" maximum:"6" doc:"Expansion modules attached."`
	Equipment   *string    `json:"equipment,omitempty" maxLength:"200" doc:"Equipment description."`
	Room        *string    `json:"room,omitempty" maxLength:"200" doc:"Where it stands in its site."`
	Outside     *bool      `json:"outside,omitempty" doc:"A remote phone, in no network of its site."`
}

type deviceCreate struct {
	MAC string `json:"mac" minLength:"12" maxLength:"17"`
	DeviceFields
}

type devicePatch struct {
	Revised
	Disabled *bool `json:"disabled,omitempty" doc:"A disabled phone is answered like a stranger."`
	DeviceFields
}

// devices is the ordinary part of the resource; devicelist.go lists them,
// deviceaction.go has the rest.
func (a *API) devices() resource[directory.Device, deviceView, deviceCreate, devicePatch] {
	return resource[directory.Device, deviceView, deviceCreate, devicePatch]{
		name: "device", path: "/devices", read: access.DevicesRead, write: access.DevicesWrite,
		get:          (*directory.Snapshot).Device,
		organization: func(d *directory.Device) directory.ID { return d.Organization },
		id:           func(d *directory.Device) directory.ID { return d.ID },
		view:         a.viewDevice, create: a.createDevice, patch: a.patchDevice,
		remove: func(tx *directory.Tx, _ *access.Caller, d *directory.Device) error { return tx.DeleteDevice(d.ID) },
	}
}

func deviceRoutes(a *API) {
	route(a, operation{method: http.MethodGet, path: "/devices", permission: access.DevicesRead,
		summary: "List devices", errors: []int{http.StatusNotFound}}, a.listDevices)
	a.devices().routes(a)
	route(a, operation{method: http.MethodGet, path: "/devices/{id}/journal", permission: access.DevicesRead,
		summary: "The last steps of a phone while it came up", errors: []int{http.StatusNotFound}}, a.journal)
}

// device is a phone that the caller may see.
func (a *API) device(s *directory.Snapshot, c *access.Caller, id directory.ID) (*directory.Device, error) {
	return a.devices().visible(s, c, id)
}

func (a *API) createDevice(tx *directory.Tx, _ *access.Caller, org directory.ID, in *deviceCreate) (directory.ID, error) {
	mac, err := directory.ParseMAC(in.MAC)
	if err != nil {
		return "", wrong("body.mac", err.Error())
	}
	if d := tx.Snapshot().DeviceByMAC(mac); d != nil {
		return "", takenBy(d, org)
	}
	var site directory.ID
	if in.Site == nil || *in.Site == "" {
		site, err = onlySite(tx.Snapshot(), org)
	} else {
		site, err = findSite(tx.Snapshot(), org, *in.Site, "body.site")
	}
	if err != nil {
		return "", err
	}
	model := ""
	set(&model, in.Model)
	if err := a.knownModel(model); err != nil {
		return "", err
	}
	d, err := tx.NewDevice(org, site, mac, model, directory.StepApproved)
	if err != nil {
		return "", err
	}
	mine := *d
	mine.Seen = time.Time{} // it was announced, not met
	return d.ID, a.changeDevice(tx, &mine, &in.DeviceFields)
}

// takenBy refuses a MAC that is there already and names the phone that has it;
// one of another organization is not described.
func takenBy(d *directory.Device, org directory.ID) error {
	if err := d.InService(); err != nil && d.Organization == org {
		return err
	}
	if d.Organization != org {
		return fmt.Errorf("MAC %s: %w", d.MAC.Colons(), directory.ErrTaken)
	}
	return fmt.Errorf("MAC %s: %w by the phone %q with the Phone ID %s (%s)", d.MAC.Colons(), directory.ErrTaken, d.Name, d.PhoneID, d.ID)
}

func (a *API) patchDevice(tx *directory.Tx, _ *access.Caller, d *directory.Device, in *devicePatch) error {
	in.of(&d.Revision)
	set(&d.Disabled, in.Disabled)
	return a.changeDevice(tx, d, &in.DeviceFields)
}

func (a *API) changeDevice(tx *directory.Tx, d *directory.Device, in *DeviceFields) error {
	s := tx.Snapshot()
	set(&d.Name, in.Name)
	set(&d.RemoteLogin, in.RemoteLogin)
	set(&d.NeverShared, in.NeverShared)
	set(&d.Personal, in.Personal)
	set(&d.Modules, in.Modules)
	set(&d.Equipment, in.Equipment)
	set(&d.Room, in.Room)
	set(&d.Outside, in.Outside)
	if in.Model != nil {
		if err := a.knownModel(*in.Model); err != nil {
			return err
		}
		if d.Model = *in.Model; in.Personal == nil && a.isProgram(d.Model) {
			d.Personal = true
		}
	}
	if err := setRef(findSite, s, d.Organization, &d.Site, in.Site, "body.site"); err != nil {
		return err
	}
	if err := setRef(findProfile, s, d.Organization, &d.Profile, in.Profile, "body.profile"); err != nil {
		return err
	}
	if err := setRef(findLayout, s, d.Organization, &d.Layout, in.Layout, "body.layout"); err != nil {
		return err
	}
	if in.SIP != nil {
		d.SIP = directory.DeviceSIP(*in.SIP)
	}
	if err := setLines(tx, d, in); err != nil {
		return err
	}
	return tx.PutDevice(d)
}

// setLines gives the lines their home extensions. Lines that are added get an
// account of their own; lines that are no longer named become hot-desk lines.
func setLines(tx *directory.Tx, d *directory.Device, in *DeviceFields) error {
	var wanted []string
	location := "body.lines[%d]"
	switch {
	case in.Line != nil && in.Lines != nil:
		return wrong("body.lines", "give line or lines, not both")
	case in.Lines != nil:
		wanted = *in.Lines
	case in.Line != nil:
		wanted, location = []string{*in.Line}, "body.line"
	default:
		return nil
	}
	d.Lines = slices.Clone(d.Lines)
	for i := range max(len(wanted), len(d.Lines)) {
		if i == len(d.Lines) {
			d.Lines = append(d.Lines, directory.Line{})
		}
		if i >= len(wanted) || wanted[i] == "" {
			if in.Lines != nil || i == 0 {
				d.Lines[i].Home = ""
			}
			continue
		}
		at := location
		if in.Lines != nil {
			at = fmt.Sprintf(location, i)
		}
		home, err := findExtension(tx.Snapshot(), d.Organization, wanted[i], at)
		if err != nil {
			return err
		}
		d.Lines[i].Home = home
	}
	return nil
}

func (a *API) knownModel(name string) error {
	if name == "" || a.Provisioning == nil {
		return nil
	}
	for _, m := range a.Provisioning.Models() {
		if m.Name == name {
			return nil
		}
	}
	return wrong("body.model", "no such model in the catalogue: "+name)
}

// isProgram tells whether a model runs at its user's instead of standing somewhere.
func (a *API) isProgram(name string) bool {
	return a.Provisioning != nil && slices.ContainsFunc(a.Provisioning.Models(), func(m live.Model) bool { return m.Name == name && m.Program })
}

// shownDevice answers with a phone as it is after a change.
func (a *API) shownDevice(_ context.Context, id directory.ID) (*viewOutput[deviceView], error) {
	return a.devices().shown(a, id)
}
