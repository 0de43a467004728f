package provtest

import (
	"net"
	"strconv"
	"strings"
)

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
	Line   int    `json:"line"`
	Server string `json:"server"`
	Port   int    `json:"port"`
	// Standard: nothing in its settings says a port.
	Standard  bool   `json:"-"`
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
	for i := range r.lines {
		a, on := r.account(&r.lines[i], i+1, values)
		if i == 0 || s.Screen == "" {
			s.Screen = a.Label
		}
		if on {
			s.Accounts = append(s.Accounts, a)
		}
	}
	return s
}

func (r *reads) account(form *accountReads, line int, values map[string]string) (Account, bool) {
	get := func(name string) string { // what has no name is not said
		if name == "" {
			return ""
		}
		return values[name]
	}
	a := Account{
		Line: line, User: userOf(get(form.User)), Auth: get(form.Auth), Secret: Secret(get(form.Secret)), Name: get(form.Name), Label: get(form.Label),
		Server: strings.TrimPrefix(get(form.Server), "sip:"), Transport: "udp",
	}
	if t := r.Transports[get(form.Transport)]; t != "" {
		a.Transport = t
	}
	if out := get(form.Outbound); out != "" {
		a.proxy(out)
	}
	if host, port, err := net.SplitHostPort(a.Server); err == nil {
		a.Server = host
		a.Port, _ = strconv.Atoi(port)
	}
	if port, err := strconv.Atoi(get(form.Port)); err == nil && port > 0 {
		a.Port = port
	}
	if a.Standard = a.Port == 0; a.Standard {
		a.Port = 5060
		if a.Transport == "tls" {
			a.Port = 5061
		}
	}
	a.Expires = r.seconds(get(form.Expires))
	if form.Enabled == "" {
		return a, a.User != "" && a.Server != ""
	}
	return a, get(form.Enabled) == form.On
}

// proxy reads "host:port;transport=tls".
func (a *Account) proxy(text string) {
	host, parameters, _ := strings.Cut(strings.TrimPrefix(text, "sip:"), ";")
	a.Server = host
	for part := range strings.SplitSeq(parameters, ";") {
		if t, ok := strings.CutPrefix(strings.ToLower(part), "transport="); ok && t != "" {
			a.Transport = t
		}
	}
}

// userOf is the user of "sip:user@host" or of the user alone.
func userOf(text string) string {
	user, _, _ := strings.Cut(strings.TrimPrefix(text, "sip:"), "@")
	return user
}

func (r *reads) seconds(text string) int {
	n, _ := strconv.Atoi(text)
	switch r.ExpiresUnit {
	case "minutes":
		return n * 60
	case "hours":
		return n * 3600
	case "milliseconds":
		return n / 1000
	default:
		return n
	}
}

// place is where the settings say to come back.
func (r *reads) place(values map[string]string) string {
	if r.Place.URL != "" {
		return folderOf(values[r.Place.URL])
	}
	scheme := r.Place.Schemes[values[r.Place.Scheme]]
	get := func(name string) string { return values[strings.ReplaceAll(name, "{scheme}", scheme)] }
	address := get(r.Place.Address)
	if port := get(r.Place.Port); r.Place.Port != "" && port != "" {
		address += ":" + port
	}
	if way := get(r.Place.Path); r.Place.Path != "" && way != "" {
		address += "/" + strings.Trim(way, "/")
	}
	switch {
	case address == "" || strings.Contains(address, "://"):
		return folderOf(address)
	case scheme == "":
		scheme = "http"
	}
	return scheme + "://" + address
}

// folderOf leaves out a file's name at the end of a URL, in which phones fill in
// their MAC or model.
func folderOf(url string) string {
	i := strings.LastIndexByte(url, '/')
	if i > len("https://") && strings.ContainsAny(url[i:], ".$%{") {
		return url[:i+1]
	}
	return url
}
