package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"

	"cradle/directory"
	"cradle/provisioning/roster"
	"cradle/ui/access"
)

type importDevices struct {
	Organization directory.ID `query:"organization" maxLength:"64"`
	Body         struct {
		Text   string `json:"text" maxLength:"4194304" doc:"MACs by line, a table with a header in any order (mac, model, name, site, extension, profile, equipment), or what a bar-code scanner typed."`
		Site   string `json:"site,omitempty" maxLength:"200" doc:"For rows that name none, ID or name."`
		DryRun bool   `json:"dry_run,omitempty" doc:"Say only what would be done."`
	}
}

// importedDevices says what became of each row. Rows with errors stay out, the
// others go in.
type importedDevices struct {
	Rows    []importedRow `json:"rows" nullable:"false"`
	Created int           `json:"created"`
	Updated int           `json:"updated"`
	Skipped int           `json:"skipped"`
	Failed  int           `json:"failed"`
}

type importedRow struct {
	Row    int    `json:"row"`
	MAC    string `json:"mac"`
	Model  string `json:"model"`
	Name   string `json:"name"`
	Action string `json:"action" enum:"create,update,skip,error"`
	Reason string `json:"reason"`
}

func importRoutes(a *API) {
	route(a, operation{method: http.MethodPost, path: "/devices/import", permission: access.DevicesWrite, maxBody: maxBundle,
		summary: "Announce many phones at once", errors: []int{http.StatusNotFound}}, a.importDevices)
}

func (a *API) importDevices(ctx context.Context, c *access.Caller, in *importDevices) (*viewOutput[importedDevices], error) {
	org, err := (&pageInput{Organization: in.Organization}).organization(c)
	if err != nil {
		return nil, err
	}
	rows, err := roster.Parse(in.Body.Text)
	if err != nil {
		return nil, wrong("body.text", err.Error())
	}
	var out importedDevices
	err = a.Directory.Update(ctx, actor(c), func(tx *directory.Tx) error {
		out = importedDevices{Rows: make([]importedRow, 0, len(rows))}
		seen := map[directory.MAC]bool{}
		for _, r := range rows {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			done := importedRow{Row: r.Number, Model: r.Model, Name: r.Name}
			if r.Err == nil {
				done.MAC = r.MAC.Colons()
			}
			err = tx.Try(func() (err error) {
				done.Action, err = a.importRow(tx, c, org, r, in.Body.Site, seen)
				return err
			})
			if err != nil {
				done.Action, done.Reason = "error", plain(err)
			}
			out.count(done)
		}
		if in.Body.DryRun {
			return errDryRun
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return nil, err
	}
	return &viewOutput[importedDevices]{Body: out}, nil
}

func (d *importedDevices) count(row importedRow) {
	d.Rows = append(d.Rows, row)
	switch row.Action {
	case "create":
		d.Created++
	case "update":
		d.Updated++
	case "skip":
		d.Skipped++
	default:
		d.Failed++
	}
}

// plain is what a person reads about a row: no sentinel's words in front.
func plain(err error) string {
	for _, sentinel := range []error{roster.ErrRow, directory.ErrInvalid, directory.ErrRefused} {
		if errors.Is(err, sentinel) {
			return strings.TrimPrefix(err.Error(), sentinel.Error()+": ")
		}
	}
	return err.Error()
}

var errTwice = errors.New("this MAC is in the list before")

// importRow makes or changes one phone.
func (a *API) importRow(tx *directory.Tx, c *access.Caller, org directory.ID, r roster.Row, site string, seen map[directory.MAC]bool) (string, error) {
	switch {
	case r.Err != nil:
		return "", r.Err
	case seen[r.MAC]:
		return "", errTwice
	}
	seen[r.MAC] = true
	fields := DeviceFields{
		Name: said(r.Name), Model: said(a.modelNamed(r.Model)), Site: said(r.Site),
		Line: said(r.Extension), Profile: said(r.Profile), Equipment: said(r.Equipment),
	}
	old := tx.Snapshot().DeviceByMAC(r.MAC)
	if old == nil {
		fields.Site = said(cmp.Or(r.Site, site))
		_, err := a.createDevice(tx, c, org, &deviceCreate{MAC: string(r.MAC), DeviceFields: fields})
		return "create", err
	}
	if old.Organization != org || !c.Sees(old.Organization) {
		return "", directory.ErrTaken
	}
	before := old.Revision
	mine := *old
	if err := a.changeDevice(tx, &mine, &fields); err != nil {
		return "", err
	}
	if old.Step == directory.StepSeen || old.Step == directory.StepLobby {
		return "update", tx.Approve(old.ID) // who announces a phone approves it
	}
	if now := tx.Snapshot().DeviceByMAC(r.MAC); now.Revision == before {
		return "skip", nil
	}
	return "update", nil
}

// said is a field of a list that says something.
func said(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// modelNamed finds the catalogue's name of a model as people write it; what is
// not found stays, and is refused.
func (a *API) modelNamed(name string) string {
	if name == "" || a.Templates == nil {
		return name
	}
	shelf := a.Templates.Catalog()
	if m := shelf.Model(name); m != nil {
		return m.Name
	}
	for _, m := range shelf.Models() {
		if strings.EqualFold(m.Label, name) || strings.EqualFold(m.Vendor.Label+" "+m.File, name) {
			return m.Name
		}
	}
	return name
}
