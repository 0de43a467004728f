package access

import (
	"net/http"
	"net/url"
	"strings"
)

// changes says whether a method may change something.
func changes(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return false
	}
	return true
}

// sameOrigin says whether a browser sent this request from a page of our own.
// Browsers of today name it in Sec-Fetch-Site; the others at least send Origin
// with calls that change something. A request with neither comes from no
// browser that carries our cookie, and is refused as well.
func sameOrigin(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin":
		return true
	case "":
	default:
		return false
	}
	return ourOrigin(r)
}

// foreign says whether a request shows that a page of somebody else sent it.
// It guards calls without a session, such as the log-in itself; a program that
// is no browser sends neither header and passes.
func foreign(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return false
	case "":
		return r.Header.Get("Origin") != "" && !ourOrigin(r)
	}
	return true
}

// ourOrigin compares Origin, scheme and host, with what was asked.
func ourOrigin(r *http.Request) bool {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	u, err := url.Parse(r.Header.Get("Origin"))
	return err == nil && u.Host != "" && u.Scheme == scheme && strings.EqualFold(u.Host, r.Host)
}
