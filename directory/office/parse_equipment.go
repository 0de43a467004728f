package office

import (
	"fmt"
	"strings"

	"cradle/directory"
)

func (d *Document) checkEquipment() error {
	layouts, profiles, contacts, templates := d.names(), d.names(), d.names(), d.names()
	for i, l := range d.Layouts {
		if err := layouts.once(fmt.Sprintf("layouts[%d].name", i), "layout "+l.Name, strings.ToLower(l.Name)); err != nil {
			return err
		}
	}
	for i, p := range d.Profiles {
		if err := profiles.once(fmt.Sprintf("profiles[%d].name", i), "profile "+p.Name, strings.ToLower(p.Name)); err != nil {
			return err
		}
	}
	for i, c := range d.Contacts {
		key := strings.Join([]string{strings.ToLower(c.Site), c.Extension, c.First, c.Last, c.Company}, "\n")
		if err := contacts.once(fmt.Sprintf("contacts[%d]", i), "contact "+strings.TrimSpace(c.First+" "+c.Last+" "+c.Company), key); err != nil {
			return err
		}
	}
	for i, t := range d.Templates {
		path := fmt.Sprintf("templates[%d]", i)
		if err := d.oneOf(path+".scope", &t.Scope, "appliance", "organization", "site", "device"); err != nil {
			return err
		}
		key := strings.Join([]string{t.Scope, templateOf(t), t.Model, t.File}, "\n")
		if err := templates.once(path, "template "+t.File+" of "+t.Model, key); err != nil {
			return err
		}
	}
	return nil
}

// templateOf is whom a template is for, in one spelling.
func templateOf(t Template) string {
	if mac, err := directory.ParseMAC(t.Of); err == nil && t.Scope == "device" {
		return string(mac)
	}
	return strings.ToLower(t.Of)
}
