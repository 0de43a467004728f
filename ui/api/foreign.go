package api

import (
	"iter"

	"cradle/directory"
	"cradle/directory/office"
	"cradle/ui/access"
)

// foreignChange refuses a document that touched a record of an organization
// the caller does not see.
func foreignChange(c *access.Caller, before, after *directory.Snapshot) error {
	if c.Everywhere {
		return nil
	}
	for _, s := range []struct{ of, other *directory.Snapshot }{{after, before}, {before, after}} {
		if touched(c, s.of, s.other) {
			return notFound("organization")
		}
	}
	return nil
}

// touched finds a record of one snapshot that is not the same in the other.
func touched(c *access.Caller, of, other *directory.Snapshot) bool {
	return differs(c, of.Sites(""), other.Site, func(r *directory.Site) (directory.ID, directory.ID) { return r.Organization, r.ID }) ||
		differs(c, of.Users(""), other.User, func(r *directory.User) (directory.ID, directory.ID) { return r.Organization, r.ID }) ||
		differs(c, of.Extensions(""), other.Extension, func(r *directory.Extension) (directory.ID, directory.ID) { return r.Organization, r.ID }) ||
		differs(c, of.Numbers(""), other.Number, func(r *directory.Number) (directory.ID, directory.ID) { return r.Organization, r.ID }) ||
		differs(c, of.Devices(""), other.Device, func(r *directory.Device) (directory.ID, directory.ID) { return r.Organization, r.ID }) ||
		differs(c, of.Codes(""), other.Code, func(r *directory.Code) (directory.ID, directory.ID) { return r.Organization, r.ID }) ||
		differs(c, of.Layouts(""), other.Layout, func(r *directory.Layout) (directory.ID, directory.ID) { return r.Organization, r.ID }) ||
		differs(c, of.Profiles(""), other.Profile, func(r *directory.Profile) (directory.ID, directory.ID) { return r.Organization, r.ID }) ||
		differs(c, of.Contacts(""), other.Contact, func(r *directory.Contact) (directory.ID, directory.ID) { return r.Organization, r.ID }) ||
		differs(c, of.Templates(""), other.Template, func(r *directory.Template) (directory.ID, directory.ID) { return r.Organization, r.ID })
}

// differs finds a record that the caller does not see and that is another one
// under the same ID. What is of no organization, ofAppliance judges.
func differs[R any](c *access.Caller, all iter.Seq[*R], other func(directory.ID) *R, of func(*R) (org, id directory.ID)) bool {
	for r := range all {
		if org, id := of(r); org != "" && !c.Sees(org) && other(id) != r {
			return true
		}
	}
	return false
}

// ofAppliance says whether a document changes what all organizations share.
func ofAppliance(d *office.Document, before, after *directory.Snapshot) bool {
	for _, l := range directory.Limits() {
		if before.Limit(l.Name) != after.Limit(l.Name) {
			return true
		}
	}
	for t := range after.Templates("") {
		if t.Organization == "" && before.Template(t.ID) != t {
			return true
		}
	}
	for _, s := range d.Settings {
		switch s.Scope {
		case "appliance", "model":
			return true
		}
	}
	return false
}
