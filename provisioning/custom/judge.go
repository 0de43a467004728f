package custom

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"cradle/provisioning/catalog"
	"cradle/provisioning/render"
)

// Severity is how bad a finding is: an error keeps a version from being saved,
// a warning is told.
type Severity string

// The severities.
const (
	Error   Severity = "error"
	Warning Severity = "warning"
)

// Finding is something wrong with a template's text.
type Finding struct {
	Line     int // 1...; 0: the text as a whole
	Column   int // 1...; 0: the line as a whole
	Severity Severity
	Text     string
}

// Sample is a file as the built-in template and as a changed one make it for
// the same phone.
type Sample struct {
	File         *catalog.File
	Builtin, Own []byte
	// Fault says why the changed one did not render; nil: it did.
	Fault error
	// Vital are the values without which a phone cannot register or come back:
	// its account, its server and its URL.
	Vital []string
	// Others are what the built-in template makes for other firmwares.
	Others [][]byte
}

// refusal is where the compiler found a fault: "name.tmpl:12:3: text".
var refusal = regexp.MustCompile(`(?s)([^\s/:]+\.tmpl):(\d+)(?::(\d+))?: (.*)`)

// Refused turns the compiler's error into a finding of this text, or of the
// whole where another text is at fault.
func Refused(err error, part string) Finding {
	f := Finding{Severity: Error, Text: strings.TrimPrefix(err.Error(), render.ErrRefused.Error()+": ")}
	m := refusal.FindStringSubmatch(f.Text)
	if m == nil {
		return f
	}
	f.Text = strings.TrimPrefix(m[4], "executing ")
	if m[1] == part {
		f.Line, _ = strconv.Atoi(m[2])
		f.Column, _ = strconv.Atoi(m[3])
	}
	return f
}

// maxWarnings bounds what is told of one sample: the search for each line costs
// a reading of the whole text.
const maxWarnings = 100

// judge compares a sample with what the built-in template writes.
func judge(text string, s Sample) (all []Finding) {
	if s.Fault != nil {
		return []Finding{{Severity: Error, Text: s.Fault.Error()}}
	}
	if err := s.File.Check(s.Own); err != nil {
		all = append(all, Finding{Line: lineOfFault(err, text, s), Severity: Error, Text: strings.TrimPrefix(err.Error(), render.ErrFormat.Error()+": ")})
	}
	known, numbers := map[string]bool{}, map[string]bool{}
	for _, b := range says(s.File.Format, s.Builtin) {
		known[shape(b.key)] = true
		if _, err := strconv.Atoi(b.value); err == nil {
			numbers[b.key] = true
		}
	}
	outdated := map[string]bool{}
	for _, other := range s.Others {
		for _, b := range says(s.File.Format, other) {
			outdated[shape(b.key)] = true
		}
	}
	told := map[string]bool{}
	for _, o := range says(s.File.Format, s.Own) {
		if len(told) == maxWarnings {
			break
		}
		form := shape(o.key)
		_, fault := strconv.Atoi(o.value)
		switch {
		case told[form]:
		case !known[form] && outdated[form]:
			all = append(all, Finding{Line: lineOf(text, o.key), Severity: Warning, Text: fmt.Sprintf("%s is the name of other firmware: this one goes by another", o.key)})
			told[form] = true
		case !known[form]:
			all = append(all, Finding{Line: lineOf(text, o.key), Severity: Warning, Text: fmt.Sprintf("the built-in template never writes %s: is it spelled right?", o.key)})
			told[form] = true
		case numbers[o.key] && fault != nil && o.value != "":
			all = append(all, Finding{Line: lineOf(text, o.key), Severity: Warning, Text: fmt.Sprintf("%s is a number in the built-in template, not %q", o.key, o.value)})
			told[form] = true
		}
	}
	return append(all, missing(s)...)
}

// missing are the settings that bear a vital value and are gone.
func missing(s Sample) (all []Finding) {
	own := map[string]bool{}
	for _, o := range says(s.File.Format, s.Own) {
		own[o.key] = true
	}
	for _, b := range says(s.File.Format, s.Builtin) {
		if own[b.key] {
			continue
		}
		for _, v := range s.Vital {
			if v != "" && strings.Contains(b.value, v) {
				all = append(all, Finding{Severity: Warning, Text: fmt.Sprintf("%s is missing: without it the phone cannot register or come back", b.key)})
				break
			}
		}
	}
	return all
}

// faultLine is the line of the finished file that a check speaks of.
var faultLine = regexp.MustCompile(`line (\d+)`)

// lineOfFault finds the template's line behind a fault of the finished file.
func lineOfFault(err error, text string, s Sample) int {
	m := faultLine.FindStringSubmatch(err.Error())
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	for _, o := range says(s.File.Format, s.Own) {
		if o.line == n {
			return lineOf(text, o.key)
		}
	}
	return 0
}

// action stands for whatever a template writes into a key.
const action = `(?:\{\{.*?\}\}|\d+)`

// lineOf finds the template's line that writes a key: its numbers may come from
// an action. Of an XML key the element or the naming attribute counts.
func lineOf(text, key string) int {
	last := key[strings.LastIndexAny(key, " ")+1:]
	var pattern strings.Builder
	for i, piece := range digits.Split(last, -1) {
		if i > 0 {
			pattern.WriteString(action)
		}
		pattern.WriteString(regexp.QuoteMeta(piece))
	}
	match, err := regexp.Compile(pattern.String())
	if err != nil {
		return 0
	}
	number := 0
	for line := range strings.Lines(text) {
		number++
		if match.MatchString(line) {
			return number
		}
	}
	if _, rest, found := strings.Cut(last, "."); found { // element.name
		return lineOf(text, rest)
	}
	return 0
}
