package registrar

import (
	"net/http"
	"net/netip"
	"net/url"
	"strings"

	"cradle/directory"
	"cradle/registrar/edge"
	"cradle/registrar/sipmsg"
)

// WebSocket is SIP over WebSocket (RFC 7118), to be served by the web's doors.
// Over TLS anybody may come; without it only this machine itself and the proxies
// that the appliance's setting names. A browser must come from a page of ours
// (403): its Origin is compared with what was asked. Who names no origin is no
// browser, and may register a softphone's account and no other.
func (r *Registrar) WebSocket() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		source, err := netip.ParseAddrPort(req.RemoteAddr)
		switch {
		case r.edge == nil || err != nil:
			http.NotFound(w, req)
			return
		case req.TLS == nil && !r.mayComePlain(source.Addr(), req):
			http.Error(w, "Secure WebSockets only", http.StatusForbidden)
			return
		case !ownOrigin(req):
			http.Error(w, "Foreign Origin", http.StatusForbidden)
			return
		}
		ask := edge.Socket{By: sipmsg.WS, Anonymous: req.Header.Get("Origin") == ""}
		if req.TLS != nil {
			ask.By = sipmsg.WSS
		}
		r.edge.WebSocket(w, req, ask)
	})
}

// settingProxies names the addresses and networks, with commas between them, of
// proxies that end TLS in front of the appliance.
const settingProxies = "web_proxies"

// mayComePlain: from this machine, asked for by a name of this machine, so that
// no page elsewhere brings its name to point here; or from a named proxy.
func (r *Registrar) mayComePlain(source netip.Addr, req *http.Request) bool {
	if source.Unmap().IsLoopback() {
		host := (&url.URL{Host: req.Host}).Hostname()
		a, err := netip.ParseAddr(host)
		if err == nil && a.IsLoopback() || strings.EqualFold(host, "localhost") {
			return true
		}
	}
	named, _ := r.dir.Snapshot().Setting(directory.Scope{Kind: "appliance"}, settingProxies)
	return named != "" && allowedFrom(strings.Split(named, ","), source.Unmap())
}

// ownOrigin compares Origin with what was asked: host and port, and the scheme
// where TLS ends with us. A missing one is not foreign.
func ownOrigin(req *http.Request) bool {
	text := req.Header.Values("Origin")
	if len(text) == 0 {
		return true
	}
	u, err := url.Parse(text[0])
	if err != nil || len(text) > 1 || u.Host == "" || !strings.EqualFold(u.Host, req.Host) {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && req.TLS == nil
}

// Softphones sets the joint that tells which phones are programs: they alone may
// come by a WebSocket without an origin. Call it before Run.
func (r *Registrar) Softphones(f func(*directory.Device) bool) { r.softphone = f }
