package office

import (
	"fmt"
	"net/netip"
	"reflect"
	"strings"
	"time"

	"cradle/directory"
)

// maxFile bounds a file, in bytes.
const maxFile = 64 << 20

// Parse reads a document in YAML or JSON. name is the file's, for errors. An error
// is an *Error: unknown keys, wrong types, values that cannot be, things named
// twice. What depends on the directory is judged by Apply.
func Parse(name string, data []byte) (*Document, error) {
	if len(data) > maxFile {
		return nil, &Error{File: name, Line: 1, Reason: fmt.Sprintf("the file is larger than %d bytes", maxFile)}
	}
	root, err := readTree(name, data)
	if err != nil {
		return nil, err
	}
	d := &decoder{file: name, at: make(map[string]place)}
	doc := &Document{file: name, at: d.at}
	if err := d.value(root, reflect.ValueOf(doc).Elem(), ""); err != nil {
		return nil, err
	}
	if err := doc.check(); err != nil {
		return nil, err
	}
	return doc, nil
}

// fault makes the error of a key; where the key itself is not in the file, the
// place is that of the nearest one around it.
func (d *Document) fault(path string, err error, format string, args ...any) error {
	e := &Error{File: d.file, Line: 1, Column: 1, Path: path, Reason: fmt.Sprintf(format, args...), Err: err}
	for p := path; ; {
		if at, ok := d.at[p]; ok {
			e.Line, e.Column = at.line, at.column
			return e
		}
		i := strings.LastIndexAny(p, ".[")
		if i < 0 {
			return e
		}
		p = p[:i]
	}
}

// names finds things named twice.
type names struct {
	d    *Document
	seen map[string]string
}

func (d *Document) names() *names { return &names{d, make(map[string]string)} }

func (n *names) once(path, what, key string) error {
	if first, ok := n.seen[key]; ok {
		return n.d.fault(path, nil, "%s stands twice, first in line %d", what, n.d.at[first].line)
	}
	n.seen[key] = path
	return nil
}

