package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"cradle/directory"
	"cradle/ui/access"
)

// The most bytes of a file: a minute of a sentence, three minutes of music, as studios write them.
const (
	MaxPrompt = 12 << 20
	MaxMusic  = 36 << 20
)

type promptView struct {
	Language string `json:"language" example:"en"`
	Name     string `json:"name" example:"goodbye"`
	Text     string `json:"text" doc:"What is said; empty where only a file is there."`
	Replaced bool   `json:"replaced"`
}

type promptList struct {
	Body struct {
		Languages []string     `json:"languages" nullable:"false"`
		Items     []promptView `json:"items" nullable:"false"`
	}
}

// PromptInput names a sentence; it is exported only because the library that makes the document does not look into
// embedded types that are not.
type PromptInput struct {
	Language string `path:"language" maxLength:"35" doc:"BCP 47, with hyphens."`
	Name     string `path:"name" maxLength:"40"`
}

type promptUpload struct {
	PromptInput
	RawBody []byte `contentType:"audio/wav"`
}

type musicInput struct {
	Organization directory.ID `query:"organization" maxLength:"64" doc:"Another organization than one's own, where one may see it."`
}

type musicUpload struct {
	Organization directory.ID `query:"organization" maxLength:"64" doc:"Another organization than one's own, where one may see it."`
	RawBody      []byte       `contentType:"audio/wav"`
}

type musicView struct {
	Own bool `json:"own" doc:"Whether it is of the organization's own; or else it is ours."`
}

type soundFile struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func soundRoutes(a *API) {
	const one = "/prompts/{language}/{name}"
	missing, kinds := []int{http.StatusNotFound}, fileResponse("audio/wav")
	read := func(path, summary string) operation {
		return operation{method: http.MethodGet, path: path, permission: access.SoundsRead, summary: summary, errors: missing}
	}
	write := func(method, path, summary string, most int64) operation {
		return operation{method: method, path: path, permission: access.SoundsWrite, status: http.StatusNoContent, maxBody: most, summary: summary, errors: missing}
	}
	file := read(one, "What is heard, as WAV of 16 kHz")
	file.responses = kinds
	route(a, read("/prompts", "Every sentence of every language"), a.listPrompts)
	route(a, file, a.readPrompt)
	route(a, write(http.MethodPut, one, "Put a WAV of up to a minute in place of a sentence", MaxPrompt), a.replacePrompt)
	route(a, write(http.MethodDelete, one, "Put our own sentence back", 0), a.restorePrompt)
	file = read("/music/file", "The music on hold, as WAV of 16 kHz")
	file.responses = kinds
	route(a, read("/music", "Whose music is heard on hold"), a.readMusic)
	route(a, file, a.musicFile)
	route(a, write(http.MethodPut, "/music", "Put a WAV of up to three minutes in place of our music on hold", MaxMusic), a.replaceMusic)
	route(a, write(http.MethodDelete, "/music", "Put our own music back", 0), a.restoreMusic)
}

func (a *API) sounds() error {
	if a.Sounds == nil {
		return huma.NewError(http.StatusServiceUnavailable, "nothing is heard here")
	}
	return nil
}

func (a *API) listPrompts(context.Context, *access.Caller, *struct{}) (*promptList, error) {
	if err := a.sounds(); err != nil {
		return nil, err
	}
	out, seen := &promptList{}, map[string]bool{}
	out.Body.Languages, out.Body.Items = []string{}, []promptView{}
	for _, p := range a.Sounds.Phrases() {
		if !seen[p.Language] {
			seen[p.Language] = true
			out.Body.Languages = append(out.Body.Languages, p.Language)
		}
		out.Body.Items = append(out.Body.Items, promptView(p))
	}
	return out, nil
}

func (a *API) readPrompt(_ context.Context, _ *access.Caller, in *PromptInput) (*soundFile, error) {
	if err := a.sounds(); err != nil {
		return nil, err
	}
	b, err := a.Sounds.Prompt(in.Language, in.Name)
	if err != nil {
		return nil, err
	}
	return wavFile(in.Language+"-"+in.Name, b), nil
}

func wavFile(name string, b []byte) *soundFile {
	return &soundFile{ContentType: "audio/wav", Disposition: `attachment; filename="` + name + `.wav"`, Body: b}
}

// ofAll changes what every organization hears, and notes it down.
func (a *API) ofAll(ctx context.Context, c *access.Caller, what, action string, change func() error) (*none, error) {
	if err := a.sounds(); err != nil {
		return nil, err
	}
	if !c.Home {
		return nil, ofApplianceOnly(access.SoundsWrite)
	}
	return nil, a.changeSound(ctx, c, "", what, action, change)
}

func (a *API) changeSound(ctx context.Context, c *access.Caller, org directory.ID, what, action string, change func() error) error {
	if err := change(); err != nil {
		return err
	}
	return a.Directory.Update(ctx, actor(c), func(tx *directory.Tx) error {
		tx.NoteSound(directory.Sounded{Organization: org, What: what, Action: action})
		return nil
	})
}

func (a *API) replacePrompt(ctx context.Context, c *access.Caller, in *promptUpload) (*none, error) {
	return a.ofAll(ctx, c, "prompt "+in.Language+"/"+in.Name, "replaced", func() error { return a.Sounds.ReplacePrompt(in.Language, in.Name, in.RawBody) })
}

func (a *API) restorePrompt(ctx context.Context, c *access.Caller, in *PromptInput) (*none, error) {
	return a.ofAll(ctx, c, "prompt "+in.Language+"/"+in.Name, "restored", func() error { return a.Sounds.RestorePrompt(in.Language, in.Name) })
}

// hearing is whose music is meant.
func (a *API) hearing(c *access.Caller, in directory.ID) (directory.ID, error) {
	if err := a.sounds(); err != nil {
		return "", err
	}
	return (&pageInput{Organization: in}).organization(c)
}

func (a *API) readMusic(_ context.Context, c *access.Caller, in *musicInput) (*viewOutput[musicView], error) {
	org, err := a.hearing(c, in.Organization)
	if err != nil {
		return nil, err
	}
	_, own := a.Sounds.Music(org)
	return &viewOutput[musicView]{Body: musicView{own}}, nil
}

func (a *API) musicFile(_ context.Context, c *access.Caller, in *musicInput) (*soundFile, error) {
	org, err := a.hearing(c, in.Organization)
	if err != nil {
		return nil, err
	}
	b, _ := a.Sounds.Music(org)
	return wavFile("music-on-hold", b), nil
}

func (a *API) replaceMusic(ctx context.Context, c *access.Caller, in *musicUpload) (*none, error) {
	org, err := a.hearing(c, in.Organization)
	if err != nil {
		return nil, err
	}
	return nil, a.changeSound(ctx, c, org, "music on hold", "replaced", func() error { return a.Sounds.ReplaceMusic(org, in.RawBody) })
}

func (a *API) restoreMusic(ctx context.Context, c *access.Caller, in *musicInput) (*none, error) {
	org, err := a.hearing(c, in.Organization)
	if err != nil {
		return nil, err
	}
	return nil, a.changeSound(ctx, c, org, "music on hold", "restored", func() error { return a.Sounds.RestoreMusic(org) })
}
