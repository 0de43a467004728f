// Package httpdoor is the HTTP and HTTPS door of provisioning, and the server
// that phones and browsers connect to.
//
// Phones are poor clients: HTTP/1.0, no Host, doubled slashes, any letter case,
// files fetched in pieces. All of that is served as it comes; nothing is ever
// redirected, and every refusal looks the same.
package httpdoor

import (
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/door"
)

// maxUpload bounds what a phone may send us (logs, overrides); it is read and
// thrown away, because a phone whose upload fails complains on its screen.
const maxUpload = 1 << 20

// Handler answers phones. Make it with New.
type Handler struct {
	answer door.Answer
	log    *slog.Logger
}

// New makes the handler of everything a phone asks for.
func New(answer door.Answer, log *slog.Logger) *Handler {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	return &Handler{answer: answer, log: log.With("door", "http")}
}

// ServeHTTP turns one HTTP request into a provisioning request and its
// response into HTTP.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer func() {
		if fault := recover(); fault != nil {
			h.log.Error("request failed", "panic", fault, "stack", string(debug.Stack()))
			fail(w)
		}
	}()
	method := r.Method
	switch method {
	case http.MethodGet, http.MethodHead:
	case http.MethodPut, http.MethodPost:
		method = http.MethodPut
		if _, err := io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, maxUpload)); err != nil {
			h.log.Debug("upload cut", "source", r.RemoteAddr, "error", err)
		}
	default:
		w.Header().Set("Allow", "GET, HEAD, PUT, POST")
		w.Header().Set("Content-Length", "0")
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	write(w, r, h.answer(r.Context(), request(r, method)))
}

// request reads what the door knows about the asker.
func request(r *http.Request, method string) provisioning.Request {
	q := provisioning.Request{Door: provisioning.DoorHTTP, Method: method, Path: r.URL.Path, Query: directory.NewSecret(r.URL.RawQuery), UserAgent: r.UserAgent(), Host: r.Host, TLS: r.TLS}
	if r.TLS != nil {
		q.Door = provisioning.DoorHTTPS
	}
	if source, err := netip.ParseAddrPort(r.RemoteAddr); err == nil {
		q.Source = netip.AddrPortFrom(source.Addr().Unmap(), source.Port())
	}
	if local, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr); ok {
		q.Local = local.AddrPort().Addr().Unmap()
	}
	return q
}

// write sends a response. The header fields depend on the response only, so
// that equal responses are equal byte for byte.
func write(w http.ResponseWriter, r *http.Request, resp provisioning.Response) {
	head := w.Header()
	if resp.File != nil {
		defer resp.File.Close()
		// Where there is no such deadline the server's own ends a download.
		_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(patience(resp.File)))
	}
	if resp.ContentType != "" {
		head.Set("Content-Type", resp.ContentType)
	} else {
		head.Set("Content-Type", "application/octet-stream")
	}
	if resp.NoStore {
		head.Set("Cache-Control", "no-store")
	}
	if resp.Status == http.StatusOK && (r.Method == http.MethodPut || r.Method == http.MethodPost) {
		resp.Body, resp.File, resp.ETag = nil, nil, ""
	}
	if resp.Status == http.StatusOK && resp.ETag != "" {
		head.Set("ETag", resp.ETag)
	}
	if resp.RetryAfter > 0 {
		head.Set("Retry-After", strconv.Itoa(resp.RetryAfter))
	}
	if unit := r.Header.Get("Range"); unit != "" && (len(unit) < 6 || !strings.EqualFold(unit[:6], "bytes=")) {
		r.Header.Del("Range") // a unit that is not known is ignored (RFC 9110, 14.2)
	}
	switch {
	case resp.Status == http.StatusOK && resp.File != nil:
		http.ServeContent(w, r, "", time.Time{}, resp.File)
		return
	case resp.Status == http.StatusOK && conditional(r.Header):
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(resp.Body))
		return
	}
	head.Set("Content-Length", strconv.Itoa(len(resp.Body)))
	w.WriteHeader(resp.Status)
	if r.Method != http.MethodHead {
		_, _ = w.Write(resp.Body) // a phone that went away asks again
	}
}

// slowest is what a phone is expected to read at least, in bytes a second.
const slowest = 16 << 10

// patience is how long the writing of a file may take.
func patience(f provisioning.File) time.Duration {
	return time.Minute + time.Duration(f.Size()/slowest)*time.Second
}

// conditional tells whether a request asks for a piece, or only for news
// (RFC 9110, 13 and 14).
func conditional(h http.Header) bool {
	return h["Range"] != nil || h["If-None-Match"] != nil || h["If-Match"] != nil
}

// fail ends a request whose handler had a fault.
func fail(w http.ResponseWriter) {
	head := w.Header()
	clear(head)
	head.Set("Content-Length", "0")
	head.Set("Retry-After", "30")
	w.WriteHeader(http.StatusServiceUnavailable)
}
