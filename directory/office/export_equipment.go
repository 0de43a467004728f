package office

import "cradle/directory"

// equipment writes down layouts, profiles, contacts and changed templates.
// Firmware is left out: its files do not come along.
func (x *exporter) equipment(doc *Document, org directory.ID) {
	for v := range x.s.Layouts(org) {
		doc.Layouts = append(doc.Layouts, Layout{Name: v.Name, Keys: keys(v.Keys)})
	}
	for v := range x.s.Profiles(org) {
		doc.Profiles = append(doc.Profiles, Profile{Name: v.Name, Layout: x.layoutName(v.Layout)})
	}
	for v := range x.s.Contacts(org) {
		doc.Contacts = append(doc.Contacts, x.contact(v))
	}
	for v := range x.s.Templates("") {
		if v.Organization == "" || v.Organization == org {
			doc.Templates = append(doc.Templates, x.template(v))
		}
	}
}

// keys gives a list that is written even where it is empty.
func keys(v []directory.Key) *[]Key {
	out := make([]Key, 0, len(v))
	for _, k := range v {
		out = append(out, Key(k))
	}
	return &out
}

func (x *exporter) layoutName(id directory.ID) *string {
	name := ""
	if l := x.s.Layout(id); l != nil {
		name = l.Name
	}
	return &name
}

func (x *exporter) profileName(id directory.ID) *string {
	name := ""
	if p := x.s.Profile(id); p != nil {
		name = p.Name
	}
	return &name
}

func (x *exporter) contact(v *directory.Contact) Contact {
	numbers := make([]ContactNumber, 0, len(v.Numbers))
	for _, n := range v.Numbers {
		numbers = append(numbers, ContactNumber(n))
	}
	c := Contact{
		Extension: x.extensionNumber(v.Extension), First: v.First, Last: v.Last, Company: v.Company,
		Email: &v.Email, Numbers: &numbers, Speed: &v.Speed,
	}
	if name := x.siteName(v.Site); name != nil {
		c.Site = *name
	}
	return c
}

func (x *exporter) template(v *directory.Template) Template {
	t := Template{
		Scope: v.Scope.Kind, Model: v.Model, File: v.File, Name: &v.Name,
		Active: &v.Active, Previous: &v.Previous, Share: &v.Share,
	}
	switch v.Scope.Kind {
	case "site":
		t.Of = *x.siteName(directory.ID(v.Scope.ID))
	case "device":
		t.Of = x.s.Device(directory.ID(v.Scope.ID)).MAC.Colons()
	}
	for n := range x.s.TemplateVersions(v.ID) {
		version := TemplateVersion{Number: n.Number, Text: n.Text, Comment: n.Comment}
		for _, test := range n.Tests {
			version.Tests = append(version.Tests, TemplateTest(test))
		}
		t.Versions = append(t.Versions, version)
	}
	return t
}
