package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"cradle/directory/office"
	"cradle/ui/access"
	"cradle/ui/wizard"
)

type setupCommand struct {
	Answers string `required:"" help:"The office file with the key administrator: {email, password}." placeholder:"FILE"`
	Data    string `help:"Data folder of an appliance that is not running." placeholder:"DIR"`
	running `embed:""`
	JSON    bool `help:"Print one JSON document."`
}

// Run does the wizard and prints the administrator's API token.
func (s setupCommand) Run(c console) error {
	ctx := context.Background()
	if err := chooseStore(&s.Data, s.URL); err != nil {
		return err
	}
	answers, err := os.ReadFile(s.Answers)
	if err != nil {
		return refuse("the answers cannot be read: %v", err)
	}
	token, err := s.remote(ctx, answers)
	if s.Data != "" {
		token, err = s.local(ctx, answers, c)
	}
	if err != nil {
		return err
	}
	if s.JSON {
		return json.NewEncoder(c.out).Encode(map[string]string{"token": token})
	}
	_, err = fmt.Fprintf(c.out, "The appliance is set up. An API token of its administrator, shown this once: %s\n", token)
	return err
}

// remote reads the answers here, so that errors name their line, and sends them on.
func (s setupCommand) remote(ctx context.Context, answers []byte) (string, error) {
	if s.URL == "" {
		return "", nil
	}
	doc, err := office.Parse(filepath.Base(s.Answers), answers)
	if err != nil {
		return "", refuse("%v", err)
	}
	body, err := json.Marshal(map[string]any{"token": s.Token, "document": doc})
	if err != nil {
		return "", err
	}
	var reply struct{ Token string }
	opener := running{URL: s.URL} // the set-up token is no bearer token
	err = opener.call(ctx, "POST", "/api/v1/setup", "application/json", body, &reply)
	return reply.Token, err
}

func (s setupCommand) local(ctx context.Context, answers []byte, c console) (token string, err error) {
	d, err := openStore(ctx, s.Data, quiet(c))
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	judge, done, err := settingsJudge(d.Directory, s.Data)
	if err != nil {
		return "", err
	}
	defer done()
	owner, _, err := wizard.Finish(ctx, d.Directory, judge, filepath.Base(s.Answers), answers)
	if errors.Is(err, wizard.ErrDone) {
		return "", refuse("the appliance in %s is set up already: use cradle apply", s.Data)
	}
	if err != nil {
		return "", refuse("%v", err)
	}
	gate, err := access.New(access.Config{Directory: d.Directory, Log: quiet(c)})
	if err != nil {
		return "", err
	}
	_, token, err = gate.IssueToken(ctx, owner.ID, "setup")
	return token, err
}
