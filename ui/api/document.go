package api

import (
	"github.com/danielgtaylor/huma/v2"

	"cradle/ui/access"
)

// document is the head of the OpenAPI document and the settings of the library.
func document(version string) huma.Config {
	c := huma.DefaultConfig("Cradle", version)
	c.Info.Description = "The interface of the phone system. Errors are problem documents (RFC 9457)."
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	// No schema links in bodies: they would point at pages that are not there.
	c.CreateHooks = nil
	c.Transformers = []huma.Transformer{hideValues}
	c.Formats = map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat}
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: access.CookieName},
		"bearer":  {Type: "http", Scheme: "bearer"},
	}
	return c
}

// finishDocument corrects what the library says beyond what we do: problem
// documents never carry the value at fault.
func (a *API) finishDocument() {
	if s := a.huma.OpenAPI().Components.Schemas.Map()["ErrorDetail"]; s != nil {
		delete(s.Properties, "value")
	}
}
