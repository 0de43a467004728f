package main

import (
	"context"
	"encoding/json"

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
	if e.Data == "" && e.URL == "" {
		e.Data = "./data"
	}
	if err := oneOf(e.Data, e.URL); err != nil {
		return err
	}
	doc := &office.Document{}
	var err error
	if e.URL != "" {
		path := "/api/v1/export"
		if e.Secrets {
			path += "?secrets=1"
		}
		err = e.call(ctx, "GET", path, "", nil, doc)
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
