package api

import (
	"encoding/json"
	"net/http"

	"github.com/gin-gonic/gin"

	"cradle/ui/access"
)

// documentRoute serves the OpenAPI document. It is made once, when everything
// is registered.
func (a *API) documentRoute(r *gin.Engine) error {
	body, err := json.Marshal(a.Document())
	if err != nil {
		return err
	}
	const path = prefix + "/openapi.json"
	a.permissions[http.MethodGet+" "+path] = access.Public
	r.GET(path, func(c *gin.Context) {
		if !a.Directory.Snapshot().SetUp() {
			c.Data(http.StatusServiceUnavailable, "application/problem+json",
				[]byte(`{"type":"about:blank","title":"Service Unavailable","status":503,"detail":"not set up"}`))
			return
		}
		c.Data(http.StatusOK, "application/openapi+json", body)
	})
	return nil
}
