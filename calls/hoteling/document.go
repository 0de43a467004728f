package hoteling

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"time"

	"cradle/directory"
)

// The documents of the package (Cisco, "Troubleshoot Hoteling in MPP Devices for
// Webex Calling").
const (
	contentType = "application/x-broadworks-hoteling+xml"
	namespace   = "http://schema.broadsoft.com/hoteling"
)

// event is what a NOTIFY tells.
type event struct {
	XMLName        xml.Name        `xml:"http://schema.broadsoft.com/hoteling HotelingEvent"`
	Guest          string          `xml:"guestAddress"` // empty: nobody
	Expires        int64           `xml:"expires,omitempty"`
	Authentication *authentication `xml:"authenticationData,omitempty"`
}

type authentication struct {
	Nonce     string `xml:"nonce,omitempty"`
	Algorithm string `xml:"algorithm,omitempty"`
	Response  string `xml:"response,omitempty"`
}

func (e event) write() []byte {
	b, err := xml.Marshal(e)
	if err != nil {
		return nil // texts and numbers cannot fail
	}
	return append([]byte(xml.Header), b...)
}

// set is the body of a SUBSCRIBE.
type set struct {
	XMLName        xml.Name       `xml:"SetHoteling"`
	Guest          *string        `xml:"guestAddress"`
	Expires        int64          `xml:"expires"`
	Authentication authentication `xml:"authenticationData"`
}

// wish is what a phone asks.
type wish struct {
	number string           // empty: whoever is there leaves
	proof  directory.Secret // empty: none yet
	stay   time.Duration    // 0: for good
}

// Errors of a body.
var errBody = errors.New("not a SetHoteling that is understood")

// read takes a body apart. A guest is named by his number, alone or as a SIP or
// tel address.
func read(body []byte) (w wish, err error) {
	var s set
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // phones name ISO-8859-1 and send ASCII
	if err := d.Decode(&s); err != nil {
		return w, errors.Join(errBody, err)
	}
	if s.XMLName.Space != "" && s.XMLName.Space != namespace || s.Guest == nil {
		return w, errBody
	}
	w.number = strings.TrimSpace(*s.Guest)
	if _, rest, ok := strings.Cut(w.number, ":"); ok {
		w.number = rest
	}
	w.number, _, _ = strings.Cut(w.number, "@")
	if len(w.number) > 32 || strings.Trim(w.number, "+0123456789") != "" {
		return w, errBody
	}
	a := s.Authentication
	if a.Algorithm != "" && !strings.EqualFold(a.Algorithm, "MD5") || len(a.Response) > 64 {
		return w, errBody
	}
	w.proof = directory.NewSecret(strings.TrimSpace(a.Response))
	if s.Expires != 0 {
		if w.stay = time.Duration(min(max(s.Expires, 0), int64(longestFor/time.Second))) * time.Second; w.stay < leastStay {
			return w, errBody
		}
	}
	return w, nil
}
