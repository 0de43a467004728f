package api

import (
	"context"
	"errors"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"cradle/directory"
	"cradle/directory/office"
	"cradle/ui/access"
)

type applyInput struct {
	DryRun  bool   `query:"dry_run" doc:"Only say what would change."`
	Name    string `query:"name" maxLength:"200" doc:"What errors call the document; office.yaml when left out."`
	RawBody []byte `contentType:"application/yaml" doc:"The form of office.yaml, YAML or JSON."`
}

// applyView is what a document did.
type applyView struct {
	Created    []string `json:"created" nullable:"false"`
	Changed    []string `json:"changed" nullable:"false"`
	Unchanged  int      `json:"unchanged"`
	NotInForce []string `json:"not_in_force" nullable:"false" doc:"Keys that are kept but have no effect yet."`
}

// errDryRun ends a transaction that was only tried.
var errDryRun = errors.New("dry run")

func applyRoutes(a *API) {
	route(a, operation{method: http.MethodPost, path: "/apply", permission: access.ApplyWrite, maxBody: MaxApply,
		summary: "Make the directory match a document for everything it names", errors: []int{http.StatusNotFound, http.StatusConflict}}, a.apply)
}

func (a *API) apply(ctx context.Context, c *access.Caller, in *applyInput) (*viewOutput[applyView], error) {
	if in.Name == "" {
		in.Name = "office.yaml"
	}
	document, err := office.Parse(in.Name, in.RawBody)
	if err != nil {
		return nil, applyProblem(err)
	}
	document.JudgeSettings(a.settingsJudge())
	if err := document.Prepare(ctx, a.Directory); err != nil {
		return nil, applyProblem(err)
	}
	var report *office.Report
	err = a.Directory.Update(ctx, actor(c), func(tx *directory.Tx) error {
		before := tx.Snapshot()
		if err := seesNamed(c, document, before); err != nil {
			return err
		}
		if report, err = office.Apply(tx, document, c.User.Email); err != nil {
			return err
		}
		if err := mayApply(c, document, before, tx.Snapshot()); err != nil {
			return err
		}
		if in.DryRun {
			return errDryRun
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return nil, applyProblem(err)
	}
	return &viewOutput[applyView]{Body: applyView{Created: list(report.Created), Changed: list(report.Changed),
		Unchanged: report.Unchanged, NotInForce: list(report.NotInForce)}}, nil
}

// settingsJudge judges the settings of documents; nil: nothing is known of phones.
func (a *API) settingsJudge() office.Judge {
	if a.Onboarding == nil {
		return nil
	}
	return a.Onboarding.JudgeSetting
}

// seesNamed refuses a document about an organization that the caller does not
// see, before any of its faults can tell what is there.
func seesNamed(c *access.Caller, d *office.Document, s *directory.Snapshot) error {
	if d.Organization == nil {
		return nil
	}
	if o := s.OrganizationByName(d.Organization.Name); o != nil && !c.Sees(o.ID) {
		return notFound("organization")
	}
	return nil
}

// applyProblem tells where a document is wrong, "office.yaml:12: ...".
func applyProblem(err error) error {
	var at *office.Error
	if !errors.As(err, &at) {
		return err
	}
	return huma.NewError(http.StatusUnprocessableEntity, at.Error(),
		&huma.ErrorDetail{Location: at.Path, Message: at.Reason})
}

// mayApply holds what a document did against the rights of who sent it. It
// compares the directory before and after, so no key of a document can do what
// the caller may not do by the other operations.
func mayApply(c *access.Caller, d *office.Document, before, after *directory.Snapshot) error {
	if !c.Home && ofAppliance(d, before, after) {
		return huma.NewError(http.StatusForbidden, "only the organization that runs the appliance changes its limits and shared settings")
	}
	for o := range after.Organizations() {
		old := before.Organization(o.ID)
		switch {
		case old != nil && *old == *o:
		case old != nil && !c.Sees(o.ID):
			return notFound("organization")
		case old == nil && !c.Everywhere, !c.May(access.OrganizationsWrite):
			return forbidden(access.OrganizationsWrite, "this document makes or changes an organization")
		}
	}
	if err := foreignChange(c, before, after); err != nil {
		return err
	}
	if c.May(access.OwnersWrite) {
		return nil
	}
	return ownersChanged(before, after)
}

// ownersChanged refuses any difference in who is owner.
func ownersChanged(before, after *directory.Snapshot) error {
	owners := map[directory.ID]*directory.User{}
	for u := range before.Users("") {
		if u.Role == directory.RoleOwner {
			owners[u.ID] = u
		}
	}
	for u := range after.Users("") {
		if u.Role == directory.RoleOwner {
			if old := owners[u.ID]; old == nil || *old != *u {
				return forbidden(access.OwnersWrite, "this document makes or changes an owner")
			}
			delete(owners, u.ID)
		}
	}
	if len(owners) > 0 {
		return forbidden(access.OwnersWrite, "this document takes an owner's role away")
	}
	return nil
}
