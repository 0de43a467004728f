package ui

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
)

// theDocument is read once: it comes from the code and is the same in every house.
var theDocument sync.Map

// document reads the OpenAPI document as a stranger would.
func (h *house) document() *openapi3.T {
	h.t.Helper()
	if doc, ok := theDocument.Load("read"); ok {
		return doc.(*openapi3.T)
	}
	data, err := json.Marshal(h.ui.api.Document())
	must(h.t, err)
	doc, err := openapi3.NewLoader().LoadFromData(data)
	must(h.t, err)
	theDocument.Store("read", doc)
	return doc
}

// asDocumented checks an answer of the API against the document.
func (a *answer) asDocumented(h *house) {
	a.t.Helper()
	if !strings.HasPrefix(a.path, "/api/v1/") || a.path == "/api/v1/openapi.json" {
		return
	}
	op := operation(h.document(), a.method, a.path)
	if op == nil {
		if a.status != http.StatusNotFound && a.status != http.StatusMethodNotAllowed {
			a.t.Errorf("%s %s answers %d but is not in the document", a.method, a.path, a.status)
		}
		return
	}
	res := op.Responses.Value(strconv.Itoa(a.status))
	if res == nil {
		a.t.Errorf("%s %s: status %d is not in the document", a.method, a.path, a.status)
		return
	}
	if len(a.body) == 0 {
		return
	}
	kind, _, _ := strings.Cut(a.header.Get("Content-Type"), ";")
	media := res.Value.Content[kind]
	if media == nil {
		a.t.Errorf("%s %s %d: content type %q is not in the document", a.method, a.path, a.status, kind)
		return
	}
	if !strings.Contains(kind, "json") || media.Schema == nil {
		return
	}
	var v any
	must(a.t, json.Unmarshal(a.body, &v))
	if err := media.Schema.Value.VisitJSON(v, openapi3.EnableJSONSchema2020(), openapi3.MultiErrors()); err != nil {
		a.t.Errorf("%s %s %d is not as documented: %v\n%s", a.method, a.path, a.status, err, a.body)
	}
}

// operation finds the documented operation of a path; fixed segments win over
// parameters.
func operation(doc *openapi3.T, method, path string) *openapi3.Operation {
	var best *openapi3.Operation
	fixed := -1
	for pattern, item := range doc.Paths.Map() {
		n, ok := fits(pattern, path)
		if op := item.GetOperation(method); ok && op != nil && n > fixed {
			best, fixed = op, n
		}
	}
	return best
}

func fits(pattern, path string) (fixed int, ok bool) {
	p, q := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(p) != len(q) {
		return 0, false
	}
	for i := range p {
		switch {
		case strings.HasPrefix(p[i], "{"):
		case p[i] == q[i]:
			fixed++
		default:
			return 0, false
		}
	}
	return fixed, true
}

func TestDocumentIsValid(t *testing.T) {
	h := newHouse(t)
	doc := h.document()
	if !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Errorf("the document is OpenAPI %s", doc.OpenAPI)
	}
	if err := doc.Validate(t.Context(), openapi3.DisableExamplesValidation()); err != nil {
		t.Error(err)
	}
	owner := h.bearer(h.setUp())
	served := owner.get("/api/v1/openapi.json").want(http.StatusOK)
	if _, err := openapi3.NewLoader().LoadFromData(served.body); err != nil {
		t.Error(err)
	}
}
