// Package rendertest holds templates that mean harm, for whatever takes templates
// from people: each has to be refused, or to end within its budget.
package rendertest

import (
	"fmt"
	"strings"
)

// Template is one hostile template. It names values that phones' templates may
// name, so that it is not refused for a wrong name alone.
type Template struct {
	Name   string
	Source string
	Format string // "keyvalue", "xml" or "json"
	// Bounded: it may compile, and then has to run out of its budget or end.
	Bounded bool
	// Bootstrap: it has to be refused where no secret may stand.
	Bootstrap bool
}

// Hostile is the whole set.
func Hostile() []Template {
	var all []Template
	for _, make := range []func() []Template{calls, fields, statements, arguments, secrets, places, broken, greedy} {
		all = append(all, make()...)
	}
	for i := range all {
		if all[i].Format == "" {
			all[i].Format = "keyvalue"
		}
		all[i].Name = fmt.Sprintf("%03d %s", i, all[i].Name)
	}
	return all
}

// each puts every text into every form, at the %s.
func each(name string, texts, forms []string) (all []Template) {
	for _, text := range texts {
		for _, form := range forms {
			all = append(all, Template{Name: name + ": " + text, Source: strings.ReplaceAll(form, "%s", text)})
		}
	}
	return all
}

// calls are functions of text/template and of other worlds.
func calls() []Template {
	return each("no such function", []string{
		"html", "js", "urlquery", "print", "printf", "println", "len", "index", "slice", "call", "env", "getenv", "exec", "system", "shell", "eval",
		"include", "import", "file", "read", "readFile", "open", "glob", "now", "date", "rand", "sleep", "http", "get", "fetch", "tpl", "lookup", "secret",
		"reveal", "password", "snapshot", "directory", "device", "settings", "config", "panic", "recover", "go", "defer", "func", "new", "make", "append", "range1", "dump",
	}, []string{
		"a = {{%s .phone.id}}\n", "a = {{.phone.id | %s}}\n", "{{if %s .phone.id}}a = 1\n{{end}}", "a = {{choose (%s .phone.id) \"1\" \"0\"}}\n", "{{with %s}}a = 1\n{{end}}",
	})
}

// fields are values that do not exist, or are no values.
func fields() []Template {
	return each("no such value", []string{
		".nobody", ".phone", ".auth", ".phone.id.String", ".phone.Reveal", ".auth.admin_password.Reveal", ".lines.0", ".lines.user", ".Snapshot", ".Device", "$", "$.nobody",
		"$.lines.secret", ".phone.ID", ".PHONE.ID", ".__proto__", ".constructor", ".phone.id.x.y.z", "$.phone", ".server", ".keys.label", ".contacts.name", "nil", ".", "$x",
	}, []string{"a = {{%s}}\n", "a = {{upper %s}}\n", "{{if eq %s \"a\"}}a = 1\n{{end}}", "{{range %s}}a = 1\n{{end}}"})
}

// statements are what text/template has and we have not.
func statements() []Template {
	return each("not part of the language", []string{
		"{{$x := .phone.id}}", "{{$x := 1}}{{$x = 2}}", "{{range $i, $l := .lines}}{{end}}", "{{range $l := .lines}}{{end}}", "{{with $x := .phone.id}}{{end}}", "{{if $x := .phone.id}}{{end}}",
		"{{define \"x\"}}{{end}}", "{{block \"x\" .}}{{end}}", "{{template \"x\"}}", "{{template \"x\" .}}", "{{template \"../../vendor.yaml\"}}", "{{template \"/etc/passwd\"}}",
		"{{template \"x\" .phone}}", "{{template .phone.id}}", "{{range .lines}}{{break}}{{end}}", "{{range .lines}}{{continue}}{{end}}", "{{range 10}}{{end}}", "{{range \"abc\"}}{{end}}",
		"{{range .phone.id}}{{end}}", "{{with .lines}}{{end}}", "{{1.5}}", "{{1e9}}", "{{'a'}}", "{{1i}}", "{{nil}}", "{{99999999999999999999}}", "{{0x1p4}}", "{{.lines}}", "{{.keys}}",
		"{{(.phone.id).x}}", "{{.phone.id .phone.id}}", "{{\"a\" \"b\"}}", "{{1 | 2}}", "{{.phone.id | .phone.id}}", "{{digest}}", "{{digest .phone.id}}", "{{digest 0}}", "{{digest 99}}",
		"{{fact}}", "{{fact .phone.id}}", "{{fact \"nobody\"}}", "{{fact \"a\" \"b\"}}",
	}, []string{"a = %s\n", "a = 1\n%s\nb = 2\n"})
}

