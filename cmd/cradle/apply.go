package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"

	"cradle/directory"
	"cradle/directory/office"
	"cradle/provisioning"
	"cradle/provisioning/catalog"
	"cradle/templates"
)

type applyCommand struct {
	File    string `required:"" short:"f" help:"The office file (YAML or JSON)." placeholder:"FILE"`
	Data    string `help:"Data folder of an appliance that is not running." placeholder:"DIR"`
	running `embed:""`
	DryRun  bool `help:"Only print what would be done."`
	JSON    bool `help:"Print one JSON document."`
}

// Run applies the file whole or not at all, and prints what became of it.
func (a applyCommand) Run(c console) error {
	ctx := context.Background()
	if err := chooseStore(&a.Data, a.URL); err != nil {
		return err
	}
	text, err := os.ReadFile(a.File)
	if err != nil {
		return refuse("the file cannot be read: %v", err)
	}
	report := &office.Report{}
	if a.URL != "" {
		q := url.Values{"name": {filepath.Base(a.File)}}
		if a.DryRun {
			q.Set("dry_run", "1")
		}
		err = a.call(ctx, "POST", "/api/v1/apply?"+q.Encode(), "application/yaml", text, report)
	} else {
		report, err = a.local(ctx, text, c)
	}
	if err != nil {
		return err
	}
	if a.JSON {
		return json.NewEncoder(c.out).Encode(report)
	}
	a.print(c, report)
	return nil
}

// local applies the document to a store on which no appliance runs.
func (a applyCommand) local(ctx context.Context, text []byte, c console) (_ *office.Report, err error) {
	doc, err := office.Parse(filepath.Base(a.File), text)
	if err != nil {
		return nil, refuse("%v", err)
	}
	d, err := openStore(ctx, a.Data, quiet(c))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	judge, done, err := settingsJudge(d.Directory, a.Data)
	if err != nil {
		return nil, err
	}
	defer done()
	doc.JudgeSettings(judge)
	by := directory.Actor{Kind: "import", Name: filepath.Base(a.File)}
	do := office.Update
	if a.DryRun {
		do = office.Plan
	}
	report, err := do(ctx, d.Directory, by, doc)
	if err != nil {
		return nil, refuse("%v", err)
	}
	return report, nil
}

// settingsJudge judges settings for a store on which no appliance runs as a running
// one would, by the built-in models and those of the data folder; done ends it.
func settingsJudge(dir *directory.Directory, data string) (judge office.Judge, done func(), err error) {
	shelf, err := catalog.Open(templates.FS(), filepath.Join(data, "catalog"))
	if err != nil {
		return nil, nil, fmt.Errorf("the built-in catalogue: %w", err)
	}
	j, err := provisioning.NewJudge(dir, shelf)
	if err != nil {
		shelf.Close()
		return nil, nil, err
	}
	return j.Setting, shelf.Close, nil
}

func (a applyCommand) print(c console, r *office.Report) {
	created, changed := "created", "changed"
	if a.DryRun {
		created, changed = "would create", "would change"
	}
	for _, x := range r.Created {
		fmt.Fprintf(c.out, "%s %s\n", created, x)
	}
	for _, x := range r.Changed {
		fmt.Fprintf(c.out, "%s %s\n", changed, x)
	}
	for _, x := range r.NotInForce {
		fmt.Fprintf(c.out, "not in force yet: %s\n", x)
	}
	fmt.Fprintf(c.out, "%d %s, %d %s, %d left as they are\n", len(r.Created), created, len(r.Changed), changed, r.Unchanged)
}
