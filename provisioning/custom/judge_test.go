package custom

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"cradle/provisioning/catalog"
	"cradle/provisioning/render"
)

func TestSays(t *testing.T) {
	for f, file := range map[render.Format]string{
		render.KeyValue: "#!version:1\n# a = b\na.1 = x = y\nb=\"2\"\n",
		render.Colon:    "sip line1 user name: ann\nhost: a:5060\n",
		render.Quoted:   "A_1=\"x\"\n",
		render.Section:  "<SIP>\nuser :ann\n[NET]\nuser=bob\n",
		render.Set:      "## c\nSET NAME \"two words\"\nGET file.txt\n",
		render.XML:      `<?xml version="1.0"?><c><P271>1</P271><user idx="2" perm="R">ann</user><param name="n" value="v"/><reg reg.1.address="101"/></c>`,
	} {
		var got []string
		for _, s := range says(f, []byte(file)) {
			got = append(got, fmt.Sprintf("%d %s=%s", s.line, s.key, s.value))
		}
		want := map[render.Format]string{
			render.KeyValue: "3 a.1=x = y|4 b=2", render.Colon: "1 sip line1 user name=ann|2 host=a:5060", render.Quoted: "1 A_1=x",
			render.Section: "2 SIP user=ann|4 NET user=bob", render.Set: "2 NAME=two words",
			render.XML: "1 P271=1|1 user.2=ann|1 param.n=v|1 reg.1.address=101|1 reg=|1 c=",
		}[f]
		if s := strings.Join(got, "|"); s != want {
			t.Errorf("%s: %s, want %s", f, s, want)
		}
	}
}

func TestJudge(t *testing.T) {
	file := &catalog.File{Name: "{mac}.cfg", Format: render.KeyValue, Frame: render.Frame{First: "#!v"}}
	builtin := "#!v\naccount.1.user = d7\naccount.1.password = s3\naccount.1.port = 5060\nlabel = x\n"
	for name, c := range map[string]struct{ text, own, want string }{
		"same":     {"", builtin, ""},
		"unknown":  {"#!v\n{{range .lines}}\naccount.{{.number}}.usr = x", strings.Replace(builtin, "label = x", "account.1.usr = x", 1), "3 warning: the built-in template never writes account.1.usr"},
		"outdated": {"#!v\naccount.1.oldport = 1", builtin + "account.1.oldport = 1\n", "2 warning: account.1.oldport is the name of other firmware"},
		"type":     {"account.1.port = none", strings.Replace(builtin, "5060", "none", 1), "1 warning: account.1.port is a number"},
		"missing":  {"", strings.Replace(builtin, "account.1.password = s3\n", "", 1), "0 warning: account.1.password is missing"},
		"twice":    {"x\nlabel = y", builtin + "label = y\n", "2 error: line 6 says label again"},
		"frame":    {"", strings.Replace(builtin, "#!v", "#v", 1), "0 error: the first line is not"},
	} {
		var got []string
		for _, f := range judge(c.text, Sample{File: file, Builtin: []byte(builtin), Own: []byte(c.own), Vital: []string{"d7", "s3"}, Others: [][]byte{[]byte("#!v\naccount.2.oldport = 5060\n")}}) {
			got = append(got, fmt.Sprintf("%d %s: %s", f.Line, f.Severity, f.Text))
		}
		if s := strings.Join(got, "|"); (c.want == "") != (s == "") || !strings.HasPrefix(s, c.want) || strings.Contains(s, "|") {
			t.Errorf("%s: %q, want %q", name, s, c.want)
		}
	}
}

// TestJudgeXML: names that are numbers are told apart, and what is said twice has
// its second line, where the built-in template does not say it again and again.
func TestJudgeXML(t *testing.T) {
	file := &catalog.File{Name: "{mac}.xml", Format: render.XML}
	const builtin = "<c>\n<P47>h</P47>\n<P271>1</P271>\n<e><n>a</n></e>\n<e><n>b</n></e>\n<k idx=\"1\" label=\"x\">y</k>\n</c>\n"
	for name, c := range map[string]struct{ old, new, want string }{
		"same":     {"", "", ""},
		"unknown":  {"<P271>", "<P272>1</P272>\n<P271>", "3 warning: the built-in template never writes P272"},
		"twice":    {"</c>", "<P47>i</P47>\n</c>", "7 warning: P47 is said twice"},
		"list":     {"<k", "<e><n>c</n></e>\n<k", ""},
		"repeated": {"</c>", "<k idx=\"2\" label=\"x\">y</k>\n</c>", ""},
		"kin":      {"<P47>", "<P{{fact \"x\"}}>2</P{{fact \"x\"}}>\n<P47>", "2 warning: the built-in template never writes P99"},
	} {
		text := strings.Replace(builtin, c.old, c.new, 1)
		own := strings.ReplaceAll(text, `{{fact "x"}}`, "99")
		var got []string
		for _, f := range judge(text, Sample{File: file, Builtin: []byte(builtin), Own: []byte(own)}) {
			got = append(got, fmt.Sprintf("%d %s: %s", f.Line, f.Severity, f.Text))
		}
		if s := strings.Join(got, "|"); (c.want == "") != (s == "") || !strings.HasPrefix(s, c.want) || strings.Contains(s, "|") {
			t.Errorf("%s: %q, want %q", name, s, c.want)
		}
	}
}

func TestRefused(t *testing.T) {
	_, err := render.Compile(render.Options{Name: "acme/x/phone.tmpl", Source: "#!v\nx = {{.nothing}}\n", Format: render.KeyValue, Shape: render.NewShape()})
	if err == nil {
		t.Fatal("compiled")
	}
	if f := Refused(err, "phone.tmpl"); f.Line != 2 || f.Column == 0 || f.Severity != Error || !strings.Contains(f.Text, "nothing") {
		t.Errorf("%+v from %v", f, err)
	}
	_, err = render.Compile(render.Options{Name: "acme/x/phone.tmpl", Source: "#!v\n{{if}}\n", Format: render.KeyValue, Shape: render.NewShape()})
	if f := Refused(err, "phone.tmpl"); f.Line != 2 {
		t.Errorf("%+v from %v", f, err)
	}
	if f := Refused(errors.New("elsewhere"), "phone.tmpl"); f.Line != 0 || f.Text != "elsewhere" {
		t.Errorf("%+v", f)
	}
}

// A text of ten thousand misspelt keys is judged at once.
func TestWarningsAreBounded(t *testing.T) {
	file := &catalog.File{Name: "{mac}.cfg", Format: render.KeyValue}
	var own strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&own, "%s = 1\n", strings.Map(func(r rune) rune { return r - '0' + 'a' }, fmt.Sprint("1", i)))
	}
	all := judge(own.String(), Sample{File: file, Own: []byte(own.String()), Builtin: []byte("a.password = s3\n"), Vital: []string{"s3"}})
	if len(all) != maxWarnings+1 || !strings.Contains(all[maxWarnings].Text, "is missing") {
		t.Errorf("%d findings", len(all))
	}
}
