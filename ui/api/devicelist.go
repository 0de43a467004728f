package api

import (
	"context"

	"cradle/directory"
	"cradle/ui/access"
)

// deviceListInput are the query parameters of the list of phones.
type deviceListInput struct {
	Organization directory.ID `query:"organization" maxLength:"64" doc:"Another organization than one's own, where one may see it."`
	Cursor       string       `query:"cursor" maxLength:"512" doc:"The 'next' of the page before."`
	Limit        int          `query:"limit" default:"100" minimum:"1" maximum:"500" doc:"How many items at most."`
	Site         string       `query:"site" maxLength:"200" doc:"Only phones of this site, ID or name."`
	Free         bool         `query:"free" doc:"Only phones at which somebody may be logged in from here: approved, with remote log-in, registered, and nobody sits there."`
}

func (a *API) listDevices(_ context.Context, c *access.Caller, in *deviceListInput) (*pageOutput[deviceView], error) {
	page := &pageInput{Organization: in.Organization, Cursor: in.Cursor, Limit: in.Limit}
	org, err := page.organization(c)
	if err != nil {
		return nil, err
	}
	s := a.Directory.Snapshot()
	all := s.Devices(org)
	if in.Site != "" {
		site, err := findSite(s, org, in.Site, "query.site")
		if err != nil {
			return nil, err
		}
		all = only(all, func(d *directory.Device) bool { return d.Site == site })
	}
	if in.Free {
		all = only(all, func(d *directory.Device) bool { return a.isFree(s, d) })
	}
	return cut(page, all, func(d *directory.Device) string { return string(d.MAC) },
		func(d *directory.Device) deviceView { return a.viewDevice(s, d) })
}

// isFree tells whether an extension may be logged in at the phone's first line
// from the portal, without sending anybody away.
func (a *API) isFree(s *directory.Snapshot, d *directory.Device) bool {
	return d.RemoteLogin && empty(s, d) && a.answers(d, 1)
}

// empty tells whether nobody sits or is at home at the phone's first line, and
// somebody may.
func empty(s *directory.Snapshot, d *directory.Device) bool {
	return !d.Alone() && !d.Disabled && d.Retired.IsZero() && d.Step.Approved() && s.Sitting(d.At(1)).Extension == nil
}
