package api

import (
	"fmt"
	"net/netip"
	"strings"

	"cradle/directory"
	"cradle/ui/access"
)

// siteView is a place of an organization.
type siteView struct {
	ID             directory.ID         `json:"id"`
	Revision       uint64               `json:"revision"`
	Name           string               `json:"name"`
	TimeZone       string               `json:"timezone"`
	MainNumber     string               `json:"main_number"`
	Networks       []string             `json:"networks" nullable:"false"`
	Adoption       directory.Adoption   `json:"adoption"`
	TFTP           directory.TFTPPolicy `json:"tftp"`
	Advertise      string               `json:"advertise"`
	TimeServer     string               `json:"time_server"`
	Emergency      []string             `json:"emergency" nullable:"false"`
	EmergencyRoute string               `json:"emergency_route"`
	ResyncFrom     string               `json:"resync_from" doc:"Hour HH:MM from which phones are told to read their settings again; empty: always."`
	ResyncUntil    string               `json:"resync_until"`
	DirectMedia    bool                 `json:"direct_media" doc:"Two phones on one network of the site send their voice to each other."`
}

// SiteFields is what may be set of one; it is exported only because the library
// that makes the document does not look into embedded types that are not.
type SiteFields struct {
	TimeZone       *string               `json:"timezone,omitempty" maxLength:"64" doc:"IANA name."`
	MainNumber     *string               `json:"main_number,omitempty" maxLength:"16"`
	Networks       *[]string             `json:"networks,omitempty" maxItems:"256" doc:"CIDRs whose phones may be adopted."`
	Adoption       *directory.Adoption   `json:"adoption,omitempty" enum:"lobby,approve,closed"`
	TFTP           *directory.TFTPPolicy `json:"tftp,omitempty" enum:"bootstrap,full,off"`
	Advertise      *string               `json:"advertise,omitempty" maxLength:"253"`
	TimeServer     *string               `json:"time_server,omitempty" maxLength:"253"`
	Emergency      *[]string             `json:"emergency,omitempty" maxItems:"32"`
	EmergencyRoute *string               `json:"emergency_route,omitempty" maxLength:"64"`
	ResyncFrom     *string               `json:"resync_from,omitempty" maxLength:"5" doc:"HH:MM; both or none."`
	ResyncUntil    *string               `json:"resync_until,omitempty" maxLength:"5"`
	DirectMedia    *bool                 `json:"direct_media,omitempty" doc:"Two phones on one network of the site send their voice to each other and not through the appliance, which then measures nothing."`
}

type siteCreate struct {
	Name string `json:"name" minLength:"1" maxLength:"200"`
	SiteFields
}

type sitePatch struct {
	Revised
	Name *string `json:"name,omitempty" minLength:"1" maxLength:"200"`
	SiteFields
}

func siteRoutes(a *API) {
	resource[directory.Site, siteView, siteCreate, sitePatch]{
		name: "site", path: "/sites", read: access.SitesRead, write: access.SitesWrite,
		all: (*directory.Snapshot).Sites, get: (*directory.Snapshot).Site,
		organization: func(s *directory.Site) directory.ID { return s.Organization },
		id:           func(s *directory.Site) directory.ID { return s.ID },
		key:          func(s *directory.Site) string { return s.Name },
		view:         func(_ *directory.Snapshot, s *directory.Site) siteView { return viewSite(s) },
		create:       createSite, patch: patchSite,
		remove: func(tx *directory.Tx, _ *access.Caller, s *directory.Site) error { return tx.DeleteSite(s.ID) },
	}.routes(a)
}

func viewSite(s *directory.Site) siteView {
	networks := make([]string, 0, len(s.Networks))
	for _, n := range s.Networks {
		networks = append(networks, n.String())
	}
	return siteView{ID: s.ID, Revision: s.Revision, Name: s.Name, TimeZone: s.TimeZone, MainNumber: s.MainNumber,
		Networks: networks, Adoption: s.Adoption, TFTP: s.TFTP, Advertise: s.Advertise, TimeServer: s.TimeServer,
		Emergency: list(s.Emergency), EmergencyRoute: s.EmergencyRoute,
		ResyncFrom: s.ResyncFrom, ResyncUntil: s.ResyncUntil, DirectMedia: s.DirectMedia}
}

func createSite(tx *directory.Tx, _ *access.Caller, org directory.ID, in *siteCreate) (directory.ID, error) {
	s := &directory.Site{Organization: org, Name: in.Name, Adoption: directory.AdoptLobby, TFTP: directory.TFTPBootstrap}
	if err := in.apply(s); err != nil {
		return "", err
	}
	if err := in.routed(tx.Snapshot(), s); err != nil {
		return "", err
	}
	err := tx.PutSite(s)
	return s.ID, err
}

func patchSite(tx *directory.Tx, _ *access.Caller, s *directory.Site, in *sitePatch) error {
	in.of(&s.Revision)
	set(&s.Name, in.Name)
	if err := in.apply(s); err != nil {
		return err
	}
	if err := in.routed(tx.Snapshot(), s); err != nil {
		return err
	}
	return tx.PutSite(s)
}

func (f *SiteFields) apply(s *directory.Site) error {
	set(&s.TimeZone, f.TimeZone)
	set(&s.MainNumber, f.MainNumber)
	set(&s.Adoption, f.Adoption)
	set(&s.TFTP, f.TFTP)
	set(&s.Advertise, f.Advertise)
	set(&s.TimeServer, f.TimeServer)
	set(&s.Emergency, f.Emergency)
	set(&s.EmergencyRoute, f.EmergencyRoute)
	set(&s.ResyncFrom, f.ResyncFrom)
	set(&s.ResyncUntil, f.ResyncUntil)
	set(&s.DirectMedia, f.DirectMedia)
	if f.Networks == nil {
		return nil
	}
	s.Networks = make([]netip.Prefix, 0, len(*f.Networks))
	for i, text := range *f.Networks {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			return wrong(fmt.Sprintf("body.networks[%d]", i), "not a network such as 192.0.2.0/24")
		}
		s.Networks = append(s.Networks, p.Masked())
	}
	return nil
}

// routed refuses an emergency route that leads nowhere; a name that is no
// number is a trunk's, which comes later.
func (f *SiteFields) routed(snap *directory.Snapshot, s *directory.Site) error {
	if f.EmergencyRoute == nil || s.EmergencyRoute == "" || strings.Trim(s.EmergencyRoute, "0123456789") != "" ||
		snap.ExtensionByNumber(s.Organization, s.EmergencyRoute) != nil {
		return nil
	}
	return wrong("body.emergency_route", "no such extension: "+s.EmergencyRoute)
}

// list is never null in JSON.
func list(s []string) []string {
	if s == nil {
		return []string{}
	}
	return s
}
