package office

import (
	"fmt"

	"cradle/directory"
)

// each applies a list of the document in its order.
func each[T any](list []T, name string, one func(path string, f *T) error) error {
	for i := range list {
		if err := one(fmt.Sprintf("%s[%d]", name, i), &list[i]); err != nil {
			return err
		}
	}
	return nil
}

// setKeys takes keys over; a list that stays empty is not touched.
func setKeys(to *[]directory.Key, from *[]Key) {
	if from == nil || len(*from) == 0 && len(*to) == 0 {
		return
	}
	*to = make([]directory.Key, 0, len(*from))
	for _, k := range *from {
		*to = append(*to, directory.Key(k))
	}
}

func (a *applier) layouts() error { return each(a.doc.Layouts, "layouts", a.layout) }

func (a *applier) layout(path string, f *Layout) error {
	l := directory.Layout{Organization: a.org, Name: f.Name}
	if old := a.tx.Snapshot().LayoutByName(a.org, f.Name); old != nil {
		l = *old
	}
	before := l.Revision
	setKeys(&l.Keys, f.Keys)
	if err := a.tx.PutLayout(&l); err != nil {
		return a.wrap(path, err)
	}
	a.done("layout "+l.Name, before, l.Revision)
	return nil
}

func (a *applier) profiles() error { return each(a.doc.Profiles, "profiles", a.profile) }

func (a *applier) profile(path string, f *Profile) error {
	p := directory.Profile{Organization: a.org, Name: f.Name}
	if old := a.tx.Snapshot().ProfileByName(a.org, f.Name); old != nil {
		p = *old
	}
	before := p.Revision
	if err := a.layoutNamed(path, f.Layout, &p.Layout); err != nil {
		return err
	}
	if err := a.tx.PutProfile(&p); err != nil {
		return a.wrap(path, err)
	}
	a.done("profile "+p.Name, before, p.Revision)
	return nil
}

// layoutNamed and profileNamed find what a thing names; "" is none.
func (a *applier) layoutNamed(path string, name *string, to *directory.ID) error {
	if name == nil {
		return nil
	}
	*to = ""
	if *name == "" {
		return nil
	}
	l := a.tx.Snapshot().LayoutByName(a.org, *name)
	if l == nil {
		return a.doc.fault(path+".layout", nil, "there is no layout %q", *name)
	}
	*to = l.ID
	return nil
}

func (a *applier) profileNamed(path string, name *string, to *directory.ID) error {
	if name == nil {
		return nil
	}
	*to = ""
	if *name == "" {
		return nil
	}
	p := a.tx.Snapshot().ProfileByName(a.org, *name)
	if p == nil {
		return a.doc.fault(path+".profile", nil, "there is no profile %q", *name)
	}
	*to = p.ID
	return nil
}

// person is what contacts are found by.
type person struct {
	site, extension      directory.ID
	first, last, company string
}

// contacts looks each one up in a table made once: there may be thousands.
func (a *applier) contacts() error {
	if len(a.doc.Contacts) == 0 {
		return nil
	}
	known := make(map[person]*directory.Contact)
	for c := range a.tx.Snapshot().Contacts(a.org) {
		known[person{c.Site, c.Extension, c.First, c.Last, c.Company}] = c
	}
	return each(a.doc.Contacts, "contacts", func(path string, f *Contact) error { return a.contact(path, f, known) })
}

func (a *applier) contact(path string, f *Contact, known map[person]*directory.Contact) error {
	c := directory.Contact{Organization: a.org, First: f.First, Last: f.Last, Company: f.Company}
	if f.Site != "" {
		if err := a.siteNamed(path, &f.Site, &c.Site); err != nil {
			return err
		}
	}
	ext, err := a.extensionNamed(path+".extension", f.Extension)
	if err != nil {
		return err
	}
	c.Extension = ext
	if old := known[person{c.Site, c.Extension, c.First, c.Last, c.Company}]; old != nil {
		c = *old
	}
	before := c.Revision
	set(&c.Email, f.Email)
	set(&c.Speed, f.Speed)
	if f.Numbers != nil {
		c.Numbers = make([]directory.ContactNumber, 0, len(*f.Numbers))
		for _, n := range *f.Numbers {
			c.Numbers = append(c.Numbers, directory.ContactNumber(n))
		}
	}
	if err := a.tx.PutContact(&c); err != nil {
		return a.wrap(path, err)
	}
	a.done("contact "+c.Name(), before, c.Revision)
	return nil
}
