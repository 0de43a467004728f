package office

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"cradle/directory"
)

// Report tells what Apply did.
type Report struct {
	Created    []string `json:"created" yaml:"created"`
	Changed    []string `json:"changed" yaml:"changed"`
	Unchanged  int      `json:"unchanged" yaml:"unchanged"`
	NotInForce []string `json:"not_in_force" yaml:"not_in_force"`
}

// applier carries one Apply.
type applier struct {
	tx     *directory.Tx
	doc    *Document
	by     string
	org    directory.ID
	report Report
}

// Update prepares a document and applies it in one transaction.
func Update(ctx context.Context, d *directory.Directory, by directory.Actor, doc *Document) (*Report, error) {
	if err := doc.Prepare(ctx, d); err != nil {
		return nil, err
	}
	var rep *Report
	err := d.Update(ctx, by, func(tx *directory.Tx) (err error) {
		rep, err = Apply(tx, doc, by.Name)
		return err
	})
	if err != nil {
		return nil, err
	}
	return rep, nil
}

// errDryRun undoes the transaction of a Plan.
var errDryRun = errors.New("dry run")

// Plan tells what Update would do, and changes nothing.
func Plan(ctx context.Context, d *directory.Directory, by directory.Actor, doc *Document) (*Report, error) {
	if err := doc.Prepare(ctx, d); err != nil {
		return nil, err
	}
	var rep *Report
	err := d.Update(ctx, by, func(tx *directory.Tx) (err error) {
		if rep, err = Apply(tx, doc, by.Name); err == nil {
			err = errDryRun
		}
		return err
	})
	if errors.Is(err, errDryRun) {
		return rep, nil
	}
	return nil, err
}

// Apply makes the directory match the document for everything that it names, and
// leaves the rest alone. Applied twice, the second time changes nothing. Any error
// is an *Error with its place; the transaction must then not be committed. A PIN
// that its owner set is never touched.
func Apply(tx *directory.Tx, doc *Document, by string) (*Report, error) {
	a := &applier{tx: tx, doc: doc, by: by, report: Report{Created: []string{}, Changed: []string{}, NotInForce: []string{}}}
	if doc.Administrator != nil && tx.Snapshot().SetUp() {
		return nil, doc.fault("administrator", nil, "it is only taken by the setup, which has been done")
	}
	if doc.Organization != nil {
		for _, step := range []func() error{
			a.organization, a.sites, a.users, a.administrator, a.layouts, a.profiles, a.extensions, a.emergencyRoutes, a.numbers,
			a.devices, a.contacts, a.templates, a.seats, a.codes, a.settings,
		} {
			if err := step(); err != nil {
				return nil, err
			}
		}
	}
	if err := a.limits(); err != nil {
		return nil, err
	}
	return &a.report, nil
}

// wrap gives an error of the directory its place in the file.
func (a *applier) wrap(path string, err error) error {
	var e *Error
	if err == nil || errors.As(err, &e) {
		return err
	}
	return a.doc.fault(path, err, "%v", err)
}

// done notes what became of one thing: before is its revision before (0: it was
// not there), after the one since.
func (a *applier) done(what string, before, after uint64) {
	switch {
	case before == 0:
		a.report.Created = append(a.report.Created, what)
	case before != after:
		a.report.Changed = append(a.report.Changed, what)
	default:
		a.report.Unchanged++
	}
}

// set takes a value over where the file names one.
func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}

// setAs is set for words that have a type of their own.
func setAs[T ~string](to *T, from *string) {
	if from != nil {
		*to = T(*from)
	}
}

// setList takes a list over; a list that stays equal is not touched.
func setList(to *[]string, from *[]string) {
	if from == nil || len(*from) == 0 && len(*to) == 0 {
		return
	}
	*to = append([]string(nil), *from...)
}

func (a *applier) organization() error {
	f := a.doc.Organization
	o := directory.Organization{Name: f.Name}
	old := a.tx.Snapshot().OrganizationByName(f.Name)
	if old != nil {
		o = *old
	}
	before := o.Revision
	set(&o.Domain, f.Domain)
	set(&o.Language, f.Language)
	set(&o.NightlyRelease, f.NightlyRelease)
	set(&o.IdleRelease, f.IdleRelease)
	set(&o.PINForCode, f.PINForCode)
	set(&o.PINDigits, f.PINDigits)
	set(&o.OperatorContact, f.OperatorContact)
	if err := a.tx.PutOrganization(&o); err != nil {
		return a.wrap("organization", err)
	}
	a.org = o.ID
	if old == nil && len(a.doc.Codes) == 0 {
		if err := a.tx.PutDefaultCodes(o.ID); err != nil {
			return a.wrap("organization", err)
		}
	}
	a.done("organization "+o.Name, before, o.Revision)
	return nil
}

// notYet notes a key that is kept although its feature is not built yet.
func (a *applier) notYet(what string, when bool) {
	if when {
		a.report.NotInForce = append(a.report.NotInForce, what)
	}
}

func (a *applier) sites() error {
	for i := range a.doc.Sites {
		if err := a.site(fmt.Sprintf("sites[%d]", i), &a.doc.Sites[i]); err != nil {
			return err
		}
	}
	return nil
}

