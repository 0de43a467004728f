package presence

import (
	"encoding/xml"
	"strconv"
	"strings"

	"cradle/directory"
	"cradle/registrar"
)

// A list is watched with one SUBSCRIBE instead of one a key (RFC 4662). Its name
// is "blf" for the keys of the line that watches, "blf-<number>" for a person's
// own keys.
const (
	listName  = "blf"
	listParts = "cradle-list-part"
	// maxList bounds the body: a datagram holds no more.
	maxList = 56 << 10
)

func isList(user string) bool {
	user = strings.ToLower(plain(user))
	return user == listName || strings.HasPrefix(user, listName+"-")
}

// listed is whom a list holds; false: there is no such list for that watcher.
func listed(w registrar.Watcher) ([]*directory.Extension, bool) {
	name := strings.ToLower(plain(w.User))
	if name == listName {
		return w.Snapshot.Lamps(at(w)), true
	}
	e := w.Snapshot.ExtensionByNumber(w.Account.Device.Organization, strings.TrimPrefix(name, listName+"-"))
	if e == nil {
		return nil, false
	}
	return w.Snapshot.LampsOf(e), true
}

// acceptList: lists go to those only that know them.
func acceptList(w registrar.Watcher) int {
	if _, ok := listed(w); !ok {
		return 404
	}
	if !w.Lists {
		return 421
	}
	return 200
}

// rlmi is the document that says what a list holds (section 5).
type rlmi struct {
	XMLName   xml.Name       `xml:"urn:ietf:params:xml:ns:rlmi list"`
	URI       string         `xml:"uri,attr"`
	Version   string         `xml:"version,attr"`
	Full      bool           `xml:"fullState,attr"`
	Resources []rlmiResource `xml:"resource"`
}

type rlmiResource struct {
	URI      string        `xml:"uri,attr"`
	Name     string        `xml:"name,omitempty"`
	Instance *rlmiInstance `xml:"instance"`
}

type rlmiInstance struct {
	ID    string `xml:"id,attr"`
	State string `xml:"state,attr"`
	CID   string `xml:"cid,attr"`
}

// listState is the state of all of a list, each as it is told alone.
func (p *Presence) listState(w registrar.Watcher, contentType string, body func(registrar.Watcher, string, *directory.Extension) []byte) registrar.EventState {
	people, ok := listed(w)
	if !ok {
		return registrar.EventState{Gone: "noresource"}
	}
	org := w.Account.Device.Organization
	s := registrar.EventState{List: true, Watch: []string{everything, peopleKey(org), layoutsKey(org), lineKey(at(w))}}
	doc := rlmi{URI: uri(w, plain(w.User)), Version: versionMark, Full: true}
	var parts strings.Builder
	for i, e := range people {
		s.Watch = append(s.Watch, stateKey(e.ID), callKey(e.ID))
		r := rlmiResource{URI: uri(w, e.Number), Name: e.Name}
		if one := body(w, e.Number, e); len(one) > 0 && parts.Len()+len(one) < maxList {
			id := strconv.Itoa(i+1) + "@" + w.Account.Realm
			r.Instance = &rlmiInstance{ID: strconv.Itoa(i + 1), State: "active", CID: id}
			part(&parts, id, contentType, one)
		}
		doc.Resources = append(doc.Resources, r)
	}
	start := "list@" + w.Account.Realm
	var b strings.Builder
	part(&b, start, "application/rlmi+xml;charset=\"UTF-8\"", document(doc))
	b.WriteString(parts.String())
	b.WriteString("--" + listParts + "--\r\n")
	s.ContentType = `multipart/related;type="application/rlmi+xml";start="<` + start + `>";boundary="` + listParts + `"`
	s.Body = []byte(b.String())
	return s
}

func part(b *strings.Builder, id, contentType string, body []byte) {
	b.WriteString("--" + listParts + "\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <" + id + ">\r\nContent-Type: " + contentType + "\r\n\r\n")
	b.Write(body)
	b.WriteString("\r\n")
}
