package api

import (
	"context"
	"strings"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/ui/access"
)

// previewView is what a text would alter: "alters 37 of 52 phones, 4 restart".
type previewView struct {
	Phones  int           `json:"phones"`
	Changed int           `json:"changed"`
	Reboot  int           `json:"reboot"`
	Known   bool          `json:"reboot_known" doc:"False: nothing is known of what makes the model restart."`
	Failed  int           `json:"failed" doc:"Phones for which it does not render."`
	Devices []alteredView `json:"devices" nullable:"false" doc:"At most 100 in detail, those it fails for first."`
}

type alteredView struct {
	Device  directory.ID  `json:"device"`
	MAC     string        `json:"mac"`
	Name    string        `json:"name"`
	PhoneID string        `json:"phone_id"`
	Reboot  bool          `json:"reboot"`
	Error   string        `json:"error,omitempty"`
	Files   []alteredFile `json:"files" nullable:"false"`
}

type alteredFile struct {
	Name string `json:"name"`
	Diff string `json:"diff" doc:"Unified difference, secrets masked."`
}

type previewInput struct {
	ID   directory.ID `path:"id" maxLength:"64"`
	Body struct {
		Text   string       `json:"text,omitempty" maxLength:"262144"`
		Number int          `json:"number,omitempty" minimum:"0" doc:"A saved version, in the place of text."`
		Device directory.ID `json:"device,omitempty" maxLength:"64" doc:"Only this phone."`
	}
}

func (a *API) preview(ctx context.Context, c *access.Caller, in *previewInput) (*viewOutput[previewView], error) {
	snap := a.Directory.Snapshot()
	t, err := a.customTemplates().visible(snap, c, in.ID)
	if err != nil {
		return nil, err
	}
	_, text, err := a.part(t.Model, t.File) // version 0 is the built-in text
	if err != nil {
		return nil, err
	}
	switch v := snap.TemplateVersion(t.ID, in.Body.Number); {
	case in.Body.Text != "":
		text = in.Body.Text
	case v != nil:
		text = v.Text
	case in.Body.Number != 0:
		return nil, notFound("version")
	}
	var org directory.ID
	if !c.Everywhere {
		org = c.User.Organization
	}
	p, err := a.Templates.Preview(ctx, t.ID, text, org, in.Body.Device)
	if err != nil {
		return nil, refusedText(err)
	}
	return &viewOutput[previewView]{Body: viewPreview(p)}, nil
}

func viewPreview(p provisioning.Preview) previewView {
	v := previewView{Phones: p.Phones, Changed: p.Changed, Reboot: p.Reboot, Known: p.RebootKnown, Failed: p.Failed, Devices: []alteredView{}}
	for _, d := range p.Devices {
		one := alteredView{
			Device: d.Device.ID, MAC: d.Device.MAC.Colons(), Name: d.Device.Name, PhoneID: d.Device.PhoneID, Reboot: d.Reboot,
			Error: strings.TrimSpace(d.Fault), Files: []alteredFile{},
		}
		for _, f := range d.Files {
			one.Files = append(one.Files, alteredFile(f))
		}
		v.Devices = append(v.Devices, one)
	}
	return v
}

type activateInput struct {
	ID   directory.ID `path:"id" maxLength:"64"`
	Body struct {
		Number int  `json:"number" minimum:"0" doc:"0: the built-in template."`
		Share  *int `json:"share,omitempty" minimum:"1" maximum:"100" doc:"Percent of the phones; 100 where it is not given."`
		// Rollout brings the version to the phones step by step instead.
		Rollout *RolloutSteps `json:"rollout,omitempty"`
	}
}

func (a *API) activate(ctx context.Context, c *access.Caller, in *activateInput) (*viewOutput[customTemplateView], error) {
	if in.Body.Rollout != nil {
		return a.activateByRollout(ctx, c, in)
	}
	err := a.Directory.Update(ctx, actor(c), func(tx *directory.Tx) error {
		t, err := a.customTemplates().changeable(tx.Snapshot(), c, in.ID)
		if err != nil {
			return err
		}
		mine := *t
		if mine.Active != in.Body.Number {
			mine.Previous, mine.Active = mine.Active, in.Body.Number
		}
		mine.Share = 100
		set(&mine.Share, in.Body.Share)
		return ofInput(tx.PutTemplate(&mine))
	})
	if err != nil {
		return nil, err
	}
	return a.customTemplates().shown(a, in.ID)
}