func (d *Document) check() error {
	only := d.Organization == nil && d.Administrator == nil && len(d.Sites)+len(d.Users)+len(d.Extensions)+
		len(d.Numbers)+len(d.Devices)+len(d.Seats)+len(d.Codes)+len(d.Settings)+len(d.Layouts)+len(d.Profiles)+
		len(d.Contacts)+len(d.Templates) == 0
	switch {
	case only && len(d.Limits) == 0:
		return d.fault("", nil, "the file names nothing")
	case !only && (d.Organization == nil || strings.TrimSpace(d.Organization.Name) == ""):
		return d.fault("organization.name", nil, "it is required")
	}
	for _, check := range []func() error{
		d.checkAdministrator, d.checkSites, d.checkUsers, d.checkExtensions, d.checkNumbers, d.checkDevices,
		d.checkSeats, d.checkCodes, d.checkLimits, d.checkEquipment,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (d *Document) checkAdministrator() error {
	a := d.Administrator
	switch {
	case a == nil:
		return nil
	case !strings.Contains(a.Email, "@"):
		return d.fault("administrator.email", nil, "%q has not the form name@host", a.Email)
	case len([]rune(a.Password)) < directory.MinPassword:
		return d.fault("administrator.password", nil, "it has to have %d characters or more", directory.MinPassword)
	}
	return nil
}

func (d *Document) checkSites() error {
	byName, byNetwork := d.names(), d.names()
	for i, s := range d.Sites {
		path := fmt.Sprintf("sites[%d]", i)
		if strings.TrimSpace(s.Name) == "" {
			return d.fault(path+".name", nil, "it is required")
		}
		if err := byName.once(path+".name", "site "+s.Name, strings.ToLower(s.Name)); err != nil {
			return err
		}
		if s.TimeZone != nil && *s.TimeZone != "" {
			if _, err := time.LoadLocation(*s.TimeZone); err != nil || *s.TimeZone == "Local" {
				return d.fault(path+".timezone", nil, "time zone %q is not known", *s.TimeZone)
			}
		}
		for j, text := range list(s.Networks) {
			at := fmt.Sprintf("%s.networks[%d]", path, j)
			p, err := parseNetwork(text)
			if err != nil {
				return d.fault(at, nil, "%q is not a network such as 192.0.2.0/24", text)
			}
			if err := byNetwork.once(at, "network "+text, p.String()); err != nil {
				return err
			}
		}
		if err := d.oneOf(path+".adoption", s.Adoption, "lobby", "approve", "closed"); err != nil {
			return err
		}
		if err := d.oneOf(path+".tftp", s.TFTP, "bootstrap", "full", "off"); err != nil {
			return err
		}
	}
	return nil
}

// parseNetwork reads a network in its one form.
func parseNetwork(s string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return p, err
	}
	if p.Addr().Is4In6() && p.Bits() >= 96 {
		p = netip.PrefixFrom(p.Addr().Unmap(), p.Bits()-96)
	}
	return p.Masked(), nil
}

func (d *Document) oneOf(path string, s *string, words ...string) error {
	if s == nil {
		return nil
	}
	for _, w := range words {
		if *s == w {
			return nil
		}
	}
	return d.fault(path, nil, "%q is none of %s", *s, strings.Join(words, ", "))
}

func (d *Document) checkUsers() error {
	byEmail := d.names()
	for i, u := range d.Users {
		path := fmt.Sprintf("users[%d]", i)
		if u.Email == "" {
			return d.fault(path+".email", nil, "it is required")
		}
		if err := byEmail.once(path+".email", "user "+u.Email, strings.ToLower(u.Email)); err != nil {
			return err
		}
		if err := d.oneOf(path+".role", u.Role, "owner", "admin", "operator", "user"); err != nil {
			return err
		}
		if u.Password != nil && len([]rune(*u.Password)) < directory.MinPassword {
			return d.fault(path+".password", nil, "it has to have %d characters or more", directory.MinPassword)
		}
	}
	return nil
}

func (d *Document) checkExtensions() error {
	byNumber := d.names()
	for i, e := range d.Extensions {
		path := fmt.Sprintf("extensions[%d]", i)
		if !digits(e.Number, 1, 12) {
			return d.fault(path+".number", nil, "%q is not 1 to 12 digits", e.Number)
		}
		if err := byNumber.once(path+".number", "extension "+e.Number, e.Number); err != nil {
			return err
		}
		if e.DefaultPIN != nil && !digits(*e.DefaultPIN, 4, 10) {
			return d.fault(path+".default_pin", nil, "it is not 4 to 10 digits")
		}
		if v := e.Virtualization; v != nil && v.Secret != nil && *v.Secret != "" {
			if err := directory.CheckChosen(*v.Secret, 8, e.Number); err != nil {
				return d.fault(path+".virtualization.secret", err, "%v", err)
			}
		}
		if e.SIP != nil {
			if err := d.oneOf(path+".sip.media_encryption", e.SIP.MediaEncryption, "none", "sdes", "dtls", "sdes_dtls"); err != nil {
				return err
			}
			if err := d.oneOf(path+".sip.dtmf", e.SIP.DTMF, "rfc2833", "info", "inband", "auto"); err != nil {
				return err
			}
		}
	}
	return nil
}

func digits(s string, least, most int) bool {
	return len(s) >= least && len(s) <= most && strings.Trim(s, "0123456789") == ""
}

func (d *Document) checkNumbers() error {
	byNumber := d.names()
	for i, n := range d.Numbers {
		path := fmt.Sprintf("numbers[%d]", i)
		if !strings.HasPrefix(n.Number, "+") || !digits(n.Number[1:], 4, 15) || n.Number[1] == '0' {
			return d.fault(path+".number", nil, "%q is not + and 4 to 15 digits", n.Number)
		}
		if err := byNumber.once(path+".number", "number "+n.Number, n.Number); err != nil {
			return err
		}
		if err := d.oneOf(path+".status", n.Status, "reserved", "active", "pending"); err != nil {
			return err
		}
		if len(list(n.Display)) > 2 {
			return d.fault(path+".display", nil, "it has more than two parts")
		}
	}
	return nil
}

func list(p *[]string) []string {
	if p == nil {
		return nil
	}
	return *p
}
