package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cradle/provisioning/clientcert"
	"cradle/ui/access"
)

// authorityView is a vendor's certificate authority, which vouches for phones.
type authorityView struct {
	ID       string    `json:"id"`
	Vendor   string    `json:"vendor" doc:"Its folder in the catalogue."`
	Subjects []string  `json:"subjects" nullable:"false" doc:"Common names of the certificates in it."`
	Until    time.Time `json:"until" doc:"The earliest end, which is told and not enforced."`
}

type authorityCreate struct {
	Body struct {
		Vendor string `json:"vendor" minLength:"1" maxLength:"64" doc:"As its folder in the catalogue is called."`
		PEM    string `json:"pem" minLength:"1" maxLength:"262144"`
	}
}

type authorityInput struct {
	ID string `path:"id" maxLength:"200"`
}

func authorityRoutes(a *API) {
	route(a, operation{method: http.MethodGet, path: "/authorities", permission: access.SettingsRead,
		summary: "Certificate authorities of vendors", errors: []int{http.StatusNotFound}}, a.listAuthorities)
	route(a, operation{method: http.MethodGet, path: "/own-authority", permission: access.DevicesRead,
		summary: "Our own certificate authority in PEM, for phones that are given it by hand", errors: []int{http.StatusServiceUnavailable},
		responses: fileResponse("application/x-pem-file")}, a.ownAuthority)
	route(a, operation{method: http.MethodPost, path: "/authorities", permission: access.SettingsWrite, status: http.StatusCreated,
		summary: "Trust an authority that vouches for a vendor's phones"}, a.addAuthority)
	route(a, operation{method: http.MethodDelete, path: "/authorities/{id}", permission: access.SettingsWrite, status: http.StatusNoContent,
		summary: "Trust an authority no more", errors: []int{http.StatusNotFound}}, a.removeAuthority)
}

func viewAuthority(one clientcert.Authority) authorityView {
	return authorityView{one.ID, one.Vendor, list(one.Subjects), one.Until}
}

func (a *API) listAuthorities(_ context.Context, _ *access.Caller, in *pageInput) (*pageOutput[authorityView], error) {
	var all []clientcert.Authority
	if a.Authorities != nil {
		all = a.Authorities.Authorities()
	}
	return cut(in, slices.Values(all), func(one clientcert.Authority) string { return one.ID }, viewAuthority)
}

func (a *API) ownAuthority(context.Context, *access.Caller, *none) (*fileOutput, error) {
	if a.Issuer == nil {
		return nil, huma.NewError(http.StatusServiceUnavailable, "there is no authority of our own")
	}
	return &fileOutput{ContentType: "application/x-pem-file", Disposition: `attachment; filename="authority.pem"`, Body: a.Issuer.PEM()}, nil
}

func (a *API) addAuthority(_ context.Context, c *access.Caller, in *authorityCreate) (*viewOutput[authorityView], error) {
	if err := a.keepsAuthorities(c); err != nil {
		return nil, err
	}
	if a.Templates != nil && a.Templates.Catalog().Vendor(in.Body.Vendor) == nil {
		return nil, wrong("body.vendor", "no such vendor in the catalogue: "+in.Body.Vendor)
	}
	one, err := a.Authorities.Add(in.Body.Vendor, []byte(in.Body.PEM))
	switch {
	case errors.Is(err, clientcert.ErrVendor):
		return nil, wrong("body.vendor", err.Error())
	case errors.Is(err, clientcert.ErrPEM), errors.Is(err, clientcert.ErrWeak):
		return nil, wrong("body.pem", err.Error())
	case err != nil:
		return nil, err
	}
	a.Log.Info("an authority is trusted", "authority", one.ID, "by", actor(c).Name)
	return &viewOutput[authorityView]{Body: viewAuthority(one)}, nil
}

func (a *API) removeAuthority(_ context.Context, c *access.Caller, in *authorityInput) (*none, error) {
	if err := a.keepsAuthorities(c); err != nil {
		return nil, err
	}
	err := a.Authorities.Remove(in.ID)
	if errors.Is(err, clientcert.ErrNone) {
		return nil, notFound("authority")
	}
	if err == nil {
		a.Log.Info("an authority is trusted no more", "authority", in.ID, "by", actor(c).Name)
	}
	return nil, err
}

// keepsAuthorities refuses those who do not run the appliance: an authority
// vouches for phones of every organization.
func (a *API) keepsAuthorities(c *access.Caller) error {
	switch {
	case !c.Home:
		return ofApplianceOnly(access.SettingsWrite)
	case a.Authorities == nil:
		return notFound("authority")
	}
	return nil
}