// arguments are too few, too many, or of the wrong kind.
func arguments() (all []Template) {
	for _, name := range []string{
		"eq", "ne", "lt", "le", "gt", "ge", "add", "sub", "mul", "div", "mod", "not", "and", "or", "has", "upper", "lower", "trim", "concat", "replace", "cut", "atleast", "choose", "pick", "orclear", "orelse",
	} {
		all = append(all,
			Template{Name: name + " of nothing", Source: "a = {{" + name + "}}\n"},
			Template{Name: name + " of a list", Source: "a = {{" + name + " .lines .lines .lines}}\n"},
			Template{Name: name + " of a list in a condition", Source: "{{if " + name + " .keys \"a\" \"b\"}}a = 1\n{{end}}"},
		)
	}
	return append(all, each("wrong kind", []string{
		"upper 1", "lower true", "lt \"a\" 1", "gt 1 \"a\"", "add \"1\" 1", "sub true 1", "mul \"a\" 2", "div \"a\" 2", "mod \"a\" 2", "cut \"a\" \"b\"", "replace \"a\" 1 2", "atleast \"1\" 2",
		"choose true 1 2", "pick \"a\" 1 2", "pick \"a\"", "not 1 2", "has 1 2", "orelse 1", "orclear", "trim 1",
	}, []string{"a = {{%s}}\n", "{{if %s}}a = 1\n{{end}}"})...)
}

// secrets may stand in no file of a phone that has not earned them.
func secrets() (all []Template) {
	for _, value := range []string{"$.auth.admin_password", "$.auth.user_password", ".auth.admin_password"} {
		for _, form := range []string{
			"a = {{%s}}\n", "a = {{orclear %s}}\n", "{{with %s}}a = {{.}}\n{{end}}", "{{if eq %s \"a\"}}a = 1\n{{end}}", "a = {{cut %s 1}}\n", "a = {{pick %s \"a\" \"1\" \"0\"}}\n",
			"a = {{choose (has %s) \"1\" \"0\"}}\n", "# {{%s}}\n", "a = {{upper (orelse %s \"\")}}\n", "a = {{%s | lower}}\n",
		} {
			all = append(all, Template{Name: "secret " + value, Source: strings.ReplaceAll(form, "%s", value), Bootstrap: true})
		}
	}
	for _, form := range []string{"{{range .lines}}a = {{.secret}}\n{{end}}", "{{range .lines}}{{if .used}}{{with .secret}}a = {{.}}\n{{end}}{{end}}{{end}}", "{{range .lines}}{{if eq .secret \"a\"}}a = 1\n{{end}}{{end}}"} {
		all = append(all, Template{Name: "a line's secret", Source: form, Bootstrap: true})
	}
	return all
}

