package provtest

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"path"
	"strconv"
	"strings"

	"gopkg.in/yaml.v3"
)

// reads says what a vendor's phones make of their settings (reads.yaml).
type reads struct {
	// Form is keyvalue, elements or attributes.
	Form      string `yaml:"form"`
	FirstLine string `yaml:"first_line"` // without it a file is ignored
	Empty     string `yaml:"empty"`      // the text that stands for an empty value
	MAC       string `yaml:"mac"`        // an element that must name the phone
	Chain     string `yaml:"chain"`      // names more files, by commas
	Authority string `yaml:"authority"`  // where a certificate authority lies
	Place     struct {
		URL     string            `yaml:"url"`
		Scheme  string            `yaml:"scheme"`
		Schemes map[string]string `yaml:"schemes"`
		Address string            `yaml:"address"` // without scheme
	} `yaml:"provisioning"`
	Transports  map[string]string `yaml:"transports"`
	ExpiresUnit string            `yaml:"expires_unit"`
	Accounts    []accountReads    `yaml:"accounts"`
}

// accountReads names the settings of one account, or of several where {n} stands for the line.
type accountReads struct {
	Lines     int    `yaml:"lines"`
	Enabled   string `yaml:"enabled"`
	On        string `yaml:"on"`
	Server    string `yaml:"server"`
	Port      string `yaml:"port"`
	Transport string `yaml:"transport"`
	Outbound  string `yaml:"outbound"` // host:port;transport=
	User      string `yaml:"user"`
	Auth      string `yaml:"auth"`
	Secret    string `yaml:"secret"`
	Name      string `yaml:"name"`
	Label     string `yaml:"label"`
	Expires   string `yaml:"expires"`
}

func loadReads(data fs.FS, vendor string) (*reads, error) {
	file := path.Join(vendor, "reads.yaml")
	raw, err := fs.ReadFile(data, file)
	if err != nil {
		return nil, err
	}
	r := &reads{}
	d := yaml.NewDecoder(bytes.NewReader(raw))
	d.KnownFields(true)
	if err := d.Decode(r); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if r.Form != "keyvalue" && r.Form != "elements" && r.Form != "attributes" {
		return nil, fmt.Errorf("%s: form %q is none of keyvalue, elements, attributes", file, r.Form)
	}
	return r, nil
}

// Reasons for which phones ignore a file without a word.
var (
	errFirstLine = errors.New("the first line is wrong")
	errOther     = errors.New("it names another phone")
)

// parse reads a settings file into the vendor's names and values.
func (r *reads) parse(body []byte, mac string) (map[string]string, error) {
	if r.FirstLine != "" {
		first, _, _ := strings.Cut(string(body), "\n")
		if strings.TrimRight(first, "\r") != r.FirstLine {
			return nil, errFirstLine
		}
	}
	var out map[string]string
	var err error
	if r.Form == "keyvalue" {
		out = keyValues(body)
	} else {
		out, err = xmlValues(body, r.Form == "attributes")
	}
	if err != nil {
		return nil, err
	}
	if named := out[r.MAC]; r.MAC != "" && named != "" && !strings.EqualFold(named, mac) {
		return nil, errOther
	}
	for k, v := range out {
		if r.Empty != "" && v == r.Empty {
			out[k] = ""
		}
	}
	return out, nil
}

func keyValues(body []byte) map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(string(body)) {
		line = strings.TrimSpace(line)
		key, value, found := strings.Cut(line, "=")
		if !found || strings.HasPrefix(line, "#") {
			continue
		}
		out[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	return out
}

// xmlValues reads either every element's text, an idx attribute added to its
// name, or every attribute.
func xmlValues(body []byte, attributes bool) (map[string]string, error) {
	out := map[string]string{}
	d := xml.NewDecoder(bytes.NewReader(body))
	var names []string
	var text strings.Builder
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		switch e := token.(type) {
		case xml.StartElement:
			name := e.Name.Local
			for _, a := range e.Attr {
				if attributes {
					out[a.Name.Local] = a.Value
				} else if a.Name.Local == "idx" {
					name += "." + a.Value
				}
			}
			names = append(names, name)
			text.Reset()
		case xml.CharData:
			text.Write(e)
		case xml.EndElement:
			if !attributes {
				out[names[len(names)-1]] = strings.TrimSpace(text.String())
			}
			names = names[:len(names)-1]
			text.Reset()
		}
	}
}

