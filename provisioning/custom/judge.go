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
	return append(append(all, twice(text, s)...), missing(s)...)
}

// twice are the settings of an XML file that are said again though the built-in
// template says them once at most; files made of lines are judged by their format.
func twice(text string, s Sample) (all []Finding) {
	if s.File.Format != render.XML {
		return nil
	}
	builtin, own := map[string]int{}, map[string]int{}
	for _, b := range says(s.File.Format, s.Builtin) {
		builtin[b.key]++
	}
	for _, o := range says(s.File.Format, s.Own) {
		if o.value == "" || o.attribute && !strings.Contains(o.key, ".") { // holds others, or describes them
			continue
		}
		if own[o.key]++; own[o.key] == 2 && builtin[o.key] <= 1 && len(all) < maxWarnings {
			lines := linesOf(text, o.key)
			f := Finding{Severity: Warning, Text: o.key + " is said twice: which of them counts is up to the phone"}
			if len(lines) > 0 {
				f.Line = lines[len(lines)-1]
			}
			all = append(all, f)
		}
	}
	return all
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
