package provisioning

import (
	"crypto/tls"
	"io"
	"net/netip"

	"cradle/directory"
)

// Door is the way a request came in.
type Door string

// The doors that phones come through.
const (
	DoorHTTP  Door = "http"
	DoorHTTPS Door = "https"
	DoorTFTP  Door = "tftp"
	DoorPnP   Door = "pnp" // SIP plug-and-play: the answer is a URL
)

// Request is one question of a phone, as a door understood it.
type Request struct {
	Door Door
	// Method is GET, HEAD or PUT; empty: GET.
	Method string
	// Path is the path as asked, percent-decoded, with or without the leading
	// "/p/" and the "~token/" after it; a query in it is ignored. At the PnP door it
	// is the user part of the Request-URI ("MAC:0004131234ab", unescaped).
	Path string
	// Query is what a page of ours on the phone's screen sends back, as encoded in
	// a URL: there may be a PIN in it.
	Query     directory.Secret
	UserAgent string
	Source    netip.AddrPort
	// Local is the address of ours at which the request arrived, never unspecified.
	Local netip.Addr
	// Host is the Host header; used only where Local is not known.
	Host string
	TLS  *tls.ConnectionState
	// Event holds the parameters of the PnP Event header, names in lower case.
	Event map[string]string
}

// Response is what the door sends back. Bodies are shared: never write to them.
type Response struct {
	// Status is 200, 404 or 503. All refusals are the same 404, byte for byte.
	Status      int
	ContentType string
	Body        []byte
	// ETag is quoted and strong; empty when there is nothing to compare.
	ETag string
	// NoStore asks for "Cache-Control: no-store".
	NoStore bool
	// RetryAfter is in seconds; only with 503.
	RetryAfter int
	// URL is the answer to PnP.
	URL string
	// File is read instead of Body where it is set: a firmware, too large to be
	// held in memory. The door closes it, and gives it the time that it takes.
	File File
}

// File is what a large answer is read from. It may be closed while it is read.
type File interface {
	io.ReadSeekCloser
	Size() int64 // bytes
}

// Size is how many bytes the answer has.
func (r *Response) Size() int64 {
	if r.File != nil {
		return r.File.Size()
	}
	return int64(len(r.Body))
}

// notFound is the one refusal: whoever asks cannot tell an unknown phone from
// a wrong token, a disabled device or a closed site.
var notFound = Response{
	Status:      404,
	ContentType: "text/plain; charset=utf-8",
	Body:        []byte("not found\n"),
	NoStore:     true,
}
