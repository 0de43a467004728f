package api

import (
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
	for r := range of.Sites("") {
		if !c.Sees(r.Organization) && other.Site(r.ID) != r {
			return true
		}
	}
	for r := range of.Users("") {
		if !c.Sees(r.Organization) && other.User(r.ID) != r {
			return true
		}
	}
	for r := range of.Extensions("") {
		if !c.Sees(r.Organization) && other.Extension(r.ID) != r {
			return true
		}
	}
	for r := range of.Numbers("") {
		if !c.Sees(r.Organization) && other.Number(r.ID) != r {
			return true
		}
	}
	for r := range of.Devices("") {
		if !c.Sees(r.Organization) && other.Device(r.ID) != r {
			return true
		}
	}
	for r := range of.Codes("") {
		if !c.Sees(r.Organization) && other.Code(r.ID) != r {
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
	for _, s := range d.Settings {
		switch s.Scope {
		case "appliance", "model":
			return true
		}
	}
	return false
}
