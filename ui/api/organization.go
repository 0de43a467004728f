package api

import (
	"iter"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"cradle/directory"
	"cradle/ui/access"
)

// organizationView is a tenant.
type organizationView struct {
	ID              directory.ID `json:"id"`
	Revision        uint64       `json:"revision"`
	Name            string       `json:"name"`
	Domain          string       `json:"domain" doc:"SIP domain and realm of its device accounts."`
	Language        string       `json:"language"`
	NightlyRelease  string       `json:"nightly_release" doc:"Hour HH:MM at which guests go home; empty: never."`
	IdleRelease     int          `json:"idle_release" doc:"Hours without a call until a guest goes home; 0: never."`
	PINForCode      bool         `json:"pin_for_code" doc:"An extension without a secret code sits at phones of others with its PIN."`
	PINDigits       int          `json:"pin_digits" doc:"Of the default PINs that are made; 0: 6."`
	OperatorContact string       `json:"operator_contact" doc:"Whom to ask for more numbers or phones."`
}

// OrganizationFields is what may be set of one; it is exported only because the library
// that makes the document does not look into embedded types that are not.
type OrganizationFields struct {
	Domain          *string `json:"domain,omitempty" maxLength:"253"`
	Language        *string `json:"language,omitempty" maxLength:"35"`
	NightlyRelease  *string `json:"nightly_release,omitempty" maxLength:"5"`
	IdleRelease     *int    `json:"idle_release,omitempty" minimum:"0"`
	PINForCode      *bool   `json:"pin_for_code,omitempty"`
	PINDigits       *int    `json:"pin_digits,omitempty" minimum:"0" maximum:"10" doc:"4 to 10; 0: 6."`
	OperatorContact *string `json:"operator_contact,omitempty" maxLength:"200"`
}

type organizationCreate struct {
	Name string `json:"name" minLength:"1" maxLength:"200"`
	OrganizationFields
}

type organizationPatch struct {
	Revised
	Name *string `json:"name,omitempty" minLength:"1" maxLength:"200"`
	OrganizationFields
}

func (f *OrganizationFields) apply(o *directory.Organization) {
	set(&o.Domain, f.Domain)
	set(&o.Language, f.Language)
	set(&o.NightlyRelease, f.NightlyRelease)
	set(&o.IdleRelease, f.IdleRelease)
	set(&o.PINForCode, f.PINForCode)
	set(&o.PINDigits, f.PINDigits)
	set(&o.OperatorContact, f.OperatorContact)
}

func organizationRoutes(a *API) {
	resource[directory.Organization, organizationView, organizationCreate, organizationPatch]{
		name: "organization", path: "/organizations", read: access.OrganizationsRead, write: access.OrganizationsWrite,
		// The list holds one's own organization, or all for those who see all;
		// each is filtered by list itself through ?organization=.
		all: func(s *directory.Snapshot, org directory.ID) iter.Seq[*directory.Organization] {
			return func(yield func(*directory.Organization) bool) {
				if o := s.Organization(org); o != nil {
					yield(o)
				}
			}
		},
		everywhere: func(s *directory.Snapshot) iter.Seq[*directory.Organization] { return s.Organizations() },
		get:        (*directory.Snapshot).Organization,
		organization: func(o *directory.Organization) directory.ID {
			return o.ID
		},
		id:  func(o *directory.Organization) directory.ID { return o.ID },
		key: func(o *directory.Organization) string { return o.Name },
		view: func(_ *directory.Snapshot, o *directory.Organization) organizationView {
			return organizationView{ID: o.ID, Revision: o.Revision, Name: o.Name, Domain: o.Domain, Language: o.Language,
				NightlyRelease: o.NightlyRelease, IdleRelease: o.IdleRelease, PINForCode: o.PINForCode, PINDigits: o.PINDigits, OperatorContact: o.OperatorContact}
		},
		create: createOrganization, patch: patchOrganization,
	}.routes(a)
}

func createOrganization(tx *directory.Tx, c *access.Caller, _ directory.ID, in *organizationCreate) (directory.ID, error) {
	if !c.Everywhere {
		return "", huma.NewError(http.StatusForbidden, "only owners of the organization that runs the appliance make others")
	}
	o := &directory.Organization{Name: in.Name}
	in.apply(o)
	if err := tx.PutOrganization(o); err != nil {
		return "", err
	}
	return o.ID, tx.PutDefaultCodes(o.ID)
}

func patchOrganization(tx *directory.Tx, _ *access.Caller, o *directory.Organization, in *organizationPatch) error {
	in.of(&o.Revision)
	set(&o.Name, in.Name)
	in.apply(o)
	return tx.PutOrganization(o)
}
