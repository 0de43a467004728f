package ui

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"cradle/ui/api"
)

// policy lets the pages load nothing but themselves: no inline script or
// style, no other host, no frame round them. The one page adds a nonce for the
// style elements that its own scripts make (see pages.index).
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; media-src 'self'; manifest-src 'self'; worker-src 'self'; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// headers are set on every answer of the portal.
func headers(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Permissions-Policy", "geolocation=(), camera=(), usb=()")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if strings.HasPrefix(c.Request.URL.Path, "/api/") {
		h.Set("Cache-Control", "no-store")
	}
	c.Next()
}

// recovered ends one request, never the process.
func (u *UI) recovered(c *gin.Context) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		if err, ok := r.(error); ok && errors.Is(err, http.ErrAbortHandler) {
			panic(r) // the server's own way to end a connection
		}
		u.log.Error("request panicked", "method", c.Request.Method, "route", c.FullPath(), "panic", r, "stack", string(debug.Stack()))
		if !c.Writer.Written() {
			problem(c, http.StatusInternalServerError, "internal error")
		}
		c.Abort()
	}()
	c.Next()
}

// noted writes one line and one measure for each request. The line has the
// path without its query, where a setup token may be, and no header or body.
func (u *UI) noted(c *gin.Context) {
	begun := time.Now()
	c.Next()
	took := time.Since(begun)
	route, method := c.FullPath(), c.Request.Method
	if route == "" {
		route = "pages"
	}
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
	default:
		method = "other"
	}
	u.metrics.Served(method, route, c.Writer.Status(), took)
	level := slog.LevelDebug
	if c.Writer.Status() >= http.StatusInternalServerError && c.Writer.Status() != http.StatusServiceUnavailable {
		level = slog.LevelWarn
	}
	u.log.Log(c.Request.Context(), level, "request", "method", method, "route", route, "status", c.Writer.Status(),
		"bytes", c.Writer.Size(), "took", took, "source", c.Request.RemoteAddr)
}

// bounded caps every body; the API sets its own, smaller limits by operation.
func bounded(c *gin.Context) {
	if c.Request.Body != nil {
		most := int64(api.MaxApply)
		if c.Request.Method == http.MethodPost && c.Request.URL.Path == api.FirmwarePath {
			most = api.MaxFirmware
		}
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, most+1)
	}
	c.Next()
}

// problem answers with a problem document (RFC 9457).
func problem(c *gin.Context, status int, detail string) {
	body, _ := json.Marshal(map[string]any{
		"type": "about:blank", "title": http.StatusText(status), "status": status, "detail": detail,
	})
	c.Data(status, "application/problem+json", body)
	c.Abort()
}
