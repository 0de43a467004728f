package api

import (
	"context"
	"net/http"
	"slices"

	"cradle/ui/access"
	"cradle/ui/live"
)

type templateInput struct {
	ID string `path:"id" maxLength:"100"`
}

func templateRoutes(a *API) {
	route(a, operation{method: http.MethodGet, path: "/templates", permission: access.TemplatesRead,
		summary: "Phone models of the catalogue", errors: []int{http.StatusNotFound}}, a.listTemplates)
	route(a, operation{method: http.MethodGet, path: "/templates/{id}", permission: access.TemplatesRead,
		summary: "One phone model", errors: []int{http.StatusNotFound}}, a.oneTemplate)
	route(a, operation{method: http.MethodGet, path: "/templates/{id}/files/{file}", permission: access.TemplatesRead,
		summary: "The text of one of a model's built-in templates", errors: []int{http.StatusNotFound}}, a.builtinText)
}

func (a *API) models() []live.Model {
	if a.Provisioning == nil {
		return nil
	}
	return a.Provisioning.Models()
}

func (a *API) listTemplates(_ context.Context, _ *access.Caller, in *pageInput) (*pageOutput[templateView], error) {
	return cut(in, slices.Values(a.models()), func(m live.Model) string { return m.Name }, a.viewModel)
}

func (a *API) oneTemplate(_ context.Context, _ *access.Caller, in *templateInput) (*viewOutput[templateView], error) {
	for _, m := range a.models() {
		if m.Name == in.ID {
			return &viewOutput[templateView]{Body: a.viewModel(m)}, nil
		}
	}
	return nil, notFound("template")
}
