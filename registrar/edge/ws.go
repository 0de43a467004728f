package edge

import (
	"crypto/sha1" //nolint:gosec // RFC 6455 section 4.2.2 says so; it protects nothing
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"cradle/registrar/sipmsg"
)

// Socket is a WebSocket that asks to be opened for SIP (RFC 7118).
type Socket struct {
	By sipmsg.Transport // WS or WSS
	// Anonymous: it named no origin, so it is no browser's.
	Anonymous bool
}

// maxOpening bounds the time for what is written before the first message.
const maxOpening = 5 * time.Second

// WebSocket opens a WebSocket out of an HTTP request whose origin was judged,
// and reads SIP from it. It returns when the connection has been handed over, or
// the request refused: 400 for no right handshake, 426 for another version of
// the protocol, 503 over a cap.
func (e *Edge) WebSocket(w http.ResponseWriter, r *http.Request, ask Socket) {
	key, status := handshake(r)
	if status != 0 {
		w.Header().Set("Sec-WebSocket-Version", "13")
		w.Header().Set("Connection", "close")
		http.Error(w, http.StatusText(status), status)
		return
	}
	c, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil { // such as HTTP/2, which browsers do not use for this
		http.Error(w, http.StatusText(http.StatusHTTPVersionNotSupported), http.StatusHTTPVersionNotSupported)
		return
	}
	_ = c.SetDeadline(time.Now().Add(maxOpening))
	s := openWS(e, c, ask)
	if n := buffered.Reader.Buffered(); n > 0 { // it did not wait for our answer
		early, _ := buffered.Peek(n)
		s.buf = append(s.buf, early...)
	}
	s.greet = func() error {
		_, err := fmt.Fprintf(c, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
			"Sec-WebSocket-Accept: %s\r\nSec-WebSocket-Protocol: sip\r\n\r\n", acceptance(key))
		return errors.Join(err, c.SetDeadline(time.Time{}))
	}
	if !e.serve(s, e.c.Admit) {
		e.Refused.Add(1)
		_, _ = io.WriteString(c, "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
		_ = c.Close()
	}
}

// handshake judges the request of a client (RFC 6455 section 4.2.1).
func handshake(r *http.Request) (key string, status int) {
	h := r.Header
	key = strings.TrimSpace(h.Get("Sec-WebSocket-Key"))
	raw, err := base64.StdEncoding.DecodeString(key)
	switch {
	case r.Method != http.MethodGet || !r.ProtoAtLeast(1, 1) || !lists(h, "Connection", "upgrade") || !lists(h, "Upgrade", "websocket"):
		return "", http.StatusBadRequest
	case h.Get("Sec-WebSocket-Version") != "13":
		return "", http.StatusUpgradeRequired
	case err != nil || len(raw) != 16 || !lists(h, "Sec-WebSocket-Protocol", "sip"):
		return "", http.StatusBadRequest
	}
	return key, 0
}

// lists says whether a header names a word in one of its lists.
func lists(h http.Header, name, word string) bool {
	for _, v := range h.Values(name) {
		for one := range strings.SplitSeq(v, ",") {
			if strings.EqualFold(strings.TrimSpace(one), word) {
				return true
			}
		}
	}
	return false
}

func acceptance(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) //nolint:gosec // see above
	return base64.StdEncoding.EncodeToString(sum[:])
}
