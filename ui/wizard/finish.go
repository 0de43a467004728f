package wizard

import (
	"context"
	"errors"
	"strings"

	"cradle/directory"
	"cradle/directory/office"
	"cradle/ui/access"
)

// Finish sets up an empty appliance: it applies a document (the form of
// office.yaml, YAML or JSON, with the key administrator beside it) and makes
// the administrator its owner, in one transaction. name is what errors call
// the document; judge may refuse its settings, nil takes them all. Errors:
// ErrDone, *FieldError for what is wrong in it.
func Finish(ctx context.Context, d *directory.Directory, judge office.Judge, name string, data []byte) (*directory.User, *office.Report, error) {
	if d.Snapshot().SetUp() {
		return nil, nil, ErrDone
	}
	document, err := office.Parse(name, data)
	if err != nil {
		return nil, nil, located(err)
	}
	admin := document.Administrator
	switch {
	case admin == nil:
		return nil, nil, &FieldError{Location: "administrator", Reason: "the first owner's email and password are needed"}
	case document.Organization == nil:
		return nil, nil, &FieldError{Location: "organization.name", Reason: "it is required"}
	}
	admin.Email = strings.ToLower(strings.TrimSpace(admin.Email))
	if err := access.GoodPassword(admin.Password); err != nil {
		return nil, nil, &FieldError{Location: "administrator.password", Reason: err.Error()}
	}
	document.JudgeSettings(judge)
	report, err := office.Update(ctx, d, directory.Actor{Kind: "setup", Name: admin.Email}, document)
	if err != nil && d.Snapshot().SetUp() {
		return nil, nil, ErrDone // somebody else was faster
	}
	if err != nil {
		return nil, nil, located(err)
	}
	owner := d.Snapshot().UserByEmail(admin.Email)
	return owner, report, access.SetHome(ctx, d, owner.Organization)
}

// located turns a place in the text into a place in the form.
func located(err error) error {
	var at *office.Error
	if !errors.As(err, &at) {
		return err
	}
	return &FieldError{Location: at.Path, Reason: at.Reason, Line: at.Line, File: at.File}
}
