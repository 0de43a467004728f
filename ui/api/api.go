// Package api holds the REST interface under /api/v1: one resource, one file.
// Each file has the resource as it is shown, the inputs it takes and its
// operations; each operation declares the permission it needs, and the
// document at /api/v1/openapi.json is made from the same declarations.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"cradle/directory"
	"cradle/ui/access"
	"cradle/ui/live"
	"cradle/ui/stream"
	"cradle/ui/wizard"
)

// Limits of request bodies in bytes.
const (
	MaxBody  = 1 << 20
	MaxApply = 8 << 20
)

// Config is what the interface stands on. Registrar, Calls, Provisioning,
// Resync, Onboarding and Authorities may be nil: what they would show is then empty.
type Config struct {
	Directory    *directory.Directory
	Reach        func(ctx context.Context, account string) error // nil: nobody is asked
	Gate         *access.Gate
	Wizard       *wizard.Wizard
	Registrar    live.Registrar
	Calls        live.Calls
	Provisioning live.Provisioning
	Resync       live.Resync
	Templates    live.Templates // nil: there are none
	Firmware     live.Firmware  // nil: there is none
	Rollouts     live.Rollouts  // nil: there are none
	Onboarding   live.Onboarding
	Authorities  live.Authorities
	Sight        live.Sight       // nil: nothing is traced
	Issuer       live.Issuer      // nil: phones get no certificates of ours
	Teaching     live.Teaching    // nil: nothing can be taught
	Recognition  live.Recognition // nil: nothing is known
	Sounds       live.Sounds      // nil: nothing is heard
	// Networks of this machine, offered by the wizard.
	Networks func() []netip.Prefix
	Doors    func() live.Doors // nil: not told
	Log      *slog.Logger
	Now      func() time.Time
	Version  string
}

// API is the interface on its router.
type API struct {
	Config
	huma        huma.API
	stream      *stream.Hub
	permissions map[string]access.Permission // "GET /api/v1/devices" -> what it needs
	shelf       atomic.Pointer[shelf]
}

// New puts every operation on the router.
func New(r *gin.Engine, c Config) (*API, error) {
	a := &API{Config: c, permissions: map[string]access.Permission{}}
	a.huma = humagin.New(r, document(c.Version))
	a.huma.UseMiddleware(a.admit)
	for _, resource := range resources {
		resource(a)
	}
	a.finishDocument()
	return a, a.documentRoute(r)
}

// resources are all there are; a new one is a new file and a line here.
var resources = []func(*API){
	setupRoutes, sessionRoutes, tokenRoutes, organizationRoutes, siteRoutes, userRoutes, extensionRoutes,
	numberRoutes, deviceRoutes, deviceActionRoutes, seatRoutes, seatHistoryRoutes, codeRoutes, callRoutes, auditRoutes,
	layoutRoutes, profileRoutes, contactRoutes, ownRoutes, settingRoutes, firmwareRoutes, rolloutRoutes, templateRoutes, languageRoutes,
	replaceRoutes, whyNotRoutes, explainRoutes, alarmRoutes, strangerRoutes, oldTLSRoutes, overTFTPRoutes, authorityRoutes, dhcpRoutes,
	customTemplateRoutes, mailboxRoutes, registrationRoutes, traceRoutes, importRoutes, applyRoutes, exportRoutes, streamRoutes, deviceCertificateRoutes, teachRoutes, knownRoutes,
	soundRoutes,
}

// UseStream gives the interface the hub behind /api/v1/stream. The hub draws
// phones with Device, so it is made after the API and before the first request.
func (a *API) UseStream(h *stream.Hub) { a.stream = h }

// Document is the OpenAPI document.
func (a *API) Document() *huma.OpenAPI { return a.huma.OpenAPI() }

// Permission that a route needs, by method and pattern ("GET /api/v1/sites/{id}").
func (a *API) Permission(route string) (access.Permission, bool) {
	p, ok := a.permissions[route]
	return p, ok
}

// operation is one entry of a resource's list.
type operation struct {
	method     string
	path       string // below /api/v1
	permission access.Permission
	summary    string
	status     int   // of success; 0: 200
	errors     []int // beside those every operation has
	maxBody    int64 // bytes; 0: MaxBody
	responses  map[string]*huma.Response
}

// prefix of every operation.
const prefix = "/api/v1"

// route registers an operation. The handler gets the caller, who has the
// permission; its errors become problem documents.
func route[I, O any](a *API, op operation, handle func(ctx context.Context, c *access.Caller, in *I) (*O, error)) {
	path := prefix + op.path
	a.permissions[op.method+" "+path] = op.permission
	maxBody := op.maxBody
	if maxBody == 0 {
		maxBody = MaxBody
	}
	errs := append([]int{http.StatusServiceUnavailable}, op.errors...)
	if op.method != http.MethodGet && op.method != http.MethodDelete {
		errs = append(errs, http.StatusBadRequest, http.StatusRequestTimeout, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	security := []map[string][]string{{"session": {}}, {"bearer": {}}}
	if op.permission == access.Public {
		security = nil
	} else {
		errs = append(errs, http.StatusUnauthorized, http.StatusForbidden)
	}
	huma.Register(a.huma, huma.Operation{
		OperationID: operationID(op.method, op.path), Method: op.method, Path: path,
		Summary: op.summary, Tags: []string{tag(op.path)}, DefaultStatus: op.status,
		Errors: errs, Security: security, Responses: op.responses,
		// One byte more: the library refuses a body of exactly the limit.
		MaxBodyBytes: maxBody + 1, BodyReadTimeout: 20 * time.Second,
		Extensions: map[string]any{"x-permission": string(op.permission)},
	}, func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, callerOf(ctx), in)
		if err != nil {
			return nil, a.problem(op.method+" "+path, err)
		}
		return out, nil
	})
}

// operationID is "get-devices-id-journal" for GET /devices/{id}/journal.
func operationID(method, path string) string {
	words := strings.NewReplacer("/", "-", "{", "", "}", "").Replace(path)
	return strings.ToLower(method) + words
}

func tag(path string) string {
	first, _, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	return first
}

// actor names the caller in the audit.
func actor(c *access.Caller) directory.Actor { return c.Actor() }
