package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"cradle/directory"
	"cradle/ui/access"
	"cradle/ui/stream"
)

type streamInput struct {
	Organization directory.ID `query:"organization" maxLength:"64" doc:"Another organization than one's own, where one may see it."`
}

func streamRoutes(a *API) {
	text := map[string]*huma.Response{"200": {
		Description: "Server-sent events: 'hello' {revision} first (load the lists then), 'device' with a phone that is new or changed, " +
			"'device_removed' {id}, 'call' and 'call_ended', 'alarm' as in /api/v1/alarms, 'stranger' as in /api/v1/strangers. A client that is too slow is disconnected; it connects again and loads the lists anew.",
		Content: map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
	route(a, operation{method: http.MethodGet, path: "/stream", permission: access.DevicesRead,
		summary: "What changes while one looks", responses: text, errors: []int{http.StatusNotFound}}, a.listen)
}

// listen holds the connection until the client leaves, its log-in ends or the
// appliance stops.
func (a *API) listen(_ context.Context, c *access.Caller, in *streamInput) (*huma.StreamResponse, error) {
	org, err := (&pageInput{Organization: in.Organization}).organization(c)
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		g := humagin.Unwrap(ctx)
		a.stream.Serve(g.Writer, g.Request, &stream.Client{
			Organization: org,
			Alive:        func() bool { return a.Gate.Still(g.Request.Context(), c) },
		})
	}}, nil
}
