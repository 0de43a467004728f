package settings

import (
	"fmt"
	"strings"

	"cradle/provisioning/render"
)

// TemplatesReference is the table of every value a template may name, as
// Markdown.
func TemplatesReference() string {
	var b strings.Builder
	b.WriteString(`# Values for templates

What a template may name, whatever the vendor calls it. *Absent* values may be missing: they may stand in ` + "`if`, `with`, `has`, `choose`, `orclear` and `orelse`" + ` only. *Secret* values may stand only in files for phones that have earned them, *own* ones never in a file for a whole model. The language is described in [templates/README.md](../templates/README.md). This page is made from provisioning/settings.

`)
	table(&b, phoneShape)
	for _, f := range phoneShape.Fields() {
		lists(&b, f.Name, f)
	}
	return b.String()
}

// lists writes the tables of a list's items, and of the lists in them.
func lists(b *strings.Builder, path string, f render.Field) {
	if f.Kind != render.List {
		return
	}
	fmt.Fprintf(b, "\n## %s\n\n", path)
	if twin, same := twins[path]; same {
		fmt.Fprintf(b, "As in [%s](#%s).\n", twin, strings.ReplaceAll(twin, ".", ""))
		return
	}
	table(b, f.Item)
	for _, below := range f.Item.Fields() {
		lists(b, path+"."+below.Name, below)
	}
}

// twins are lists of the same items as another.
var twins = map[string]string{"modules.keys": "keys", "codecs": "lines.codecs"}

func table(b *strings.Builder, shape *render.Shape) {
	b.WriteString("| name | type | | what it is |\n|---|---|---|---|\n")
	for _, f := range shape.Fields() {
		var marks []string
		for _, m := range []struct {
			word string
			is   bool
		}{{"absent", f.Maybe}, {"secret", f.Secret}, {"own", f.Own}} {
			if m.is {
				marks = append(marks, m.word)
			}
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", f.Name, f.Kind, strings.Join(marks, ", "), cell(f.Doc))
	}
}

// SettingsReference is the table of every setting a layer may say, as Markdown.
func SettingsReference() string {
	var b strings.Builder
	b.WriteString(`# Settings

Each may be said by any of these layers, and the later wins: ` + "`appliance`, `organization`, `site`, `model`, `profile`" + `, then the phone's ` + "`device`" + ` and the ` + "`extension`" + ` of who sits at it. Settings of the *desk* let the device win, *personal* ones the extension; of a *stricter* one an extension may only ask for more. A value that does not fit is refused, and passed over where it is found in a record.

` + "`raw.<vendor>.<name>`" + ` is a setting of one vendor under the vendor's own name. It is written last into the settings of that vendor's phones, and replaces what the template says; an empty value takes a weaker layer's word back. This page is made from provisioning/settings.

| name | whose | values | default | what it is |
|---|---|---|---|---|
`)
	for _, s := range Schema {
		value := ""
		if s.Default != "" {
			value = "`" + s.Default + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", s.Name, s.Of, cell(s.values()), value, cell(s.Doc))
	}
	return b.String()
}

// values says what a setting may be.
func (s *Setting) values() string {
	switch s.Type {
	case Number:
		return fmt.Sprintf("%d to %d", s.Min, s.Max)
	case OneOf:
		return strings.Join(s.Choices, ", ")
	case List:
		return "list of " + strings.Join(s.Choices, ", ")
	case Bool:
		return "true, false"
	case Text:
		return fmt.Sprintf("text up to %d bytes", maxText)
	case Host:
		return "host or host:port"
	case URL:
		return "URL of http, https or tftp"
	case Zone:
		return "IANA time zone"
	case Tag:
		return "BCP 47 language tag"
	default:
		return string(s.Type)
	}
}

// cell writes a text so that it stays in its cell.
func cell(s string) string { return strings.ReplaceAll(s, "|", `\|`) }