// places are where no value may stand, and blocks that do not end where they began.
func places() (all []Template) {
	for format, sources := range map[string][]string{
		"xml": {
			"<a><!-- {{.phone.id}} --></a>", "<a><![CDATA[{{.phone.id}}]]></a>", "<?xml version=\"{{.phone.id}}\"?><a/>", "<!DOCTYPE {{.phone.id}}><a/>", "<a b=\"{{.phone.id}}></a>",
			"<a b='{{.phone.id}}></a>", "<a {{if .phone.id}}b=\"{{end}}></a>", "<a{{if .phone.id}}>{{end}}</a>", "<a>{{if .phone.id}}<b {{else}}<b>{{end}}</a>", "<!ENTITY x \"{{.phone.id}}\">",
			"<a>{{range .lines}}<b {{end}}</a>", "<a", "<a b=\"", "<!-- ",
		},
		"keyvalue": {
			"a = {{.phone.id}}", "{{if .phone.id}}a = {{end}}1\n", "{{if .phone.id}}a = 1\n{{else}}a = {{end}}", "{{range .lines}}a = {{end}}\n", "a{{if .phone.id}} = {{end}}\n", "#",
		},
		"json": {"{\"a\": \"{{.phone.id}}", "{\"a\": \"{{if .phone.id}}\"{{end}}}", "\"", "{{range .lines}}\"{{end}}"},
	} {
		for _, s := range sources {
			all = append(all, Template{Name: "place", Source: s, Format: format})
		}
	}
	return all
}

// broken is no template at all.
func broken() []Template {
	return each("syntax", []string{
		"{{", "{{.", "{{.phone.id", "{{.phone.id}", "{{if}}", "{{if .phone.id}}", "{{end}}", "{{else}}", "{{range}}", "{{range .lines}}", "{{with}}", "{{if .phone.id}}{{else}}{{else}}{{end}}", "{{(}}", "{{)}}",
		"{{(.phone.id}}", "{{\"a}}", "{{`a}}", "{{'a}}", "{{/* a}}", "{{ | }}", "{{| upper}}", "{{.phone..id}}", "{{..}}", "{{$$}}", "{{,}}", "{{a,b}}", "{{\\}}", "{{@}}", "{{#if}}", "{{%}}", "{{\x00}}",
		"{{\xff}}", "{{.phone.id}} {{", "{{{.phone.id}}}", "{{-.}}", "{{define}}", "{{template}}", "{{block}}", "{{.phone.id ||}}", "{{.phone.id && true}}", "{{!true}}", "{{1 + 1}}", "{{.lines[0]}}", "{{.lines[0].user}}", "{{func() {}()}}",
	}, []string{"a = %s\n"})
}

// greedy templates want more than their share of time or room.
func greedy() (all []Template) {
	add := func(name, source string) {
		all = append(all, Template{Name: name, Source: source, Bounded: true})
	}
	for depth := 2; depth <= 20; depth++ {
		add(fmt.Sprintf("%d loops in each other", depth), strings.Repeat("{{range $.keys}}", depth)+"{{end}}"+strings.Repeat("{{end}}", depth-1))
		grown := strings.Repeat("(replace ", depth) + ".phone.id" + strings.Repeat(" \"x\" \"xxxxxxxxxx\")", depth)
		add(fmt.Sprintf("a text grown %d times", depth), "{{range .keys}}{{if eq "+strings.ReplaceAll(grown, ".phone.id", "\"x\"")+" \"a\"}}{{end}}{{end}}")
		add(fmt.Sprintf("%d parentheses", depth), "a = {{"+strings.Repeat("(not ", depth)+".phone.id"+strings.Repeat(")", depth)+"}}\n")
		add(fmt.Sprintf("%d conditions", depth), strings.Repeat("{{if .phone.id}}", depth)+strings.Repeat("{{end}}", depth))
	}
	for _, size := range []int{1 << 10, 16 << 10, 250 << 10, 257 << 10} {
		add(fmt.Sprintf("%d bytes", size), strings.Repeat("x", size)+" = 1\n")
		add(fmt.Sprintf("%d bytes for each key", size), "{{range .keys}}{{range $.keys}}# "+strings.Repeat("x", size)+"\n{{end}}{{end}}")
		add(fmt.Sprintf("%d steps", size), strings.Repeat("{{.phone.id}}\n", size/14))
		add(fmt.Sprintf("a name of %d letters", size), "a = {{."+strings.Repeat("x", size)+"}}\n")
	}
	return all
}
