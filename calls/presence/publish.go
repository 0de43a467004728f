package presence

import (
	"bytes"
	"crypto/rand"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/directory"
	"cradle/registrar"
	"cradle/registrar/transaction"
)

const (
	maxPublished = 16 << 10 // bytes of one body
	maxNote      = 200
)

// publications are the states that phones have published (RFC 3903), until they
// run out. A phone publishes anew after a restart: its tag is unknown then.
type publications struct {
	mu   sync.Mutex
	tags map[string]*publication
}

type publication struct {
	extension directory.ID
	account   string
	condition condition
	at        time.Time
	expires   time.Time
}

// newest is what an extension's phones published last.
func (s *publications) newest(e directory.ID) (condition, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var best *publication
	for _, one := range s.tags {
		if one.extension == e && (best == nil || one.at.After(best.at)) {
			best = one
		}
	}
	if best == nil {
		return condition{}, false
	}
	return best.condition, true
}

// sweep ends what has run out; it gives the keys that change.
func (s *publications) sweep(now time.Time) (keys []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for tag, one := range s.tags {
		if !now.Before(one.expires) {
			delete(s.tags, tag)
			keys = append(keys, stateKey(one.extension))
		}
	}
	return keys
}

// take keeps a state under a new tag: a first one, a newer one, or the same for
// longer. The status is that of the answer.
func (s *publications) take(old string, one *publication, modify bool, most int) (tag string, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := s.tags[old]
	if old != "" && (before == nil || before.account != one.account) {
		return "", 412
	}
	if old == "" && s.count(one.account) >= most {
		return "", 503
	}
	if old != "" && !modify {
		one.condition, one.at = before.condition, before.at
	}
	delete(s.tags, old)
	tag = rand.Text()[:16]
	if one.expires.After(one.at) {
		if s.tags == nil {
			s.tags = map[string]*publication{}
		}
		s.tags[tag] = one
	}
	return tag, 200
}

func (s *publications) count(account string) (n int) {
	for _, one := range s.tags {
		if one.account == account {
			n++
		}
	}
	return n
}

// publish answers a PUBLISH (section 6), step by step.
func (p *Presence) publish(peer registrar.Peer, req *sip.Request, tx *transaction.Server) {
	take := p.published
	if eventOf(req) == reportEvent {
		take = p.reported
	}
	status, headers := take(peer, req)
	res := sip.NewResponseFromRequest(req, status, phrase(status), nil)
	for _, h := range headers {
		res.AppendHeader(h)
	}
	if tx.Respond(res) != nil {
		tx.Terminate()
		return
	}
	tx.TerminateGracefully()
}

func (p *Presence) published(peer registrar.Peer, req *sip.Request) (int, []sip.Header) {
	snap := p.c.Directory.Snapshot()
	if peer.Kind != registrar.Line { // 1. whose state is it
		return 403, nil
	}
	line := peer.Device.At(peer.Line)
	s := snap.Sitting(line)
	w := registrar.Watcher{User: req.Recipient.User, Snapshot: snap, Account: snap.Account(peer.Device.Lines[peer.Line-1].Account.User)}
	if w.Account == nil || s.Extension == nil || s.Vacated {
		return 403, nil
	}
	if e := watched(w); e == nil || e.ID != s.Extension.ID {
		return 403, nil
	}
	if eventOf(req) != "presence" { // 2. and 3. of which package
		return 489, []sip.Header{sip.NewHeader("Allow-Events", "presence, "+reportEvent)}
	}
	expires, refusal := publishTime(snap, req) // 5. for how long
	if refusal != 0 {
		return refusal, []sip.Header{sip.NewHeader("Min-Expires", strconv.FormatInt(snap.Limit("min_expires"), 10))}
	}
	now := p.c.Now()
	one := &publication{extension: s.Extension.ID, account: w.Account.User, at: now, expires: now.Add(expires)}
	old, body := value(req, "sip-if-match"), req.Body()
	switch { // 6. what
	case len(body) == 0 && old == "":
		return 400, nil
	case len(body) > maxPublished:
		return 413, nil
	case len(body) > 0:
		if t, _, _ := strings.Cut(value(req, "content-type"), ";"); !strings.EqualFold(strings.TrimSpace(t), pidfType) {
			return 415, []sip.Header{sip.NewHeader("Accept", pidfType)}
		}
		var err error
		if one.condition, err = readPIDF(body); err != nil {
			return 400, nil
		}
	}
	tag, status := p.pubs.take(old, one, len(body) > 0, int(snap.Limit("publications_per_account")))
	if status != 200 {
		return status, nil
	}
	p.c.Door.Changed(stateKey(s.Extension.ID))
	return 200, []sip.Header{sip.NewHeader("SIP-ETag", tag), sip.NewHeader("Expires", strconv.Itoa(int(expires/time.Second)))}
}

// eventOf is the name of a request's event package, in lower case.
func eventOf(req *sip.Request) string {
	event, _, _ := strings.Cut(value(req, "event"), ";")
	return strings.ToLower(strings.TrimSpace(event))
}

func value(req *sip.Request, header string) string {
	if h := req.GetHeader(header); h != nil {
		return strings.TrimSpace(h.Value())
	}
	return ""
}

// publishTime is what is asked for, within the limits of registrations.
func publishTime(snap *directory.Snapshot, req *sip.Request) (time.Duration, int) {
	wish := snap.Limit("max_expires")
	if v := value(req, "expires"); v != "" {
		n, err := strconv.ParseUint(v, 10, 32)
		if err != nil {
			return 0, 400
		}
		wish = min(int64(n), wish)
	}
	if wish > 0 && wish < snap.Limit("min_expires") {
		return 0, 423
	}
	return time.Duration(wish) * time.Second, 0
}

var errPIDF = errors.New("no presence document")

// readPIDF takes out of a phone's document what watchers are told of it: the
// first status, note and activities. It is written anew for them, so nothing
// else of it gets to anybody.
func readPIDF(body []byte) (c condition, err error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = latin
	var path []string
	seen := false
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return c, fmt.Errorf("%w: %w", errPIDF, err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if len(path) > 16 {
				return c, errPIDF
			}
			path = append(path, t.Name.Local)
			if n := len(path); n >= 2 && path[n-2] == "activities" && len(c.activities) < 4 && isActivity(t.Name.Local) {
				c.activities = append(c.activities, t.Name.Local)
			}
		case xml.EndElement:
			path = path[:len(path)-1]
		case xml.CharData:
			seen = c.read(path, strings.TrimSpace(string(t))) || seen
		}
	}
	if !seen {
		return c, fmt.Errorf("%w: it says neither open nor closed", errPIDF)
	}
	return c, nil
}

// read takes the text of one element; true: it was the status.
func (c *condition) read(path []string, text string) bool {
	if len(path) == 0 || text == "" {
		return false
	}
	switch path[len(path)-1] {
	case "basic":
		c.open = c.open || text == "open"
		return text == "open" || text == "closed"
	case "note":
		if c.note == "" && len(text) <= maxNote {
			c.note = text
		}
	}
	return false
}

// isActivity: a name as those of RFC 4480 are.
func isActivity(s string) bool {
	return len(s) <= 40 && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz-") == ""
}

func phrase(status int) string {
	switch status {
	case 200:
		return "OK"
	case 403:
		return "Forbidden"
	case 412:
		return "Conditional Request Failed"
	case 413:
		return "Request Entity Too Large"
	case 415:
		return "Unsupported Media Type"
	case 423:
		return "Interval Too Brief"
	case 489:
		return "Bad Event"
	case 503:
		return "Service Unavailable"
	}
	return "Bad Request"
}
