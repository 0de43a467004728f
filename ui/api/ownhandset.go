package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"cradle/directory"
	"cradle/ui/access"
)

// Everybody logs his own numbers in at the handsets of their site, by Phone ID.

// handset is a phone of which its Phone ID is known.
type handset struct {
	PhoneID   string `json:"phone_id"`
	Name      string `json:"name"`
	Room      string `json:"room"`
	Equipment string `json:"equipment"`
}

// handsetList is what may be chosen.
type handsetList struct {
	Items  []handset `json:"items" nullable:"false" doc:"Phones of the number's site at which nobody sits, and which answer."`
	Manual int       `json:"manual" doc:"How many free phones of that site are logged in by hand only."`
}

type ownLoginInput struct {
	ID   directory.ID `path:"id" maxLength:"64"`
	Body struct {
		PhoneID string `json:"phone_id" pattern:"^[0-9]{6}$"`
	}
}

func ownHandsetRoutes(a *API) {
	route(a, operation{method: http.MethodGet, path: "/own/extensions/{id}/handsets", permission: access.Own,
		summary: "The free phones at which an extension of one's own may be logged in", errors: []int{http.StatusNotFound}}, a.ownHandsets)
	route(a, operation{method: http.MethodPost, path: "/own/extensions/{id}/login", permission: access.Own,
		summary: "Log an extension of one's own in at a phone of its site", errors: []int{http.StatusNotFound, http.StatusConflict}}, a.ownLogin)
}

func (a *API) ownHandsets(_ context.Context, c *access.Caller, in *idInput) (*viewOutput[handsetList], error) {
	if err := a.own(c, in.ID); err != nil {
		return nil, err
	}
	s := a.Directory.Snapshot()
	list := handsetList{Items: []handset{}}
	for site := range sitesOf(s, in.ID) {
		for d := range s.DevicesAt(site) {
			switch {
			case !empty(s, d):
			case !d.RemoteLogin:
				list.Manual++
			case a.answers(d, 1):
				list.Items = append(list.Items, handset{PhoneID: d.PhoneID, Name: d.Name, Room: d.Room, Equipment: d.Equipment})
			}
		}
	}
	slices.SortFunc(list.Items, func(a, b handset) int { return strings.Compare(a.PhoneID, b.PhoneID) })
	return &viewOutput[handsetList]{Body: list}, nil
}

// sitesOf are the sites at whose handsets an extension is logged in: those of its
// numbers, or its own where it has none.
func sitesOf(s *directory.Snapshot, extension directory.ID) map[directory.ID]bool {
	sites := map[directory.ID]bool{}
	for n := range s.NumbersOf(extension) {
		sites[n.Site] = true
	}
	if e := s.Extension(extension); e != nil && len(sites) == 0 {
		sites[e.Site] = true
	}
	return sites
}

func (a *API) ownLogin(ctx context.Context, c *access.Caller, in *ownLoginInput) (*viewOutput[ownExtension], error) {
	mine := func(s *directory.Snapshot) (directory.ID, error) {
		if err := a.own(c, in.ID); err != nil {
			return "", err
		}
		if d := s.DeviceByPhoneID(c.User.Organization, in.Body.PhoneID); d != nil && !sitesOf(s, in.ID)[d.Site] {
			return "", wrong("body.phone_id", "this phone is at another site than your number")
		}
		return in.ID, nil
	}
	if _, err := a.seat(ctx, c, login{organization: c.User.Organization, extension: mine, phoneID: in.Body.PhoneID, line: 1}); err != nil {
		return nil, err
	}
	s := a.Directory.Snapshot()
	return &viewOutput[ownExtension]{Body: viewOwn(s, s.Extension(in.ID))}, nil
}

// answers tells whether a phone's line is registered; without a registrar it is
// not known, and taken for so.
func (a *API) answers(d *directory.Device, line int) bool {
	return a.Registrar == nil || len(a.Registrar.Registrations(d.Lines[line-1].Account.User)) > 0
}