func (a *applier) site(path string, f *Site) error {
	s := directory.Site{Organization: a.org, Name: f.Name, Adoption: directory.AdoptLobby, TFTP: directory.TFTPBootstrap}
	if old := a.tx.Snapshot().SiteByName(a.org, f.Name); old != nil {
		s = *old
	}
	before := s.Revision
	set(&s.TimeZone, f.TimeZone)
	set(&s.MainNumber, f.MainNumber)
	setAs(&s.Adoption, f.Adoption)
	setAs(&s.TFTP, f.TFTP)
	set(&s.Advertise, f.Advertise)
	set(&s.TimeServer, f.TimeServer)
	set(&s.EmergencyRoute, f.EmergencyRoute)
	set(&s.ResyncFrom, f.ResyncFrom)
	set(&s.ResyncUntil, f.ResyncUntil)
	set(&s.DirectMedia, f.DirectMedia)
	setList(&s.Emergency, f.Emergency)
	if f.Networks != nil {
		nets := make([]netip.Prefix, 0, len(*f.Networks))
		for _, text := range *f.Networks {
			p, err := parseNetwork(text)
			if err != nil {
				return a.wrap(path+".networks", err)
			}
			nets = append(nets, p)
		}
		if len(nets) > 0 || len(s.Networks) > 0 {
			s.Networks = nets
		}
	}
	if err := a.tx.PutSite(&s); err != nil {
		if errors.Is(err, directory.ErrTaken) {
			path += ".networks"
		}
		return a.wrap(path, err)
	}
	a.done("site "+s.Name, before, s.Revision)
	return nil
}

// emergencyRoutes holds the sites' routes against the extensions, when both are
// there: a help call must not be found to lead nowhere when it is made. A name
// that is no number is a trunk's, which comes later.
func (a *applier) emergencyRoutes() error {
	for i, f := range a.doc.Sites {
		if f.EmergencyRoute == nil || *f.EmergencyRoute == "" {
			continue
		}
		if strings.Trim(*f.EmergencyRoute, "0123456789") != "" {
			a.notYet("site "+f.Name+": emergency_route "+*f.EmergencyRoute, true)
			continue
		}
		if _, err := a.extensionNamed(fmt.Sprintf("sites[%d].emergency_route", i), *f.EmergencyRoute); err != nil {
			return err
		}
	}
	return nil
}

// siteNamed finds the site a thing names. Without a name a new thing belongs to
// the organization's only site.
func (a *applier) siteNamed(path string, name *string, to *directory.ID) error {
	snap := a.tx.Snapshot()
	if name != nil {
		s := snap.SiteByName(a.org, *name)
		if s == nil {
			return a.doc.fault(path+".site", nil, "there is no site %q", *name)
		}
		*to = s.ID
		return nil
	}
	if *to != "" {
		return nil
	}
	for s := range snap.Sites(a.org) {
		if *to != "" {
			return a.doc.fault(path, nil, "site is required, because there are several")
		}
		*to = s.ID
	}
	if *to == "" {
		return a.doc.fault(path, nil, "site is required")
	}
	return nil
}

// userNamed finds the user a thing names; "" is nobody.
func (a *applier) userNamed(path string, email *string, to *directory.ID) error {
	if email == nil {
		return nil
	}
	if *email == "" {
		*to = ""
		return nil
	}
	u := a.tx.Snapshot().UserByEmail(*email)
	if u == nil || u.Organization != a.org {
		return a.doc.fault(path+".user", nil, "there is no user %q", *email)
	}
	*to = u.ID
	return nil
}

// extensionNamed finds the extension a thing names; "" is none.
func (a *applier) extensionNamed(path, number string) (directory.ID, error) {
	if number == "" {
		return "", nil
	}
	e := a.tx.Snapshot().ExtensionByNumber(a.org, number)
	if e == nil {
		return "", a.doc.fault(path, nil, "there is no extension %q", number)
	}
	return e.ID, nil
}

func (a *applier) codes() error {
	for i, f := range a.doc.Codes {
		path := fmt.Sprintf("codes[%d]", i)
		c := directory.Code{Organization: a.org, Digits: f.Digits}
		if old := a.tx.Snapshot().CodeByDigits(a.org, f.Digits); old != nil {
			c = *old
		}
		before := c.Revision
		set(&c.Feature, f.Feature)
		set(&c.Argument, f.Argument)
		if err := a.tx.PutCode(&c); err != nil {
			return a.wrap(path, err)
		}
		a.done("code "+c.Digits, before, c.Revision)
	}
	return nil
}

func (a *applier) limits() error {
	for _, name := range limitNames(a.doc.Limits) {
		v := a.doc.Limits[name]
		snap := a.tx.Snapshot()
		if snap.LimitSet(name) && snap.Limit(name) == v {
			a.report.Unchanged++
			continue
		}
		was := snap.LimitSet(name)
		if err := a.tx.SetLimit(name, v); err != nil {
			return a.wrap("limits."+name, err)
		}
		before := uint64(0)
		if was {
			before = 1
		}
		a.done("limit "+name, before, 2)
	}
	return nil
}
