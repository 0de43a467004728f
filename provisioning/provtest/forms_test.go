package provtest

import (
	"maps"
	"testing"
)

// formTexts is a file of each form.
var formTexts = map[string]string{
	"keyvalue":   "# c\na = 1\nb=2 = 3\nnonsense\n",
	"colon":      "# c\nadmin mode: a:b\nempty:\n",
	"quoted":     "A=\"1 2\"\nB=\"\"\nC=x\n",
	"section":    "<<VOIP CONFIG FILE>>Version:2\n<SIP>\nSIP1 Name  :a:b\n--List-- :\n[ Two ]\nkey=1\n; c\n",
	"set":        "## c\nSET A 1\nSET B \"two words\"\nIF $MODEL SEQ x GOTO y\nSET C\n",
	"commands":   "cli version 3.20\ncontext ip router\n  user a password \n  user b password c\n no shutdown\nend\n",
	"elements":   `<s><a idx="2"> 1 </a><b/></s>`,
	"attributes": `<s><x reg.1="1" q=""/></s>`,
	"tree":       `<s><l><u ID="a"/><u ID="b"><n>x</n></u></l><l>y</l></s>`,
	"pairs":      `<s><param name="a" value="1"/><setting id="b">2</setting><g><Name>c</Name><Value>3</Value></g><param name="d" value=""/></s>`,
	"json":       `{"a":{"b":[1,"x",true,null]},"c":"d"}`,
}

func TestForms(t *testing.T) {
	for form, want := range map[string]map[string]string{
		"keyvalue": {"a": "1", "b": "2 = 3"},
		"colon":    {"admin mode": "a:b", "empty": ""},
		"quoted":   {"A": "1 2", "B": "", "C": "x"},
		"section":  {"SIP1 Name": "a:b", "SIP.SIP1 Name": "a:b", "--List--": "", "SIP.--List--": "", "key": "1", "Two.key": "1"},
		"set":      {"A": "1", "B": "two words", "C": ""},
		"commands": {"cli.1/1": "version", "cli.1/2": "3.20", "context.1/1": "ip", "context.1/2": "router", "user.1/1": "a", "user.1/2": "password",
			"user.2/1": "b", "user.2/2": "password", "user.2/3": "c", "no.1/1": "shutdown"},
		"elements":   {"a.2": "1", "b": "", "s": ""},
		"attributes": {"reg.1": "1", "q": ""},
		"tree":       {"u.1@ID": "a", "u.2@ID": "b", "u": "", "l.1/u": "", "n": "x", "u.2/n": "x", "l": "y", "s.1/l": "y"},
		"pairs":      {"a": "1", "b": "2", "c": "3", "d": ""},
		"json":       {"a.b.0": "1", "a.b.1": "x", "a.b.2": "true", "a.b.3": "", "c": "d"},
	} {
		r := &reads{Form: form, Pair: pairReads{NameElement: "Name", ValueElement: "Value"}}
		if got, err := r.parse([]byte(formTexts[form]), "02aabbccddee"); err != nil || !maps.Equal(got, want) {
			t.Errorf("%s: %v, %v, want %v", form, got, err, want)
		}
	}
	grouped := &reads{Form: "pairs", Pair: pairReads{NameElement: "Name", ValueElement: "Value", Group: "O"}}
	if got, err := grouped.parse([]byte(`<s><O><Name>a.</Name><P><Name>b</Name><Value>1</Value></P></O><O><Name>c.</Name><P><Name>b</Name><Value>2</Value></P></O></s>`), ""); err != nil || !maps.Equal(got, map[string]string{"a.b": "1", "c.b": "2"}) {
		t.Errorf("%v, %v", got, err)
	}
	r := &reads{Form: "pairs", Pair: pairReads{Element: "p", Name: "k", Value: "v"}}
	if got, err := r.parse([]byte(`<s><p k="a" v="1"/><q k="b" v="2"/></s>`), ""); err != nil || !maps.Equal(got, map[string]string{"a": "1"}) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestWhatIsRead(t *testing.T) {
	r, err := parseReads("x", []byte(`form: keyvalue
mac: mac
provisioning: {scheme: s, schemes: {"1": https}, address: host, port: port, path: path}
expires_unit: hours
transports: {T: tls}
accounts:
  - {server: srv, user: usr, secret: pw}
  - {lines: 2, enabled: "on{i}", on: "y", server: "srv{n}", user: "usr{n}", transport: "t{n}", expires: "e{n}", outbound: "out{n}"}
`))
	if err != nil {
		t.Fatal(err)
	}
	values, err := r.parse([]byte("mac=02:AA:BB:CC:DD:EE\ns=1\nhost=h\nport=8\npath=/p/x/\nsrv=sip:a:7\nusr=sip:u@h\npw=x\non1=y\nusr2=v\nsrv2=b\nt2=T\ne2=2\nout2=o:9;transport=TCP\non2=n\n"), "02aabbccddee")
	if err != nil {
		t.Fatal(err)
	}
	s := r.settings(values)
	if len(s.Accounts) != 2 || s.Provisioning != "https://h:8/p/x" {
		t.Fatalf("%+v, %s", s, s.Provisioning)
	}
	if a := s.Accounts[0]; a.Line != 1 || a.Server != "a" || a.Port != 7 || a.User != "u" || !a.Registers() {
		t.Errorf("%+v", a)
	}
	if a := s.Accounts[1]; a.Line != 2 || a.Server != "o" || a.Port != 9 || a.Transport != "tcp" || a.Expires != 7200 {
		t.Errorf("%+v", a)
	}
	if _, err := r.parse([]byte("mac=02:AA:BB:CC:DD:EF\n"), "02aabbccddee"); err == nil {
		t.Error("a file for another phone is believed")
	}
	for in, want := range map[string]string{"http://h/p/~t/$MA.xml": "http://h/p/~t/", "http://h/p/~t/": "http://h/p/~t/", "http://h/p/~t": "http://h/p/~t", "http://h.x": "http://h.x", "": ""} {
		if got := folderOf(in); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
	for _, bad := range []string{"form: ini", "form: keyvalue\nexpires_unit: days", "form: keyvalue\nwhat: x", "form: ["} {
		if _, err := parseReads("x", []byte(bad)); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
