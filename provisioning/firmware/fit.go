package firmware

import (
	"fmt"
	"slices"
	"strings"

	"cradle/directory"
	"cradle/provisioning/catalog"
	"cradle/provisioning/render"
)

// Fits judges whether a phone may load a firmware: it is of its model and its
// organization, not bad, and the phone's own is new enough for it. Has is the
// phone's version; empty: not known, and then it is let. Errors wrap ErrRefused.
func Fits(f *directory.Firmware, org directory.ID, m *catalog.Model, has string) error {
	switch {
	case f.Bad != "":
		return fmt.Errorf("%w: %s is marked bad: %s", ErrRefused, f.File, f.Bad)
	case f.Organization != "" && f.Organization != org:
		return fmt.Errorf("%w: %s is another organization's", ErrRefused, f.File)
	case !strings.EqualFold(f.Vendor, m.Vendor.Name) || !slices.ContainsFunc(f.Models, func(name string) bool { return strings.EqualFold(name, m.Name) }):
		return fmt.Errorf("%w: %s is not for a %s", ErrRefused, f.File, m.Label)
	case f.After != "" && has != "" && render.CompareVersions(has, f.After) < 0:
		return fmt.Errorf("%w: the phone has %s, and %s needs %s first", ErrRefused, has, f.Version, f.After)
	}
	return nil
}