// Secret is a password of a simulated phone; it prints as ***.
type Secret string

// String hides the secret; so do the other two.
func (Secret) String() string { return "***" }

// GoString is for %#v.
func (Secret) GoString() string { return "***" }

// MarshalJSON is for results.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"***"`), nil }

// Settings are what the phone understood.
type Settings struct {
	Accounts     []Account `json:"accounts"`
	Provisioning string    `json:"-"` // where to come back; it bears a token
	// Screen is what stands beside the first line, such as "ID 123456".
	Screen string `json:"screen"`
}

// Account is one line's account. Those that are switched off are left out.
type Account struct {
	Line      int    `json:"line"`
	Server    string `json:"server"`
	Port      int    `json:"port"`
	Transport string `json:"transport"`
	User      string `json:"user"`
	Auth      string `json:"auth"`
	Secret    Secret `json:"secret"`
	Name      string `json:"name"`
	Label     string `json:"label"`
	Expires   int    `json:"expires"` // seconds
}

// Registers tells whether the phone would register with it.
func (a Account) Registers() bool { return a.User != "" && a.Secret != "" && a.Server != "" }

// settings translates the vendor's names into ours.
func (r *reads) settings(values map[string]string) Settings {
	s := Settings{Provisioning: r.place(values)}
	for _, form := range r.Accounts {
		for n := range max(1, form.Lines) {
			line := len(s.Accounts) + 1
			if form.Lines > 1 {
				line = n + 1
			}
			a, on := r.account(form, line, values)
			if line == 1 || s.Screen == "" {
				s.Screen = a.Label
			}
			if on {
				s.Accounts = append(s.Accounts, a)
			}
		}
	}
	return s
}

func (r *reads) account(form accountReads, line int, values map[string]string) (Account, bool) {
	get := func(name string) string {
		if name == "" {
			return ""
		}
		return values[strings.ReplaceAll(name, "{n}", strconv.Itoa(line))]
	}
	a := Account{
		Line: line, User: get(form.User), Auth: get(form.Auth), Secret: Secret(get(form.Secret)), Name: get(form.Name), Label: get(form.Label),
		Server: get(form.Server), Port: 5060, Transport: "udp",
	}
	if t := r.Transports[get(form.Transport)]; t != "" {
		a.Transport = t
	}
	if out := get(form.Outbound); out != "" {
		host, parameters, _ := strings.Cut(out, ";")
		a.Server = host
		for part := range strings.SplitSeq(parameters, ";") {
			if t, ok := strings.CutPrefix(part, "transport="); ok && t != "" {
				a.Transport = t
			}
		}
	}
	if host, port, err := net.SplitHostPort(a.Server); err == nil {
		a.Server = host
		a.Port, _ = strconv.Atoi(port)
	}
	if port, err := strconv.Atoi(get(form.Port)); err == nil && port > 0 {
		a.Port = port
	}
	a.Expires, _ = strconv.Atoi(get(form.Expires))
	if r.ExpiresUnit == "minutes" {
		a.Expires *= 60
	}
	return a, get(form.Enabled) == form.On
}

// place is where the settings say to come back.
func (r *reads) place(values map[string]string) string {
	if r.Place.URL != "" {
		return values[r.Place.URL]
	}
	scheme, address := r.Place.Schemes[values[r.Place.Scheme]], values[r.Place.Address]
	switch {
	case address == "" || strings.Contains(address, "://"):
		return address
	case scheme == "":
		scheme = "http"
	}
	return scheme + "://" + address
}
