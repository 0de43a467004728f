package teach

import (
	"cmp"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode/utf8"

	"cradle/directory"
	"cradle/provisioning/catalog"
)

// Bounds of a pattern.
const (
	maxPattern = 400 // bytes
	minLiteral = 3   // characters that every match holds, so that it is not everybody's
)

// The pieces of a User-Agent that differ from phone to phone.
const (
	versionGroup = `(?P<version>\d[0-9A-Za-z._-]*)`
	macGroup     = `(?P<mac>(?:[0-9A-Fa-f]{2}[:-]?){5}[0-9A-Fa-f]{2})`
	modelGroup   = `(?P<model>[0-9A-Za-z][0-9A-Za-z_+.-]*)`
	anyNumber    = `[0-9A-Za-z]+`
)

var (
	macForm     = regexp.MustCompile(`(?i)(?:[0-9a-f]{2}[:-]?){5}[0-9a-f]{2}`)
	versionForm = regexp.MustCompile(`\d+(?:\.\d+)+[0-9A-Za-z._-]*`)
	numberForm  = regexp.MustCompile(`(?i)\b(?:\d{5,}|[0-9a-f]*\d[0-9a-f]{7,})\b`)
	modelForm   = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z_+.-]*$`)
	wordForm    = regexp.MustCompile(`[0-9A-Za-z][0-9A-Za-z_+-]*`)
)

// derived is what a User-Agent gives away.
type derived struct {
	pattern string
	form    string // with {model}, {firmware} and {mac}, for the simulator
	vendor  string // its first word
	says    string // the name of the model
	mac     bool   // it holds the phone's MAC
}

// span is a piece of the text and what stands for it.
type span struct {
	from, to      int
	pattern, mark string
}

// deriveAgent makes a pattern of a User-Agent: what differs from phone to phone
// is a group, all else is as it is. says is the model's name in it; empty: guessed.
func deriveAgent(text string, mac directory.MAC, says string) derived {
	if text == "" || !utf8.ValidString(text) {
		return derived{} // a pattern could not say it
	}
	d := derived{says: strings.ToValidUTF8(says, "")}
	var spans []span
	free := func(from, to int) bool {
		return !slices.ContainsFunc(spans, func(s span) bool { return from < s.to && to > s.from })
	}
	take := func(at []int, pattern, mark string) bool {
		if at == nil || !free(at[0], at[1]) {
			return false
		}
		spans = append(spans, span{at[0], at[1], pattern, mark})
		return true
	}
	for _, at := range macForm.FindAllStringIndex(text, -1) {
		if found, err := directory.ParseMAC(text[at[0]:at[1]]); err == nil && found == mac && !d.mac {
			d.mac = take(at, macGroup, "{mac}")
		}
	}
	release := version(text, func(from, to int) bool {
		at := indexFold(text, d.says)
		return free(from, to) && (at < 0 || from >= at+len(d.says) || to <= at)
	})
	take(release, versionGroup, "{firmware}")
	d.names(text, free)
	if at := indexFold(text, d.says); at >= 0 && free(at, at+len(d.says)) {
		d.says = text[at : at+len(d.says)]
		group := modelGroup
		if !modelForm.MatchString(d.says) { // as one with a space
			group = "(?P<model>" + regexp.QuoteMeta(d.says) + ")"
		}
		spans = append(spans, span{at, at + len(d.says), group, "{model}"})
	}
	for _, at := range numberForm.FindAllStringIndex(text, -1) {
		take(at, anyNumber, "0")
	}
	slices.SortFunc(spans, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	d.write(text, spans)
	return d
}

// names guesses the vendor's and the model's name among the words: the first, and
// the next with a digit in it.
func (d *derived) names(text string, free func(from, to int) bool) {
	var words []string
	for _, at := range wordForm.FindAllStringIndex(text, -1) {
		word := text[at[0]:at[1]]
		if free(at[0], at[1]) && !strings.EqualFold(word, "Mozilla") && !strings.EqualFold(word, "compatible") && strings.Trim(word, "0123456789") != "" {
			words = append(words, word)
		}
	}
	if len(words) == 0 {
		return
	}
	d.vendor = words[0]
	if d.says != "" {
		return
	}
	d.says = words[min(1, len(words)-1)]
	for _, word := range words[1:] {
		if strings.ContainsAny(word, "0123456789") {
			d.says = word
			return
		}
	}
}

// version is the piece with most dots, the first of equals.
func version(text string, free func(from, to int) bool) (best []int) {
	dots := 0
	for _, at := range versionForm.FindAllStringIndex(text, -1) {
		if n := strings.Count(text[at[0]:at[1]], "."); n > dots && free(at[0], at[1]) && !strings.HasSuffix(text[:at[0]], "Mozilla/") {
			best, dots = at, n
		}
	}
	return best
}

// write puts pattern and form together. Where little is left that is the
// vendor's own, the model's name is part of the pattern.
func (d *derived) write(text string, spans []span) {
	put := func(named bool) (pattern, form strings.Builder) {
		pattern.WriteString("(?i)^")
		at := 0
		for _, s := range spans {
			pattern.WriteString(regexp.QuoteMeta(text[at:s.from]))
			form.WriteString(text[at:s.from])
			if s.mark == "{model}" && named {
				s.pattern = "(?P<model>" + regexp.QuoteMeta(text[s.from:s.to]) + ")"
			}
			pattern.WriteString(s.pattern)
			form.WriteString(s.mark)
			at = s.to
		}
		pattern.WriteString(regexp.QuoteMeta(text[at:]) + "$")
		form.WriteString(text[at:])
		return pattern, form
	}
	pattern, form := put(false)
	if !distinct(pattern.String()) {
		pattern, form = put(true)
	}
	d.pattern, d.form = pattern.String(), form.String()
}

// distinct: every match holds some letters that not everybody says.
func distinct(pattern string) bool {
	all, err := catalog.ParseAgents(pattern)
	if err != nil {
		return false
	}
	letters := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, all[0].Literal())
	return len(letters) >= minLiteral && !slices.Contains([]string{"mozilla", "compatible", "sip", "http", "voip", "phone"}, letters)
}

// anchored: a pattern speaks of the whole text.
func anchored(pattern string) bool {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return false
	}
	re = re.Simplify()
	return re.Op == syntax.OpConcat && re.Sub[0].Op == syntax.OpBeginText && re.Sub[len(re.Sub)-1].Op == syntax.OpEndText
}

func indexFold(text, part string) int {
	switch {
	case part == "":
		return -1
	case strings.IndexFunc(text+part, func(r rune) bool { return r > 0x7f }) >= 0:
		return strings.Index(text, part) // lower case may be longer
	}
	return strings.Index(strings.ToLower(text), strings.ToLower(part))
}

// takeAgent settles the pattern of the User-Agent.
func (l *lesson) takeAgent() {
	says := l.wish.Says
	if says == "" && indexFold(l.seen.UserAgent, l.wish.Label) >= 0 {
		says = l.wish.Label
	}
	l.agent = deriveAgent(l.seen.UserAgent, l.seen.MAC, says)
	l.Says, l.Agent = cmp.Or(l.wish.Says, l.agent.says), cmp.Or(l.wish.Agent, l.agent.pattern)
	if l.Agent == "" {
		l.note("It sends no User-Agent, so only the names of its files and its MAC give it away.")
		return
	}
	l.judgeAgent()
}

func (l *lesson) judgeAgent() {
	if len(l.Agent) > maxPattern {
		l.problem("agent", "the pattern is longer than %d characters", maxPattern)
		return
	}
	all, err := catalog.ParseAgents(l.Agent)
	switch {
	case err != nil:
		l.problem("agent", "%v", err)
		return
	case !anchored(l.Agent):
		l.problem("agent", "the pattern must begin with ^ and end with $, so that it speaks of the whole User-Agent")
	case !distinct(l.Agent):
		l.problem("agent", "the pattern holds too little that only these phones say: it would be true of others")
	case l.seen.UserAgent != "" && !all[0].Pattern.MatchString(l.seen.UserAgent):
		l.problem("agent", "the pattern does not match what the phone sent: %s", l.seen.UserAgent)
	}
	if at := all[0].Model; at >= 0 && l.seen.UserAgent != "" {
		if groups := all[0].Pattern.FindStringSubmatch(l.seen.UserAgent); groups != nil && !strings.EqualFold(groups[at], l.Says) {
			l.Says = groups[at]
		}
	}
	for _, m := range l.shelf.Models() {
		for _, name := range m.Agents {
			text := m.Says(strings.ReplaceAll(m.Family.Boot.UserAgent, "{model}", name), m.SampleMAC())
			if all[0].Pattern.MatchString(text) && !slices.Contains(l.Also, m.Name) {
				l.Also = append(l.Also, m.Name)
			}
		}
	}
}

// vendorsAgent: where a pattern of the vendor's matches already, it says how the
// phone calls itself, and no other is needed.
func (l *lesson) vendorsAgent() {
	for _, a := range l.vendor.Agents {
		groups := a.Match(l.seen.UserAgent, strings.ToLower(l.seen.UserAgent))
		if groups == nil || l.wish.Agent != "" {
			continue
		}
		l.Agent, l.Also = "", nil
		l.Problems = slices.DeleteFunc(l.Problems, func(p Problem) bool { return p.Field == "agent" })
		l.note("What %s phones call themselves is known: %s", l.vendor.Label, a.Pattern)
		if a.Model >= 0 && groups[a.Model] != "" {
			l.Says = groups[a.Model]
		}
		return
	}
}
