package api

import (
	"strings"

	"cradle/directory"
)

// References in inputs are IDs or what people call the record: a site by its
// name, a user by e-mail address, an extension by its number. They are looked
// for in one organization only.

func findSite(s *directory.Snapshot, org directory.ID, ref, location string) (directory.ID, error) {
	if one := s.Site(directory.ID(ref)); one != nil && one.Organization == org {
		return one.ID, nil
	}
	if one := s.SiteByName(org, ref); one != nil {
		return one.ID, nil
	}
	return "", wrong(location, "no such site: "+ref)
}

func findUser(s *directory.Snapshot, org directory.ID, ref, location string) (directory.ID, error) {
	one := s.User(directory.ID(ref))
	if one == nil {
		one = s.UserByEmail(strings.ToLower(ref))
	}
	if one == nil || one.Organization != org {
		return "", wrong(location, "no such user: "+ref)
	}
	return one.ID, nil
}

func findExtension(s *directory.Snapshot, org directory.ID, ref, location string) (directory.ID, error) {
	one := s.Extension(directory.ID(ref))
	if one == nil {
		one = s.ExtensionByNumber(org, ref)
	}
	if one == nil || one.Organization != org {
		return "", wrong(location, "no such extension: "+ref)
	}
	return one.ID, nil
}

func findLayout(s *directory.Snapshot, org directory.ID, ref, location string) (directory.ID, error) {
	one := s.Layout(directory.ID(ref))
	if one == nil {
		one = s.LayoutByName(org, ref)
	}
	if one == nil || one.Organization != org {
		return "", wrong(location, "no such layout: "+ref)
	}
	return one.ID, nil
}

func findProfile(s *directory.Snapshot, org directory.ID, ref, location string) (directory.ID, error) {
	one := s.Profile(directory.ID(ref))
	if one == nil {
		one = s.ProfileByName(org, ref)
	}
	if one == nil || one.Organization != org {
		return "", wrong(location, "no such profile: "+ref)
	}
	return one.ID, nil
}

// onlySite is what a record belongs to when the input names no site and the
// organization has just one.
func onlySite(s *directory.Snapshot, org directory.ID) (directory.ID, error) {
	var only directory.ID
	for site := range s.Sites(org) {
		if only != "" {
			return "", wrong("body.site", "which site? the organization has several")
		}
		only = site.ID
	}
	if only == "" {
		return "", wrong("body.site", "the organization has no site yet")
	}
	return only, nil
}

// finder is one of the functions above.
type finder func(s *directory.Snapshot, org directory.ID, ref, location string) (directory.ID, error)

// setRef changes a reference where the input names one; an empty text removes it.
func setRef(find finder, s *directory.Snapshot, org directory.ID, field *directory.ID, ref *string, location string) error {
	if ref == nil {
		return nil
	}
	if *ref == "" {
		*field = ""
		return nil
	}
	id, err := find(s, org, *ref, location)
	if err == nil {
		*field = id
	}
	return err
}

// siteRef and those below show a reference with what people call it.
func siteRef(s *directory.Snapshot, id directory.ID) *nameAndID {
	if one := s.Site(id); one != nil {
		return &nameAndID{ID: id, Name: one.Name}
	}
	return nil
}

func layoutRef(s *directory.Snapshot, id directory.ID) *nameAndID {
	if one := s.Layout(id); one != nil {
		return &nameAndID{ID: id, Name: one.Name}
	}
	return nil
}

func profileRef(s *directory.Snapshot, id directory.ID) *nameAndID {
	if one := s.Profile(id); one != nil {
		return &nameAndID{ID: id, Name: one.Name}
	}
	return nil
}

func userRef(s *directory.Snapshot, id directory.ID) *nameAndID {
	if one := s.User(id); one != nil {
		return &nameAndID{ID: id, Name: one.Email}
	}
	return nil
}

func extensionNumber(s *directory.Snapshot, id directory.ID) string {
	if one := s.Extension(id); one != nil {
		return one.Number
	}
	return ""
}
