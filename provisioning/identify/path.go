package identify

import (
	"strings"

	"cradle/directory"
)

// maxPath is the longest path that is looked at, in bytes.
const maxPath = 512

// Path is a request's path taken apart.
type Path struct {
	// Under: the path began with /p/, the folder of phones' files.
	Under bool
	// Tokenised: there was a "~" element; Token is what followed, lower case.
	Tokenised bool
	Token     string
	// Name is the file, perhaps with folders, without slashes at either end.
	Name string
}

// ParsePath takes a path apart as phones write it: with doubled slashes,
// backslashes, a query, any letter case, or no leading slash at all.
func ParsePath(s string) Path {
	var p Path
	if len(s) > maxPath {
		_, p.Under = cutElement(oneSlash(s[:maxPath]), "p") // no page of the portal either
		return p
	}
	if i := strings.IndexByte(s, '?'); i >= 0 {
		s = s[:i]
	}
	for i := range len(s) {
		if s[i] < 0x20 || s[i] == 0x7f {
			_, p.Under = cutElement(oneSlash(s), "p")
			return p
		}
	}
	s = oneSlash(s)
	if rest, ok := cutElement(s, "p"); ok {
		p.Under, s = true, rest
	}
	if strings.HasPrefix(s, "~") && p.Under {
		token, rest, _ := strings.Cut(s[1:], "/")
		p.Tokenised, p.Token, s = true, strings.ToLower(token), rest
	}
	p.Name = s
	return p
}

// Masked is the path for journals and logs, its token hidden.
func (p Path) Masked() string {
	switch {
	case p.Tokenised:
		return "/p/~***/" + p.Name
	case p.Under:
		return "/p/" + p.Name
	default:
		return "/" + p.Name
	}
}

// oneSlash leaves single slashes, none at the ends.
func oneSlash(s string) string {
	if strings.Contains(s, `\`) {
		s = strings.ReplaceAll(s, `\`, "/")
	}
	for strings.Contains(s, "//") {
		s = strings.ReplaceAll(s, "//", "/")
	}
	return strings.Trim(s, "/")
}

func cutElement(s, element string) (string, bool) {
	if len(s) >= len(element) && strings.EqualFold(s[:len(element)], element) {
		if len(s) == len(element) {
			return "", true
		}
		if s[len(element)] == '/' {
			return s[len(element)+1:], true
		}
	}
	return s, false
}

// macOfUser reads the MAC of a plug-and-play Request-URI, "MAC:0004131234ab"
// in its several spellings ("MAC%3a", "MAC=").
func macOfUser(user string) directory.MAC {
	if len(user) > maxPath {
		return ""
	}
	low := strings.ToLower(user)
	i := strings.Index(low, "mac")
	if i < 0 {
		return ""
	}
	rest := low[i+3:]
	for _, mark := range []string{"%3a", "%3d", ":", "="} {
		if after, ok := strings.CutPrefix(rest, mark); ok {
			after = strings.TrimLeft(after, " ")
			return phoneMAC(cut(strings.NewReplacer(":", "", "-", "", "%3a", "").Replace(after), 12))
		}
	}
	return ""
}

// phoneMAC is a MAC that can be a phone's: 12 digits in lower case, neither zero nor a group
// address; otherwise empty.
func phoneMAC(s string) directory.MAC {
	if len(s) != 12 || s == "000000000000" {
		return ""
	}
	for i := range 12 {
		if (s[i] < '0' || s[i] > '9') && (s[i] < 'a' || s[i] > 'f') {
			return ""
		}
	}
	if strings.IndexByte("13579bdf", s[1]) >= 0 {
		return ""
	}
	return directory.MAC(s)
}
