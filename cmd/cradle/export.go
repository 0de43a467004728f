package main

import (
	"context"
	"encoding/json"
	"net/url"

	"gopkg.in/yaml.v3"

	"cradle/directory"
	"cradle/directory/office"
)

type exportCommand struct {
	Data         string `help:"Data folder to read, also beside a running appliance." placeholder:"DIR"`
	running      `embed:""`
	Organization string `help:"Which organization, where there are several." placeholder:"NAME"`
	Secrets      bool   `help:"With the secrets that another appliance needs."`
	JSON         bool   `help:"Print one JSON document instead of YAML."`
}

// Run prints one organization in the form that apply takes.
func (e exportCommand) Run(c console) error {
	ctx := context.Background()
	if err := chooseStore(&e.Data, e.URL); err != nil {
		return err
	}
	var doc *office.Document
	var err error
	if e.URL != "" {
		doc, err = e.remote(ctx)
	} else {
		doc, err = e.local(ctx, c)
	}
	if err != nil {
		return err
	}
	if e.JSON {
		return json.NewEncoder(c.out).Encode(doc)
	}
	y := yaml.NewEncoder(c.out)
	y.SetIndent(2)
	if err := y.Encode(doc); err != nil {
		return err
	}
	return y.Close()
}

// remote asks a running appliance; without a name it is the caller's own organization.
func (e exportCommand) remote(ctx context.Context) (*office.Document, error) {
	query := url.Values{}
	if e.Secrets {
		query.Set("secrets", "1")
	}
	if e.Organization != "" {
		id, err := e.organizationNamed(ctx, e.Organization)
		if err != nil {
			return nil, err
		}
		query.Set("organization", id)
	}
	doc := &office.Document{}
	return doc, e.call(ctx, "GET", "/api/v1/export?"+query.Encode(), "", nil, doc)
}

// organizationNamed is the id of an organization the caller may see.
func (r running) organizationNamed(ctx context.Context, name string) (string, error) {
	for cursor := ""; ; {
		var page struct {
			Items []struct{ ID, Name string }
			Next  string
		}
		query := url.Values{"limit": {"500"}, "cursor": {cursor}}
		if err := r.call(ctx, "GET", "/api/v1/organizations?"+query.Encode(), "", nil, &page); err != nil {
			return "", err
		}
		for _, o := range page.Items {
			if o.Name == name {
				return o.ID, nil
			}
		}
		if cursor = page.Next; cursor == "" {
			return "", refuse("%s has no organization %q that this token may see", r.URL, name)
		}
	}
}

func (e exportCommand) local(ctx context.Context, c console) (*office.Document, error) {
	d, done, err := readStore(ctx, e.Data, quiet(c))
	if err != nil {
		return nil, err
	}
	defer done()
	s := d.Snapshot()
	var found []*directory.Organization
	for o := range s.Organizations() {
		if e.Organization == "" || o.Name == e.Organization {
			found = append(found, o)
		}
	}
	switch len(found) {
	case 1:
		return office.Export(s, found[0].ID, e.Secrets), nil
	case 0:
		return nil, refuse("%s has no such organization", e.Data)
	default:
		return nil, refuse("%s has several organizations: name one with --organization", e.Data)
	}
}
