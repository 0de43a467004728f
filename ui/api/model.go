package api

import (
	"context"
	"maps"
	"slices"

	"cradle/provisioning/catalog"
	"cradle/provisioning/render"
	"cradle/ui/access"
	"cradle/ui/live"
)

// templateView is a phone model of the catalogue.
type templateView struct {
	ID       string `json:"id" doc:"As in a device's model."`
	Vendor   string `json:"vendor"`
	Label    string `json:"label"`
	Lines    int    `json:"lines" doc:"SIP accounts; 0: unknown."`
	Firmware string `json:"firmware" doc:"A version that exists; empty: unknown."`
	ModelFacts
}

// ModelFacts is what the catalogue knows of a model beside its name; it is
// exported only because the library that makes the document does not look into
// embedded types that are not.
type ModelFacts struct {
	Family      string      `json:"family"`
	Kind        string      `json:"kind" doc:"desk, dect, ata, conference, intercom, video, wifi, softphone or gateway."`
	Keys        int         `json:"keys" doc:"Programmable keys; 0: unknown."`
	SoftKeys    int         `json:"soft_keys" doc:"0: unknown."`
	Module      *moduleView `json:"module,omitempty"`
	Codecs      []string    `json:"codecs" nullable:"false"`
	Screen      string      `json:"screen" doc:"none, mono, colour or touch; empty: unknown."`
	Display     string      `json:"display" doc:"How the Phone ID is shown: label (of a line), idle (a text on the idle screen), page (one of ours on the idle screen) or none."`
	DisplaySure string      `json:"display_sure" enum:"document,template,unsure," doc:"Where that comes from."`
	Login       string      `json:"login" doc:"How a person may log in at the phone itself: code, xml (pages of ours), native or none."`
	LoginSure   string      `json:"login_sure" enum:"document,template,unsure," doc:"Where that comes from."`
	RemoteLogin bool        `json:"remote_login"`
	TLS         tlsView     `json:"tls"`
	Doors       []string    `json:"doors" nullable:"false" doc:"The ways it fetches its settings, in its own order."`
	KeyTypes    []string    `json:"key_types" nullable:"false" doc:"What its keys can be, beside what is dialled as a speed dial."`
	Sure        string      `json:"sure" enum:"document,template,unsure," doc:"Where its numbers come from."`
	Reboots     []string    `json:"reboots" nullable:"false" doc:"Beginnings of settings whose change makes it restart, whole names ending with =; none where that is not known."`
	Notes       []string    `json:"notes" nullable:"false" doc:"Known limits."`
	Files       []fileView  `json:"files" nullable:"false"`
	Parts       []string    `json:"parts" nullable:"false" doc:"Its templates, which may be replaced by own ones."`
	Custom      int         `json:"custom" doc:"Own templates there are for it."`
}

type moduleView struct {
	Name string `json:"name"`
	Max  int    `json:"max"`
	Keys int    `json:"keys"`
}

type tlsView struct {
	Authority     bool   `json:"authority" doc:"It can be given our certificate authority."`
	AuthoritySure string `json:"authority_sure" enum:"document,template,unsure," doc:"Where that comes from. Phones of whose models that is unsure are told no https addresses."`
	ByHand        string `json:"by_hand" doc:"How a person puts our authority into a phone whose settings cannot hold it; empty where that is not known."`
	Min           string `json:"min"`
	SIPS          bool   `json:"sips"`
	SRTP          bool   `json:"srtp"`
	Client        bool   `json:"client" doc:"It shows a certificate from its factory."`
}

type fileView struct {
	Name        string `json:"name"`
	Kind        string `json:"kind"`
	ContentType string `json:"content_type"`
}

// facts of a model, where the catalogue is at hand.
func (a *API) facts(name string) ModelFacts {
	v := ModelFacts{Codecs: []string{}, Doors: []string{}, KeyTypes: []string{}, Reboots: []string{}, Notes: []string{}, Files: []fileView{}, Parts: []string{}}
	if a.Templates == nil {
		return v
	}
	m := a.Templates.Catalog().Model(name)
	if m == nil {
		return v
	}
	f := m.Family
	v = ModelFacts{
		Family: f.Name, Kind: m.Kind, Keys: m.Keys, SoftKeys: m.SoftKeys, Codecs: []string{}, Screen: m.Screen, Display: m.Display.By, DisplaySure: m.Display.Sure,
		Login: m.Login.By, LoginSure: m.Login.Sure, RemoteLogin: m.RemoteLogin, TLS: tlsView{f.TLS.Authority, f.TLS.AuthoritySure, f.TLS.ByHand, f.TLS.Min, f.TLS.SIPS, f.TLS.SRTP, f.TLS.Client}, Doors: list(f.Boot.Doors), Sure: m.Sure, Reboots: list(f.Reboots), Notes: list(m.Notes), Files: []fileView{}, Parts: f.Parts(),
		KeyTypes: list(slices.Sorted(maps.Keys(f.KeyTypes))),
	}
	if m.Expansion.Max > 0 {
		v.Module = &moduleView{m.Expansion.Module, m.Expansion.Max, m.Expansion.Keys}
	}
	for _, c := range m.Codecs {
		v.Codecs = append(v.Codecs, c.Name)
	}
	for _, file := range f.Files {
		if file.Kind != catalog.Absent {
			v.Files = append(v.Files, fileView{file.Name, string(file.Kind), file.ContentType})
		}
	}
	for t := range a.Directory.Snapshot().Templates("") {
		if t.Model == m.Name {
			v.Custom++
		}
	}
	return v
}

type partInput struct {
	ID   string `path:"id" maxLength:"100"`
	File string `path:"file" maxLength:"100"`
}

// partView is the text of a built-in template.
type partView struct {
	Text   string        `json:"text"`
	Format render.Format `json:"format"`
}

func (a *API) builtinText(_ context.Context, _ *access.Caller, in *partInput) (*viewOutput[partView], error) {
	m, text, err := a.part(in.ID, in.File)
	if err != nil {
		return nil, notFound("template")
	}
	return &viewOutput[partView]{Body: partView{text, m.Family.Format}}, nil
}

func (a *API) viewModel(m live.Model) templateView {
	return templateView{ID: m.Name, Vendor: m.Vendor, Label: m.Label, Lines: m.Lines, Firmware: m.Firmware, ModelFacts: a.facts(m.Name)}
}
