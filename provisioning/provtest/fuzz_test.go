package provtest

import (
	"strings"
	"testing"

	"cradle/provisioning/catalog"
	"cradle/templates"
)

// FuzzFiles reads any file as each vendor's phones would.
func FuzzFiles(f *testing.F) {
	f.Add([]byte("#!version:1.0.0.1\naccount.1.enable = 1\naccount.1.sip_server.1.port = x\naccount.1.password = %NULL%\n"))
	f.Add([]byte(`<settings><phone-settings><user_host idx="1">a:b;transport=</user_host></phone-settings></settings>`))
	f.Add([]byte(`<gs_provision><mac>c074ad001122</mac><config><P212>9</P212><P237>x</P237><P32>-5</P32></config></gs_provision>`))
	f.Add([]byte(`<A reg.1.address="x" CONFIG_FILES="a, b,,[PHONE_MAC_ADDRESS].cfg"/>`))
	f.Add([]byte("<a></b></a>"))
	for _, text := range formTexts {
		f.Add([]byte(text))
	}
	shelf, err := catalog.Load(templates.FS())
	if err != nil {
		f.Fatal(err)
	}
	all := map[string]*reads{}
	for form := range forms {
		all[form] = &reads{Form: form, Pair: pairReads{NameElement: "Name", ValueElement: "Value"}}
	}
	for _, v := range shelf.Vendors() {
		for _, fam := range v.Families {
			if all[fam.Folder()], err = loadReads(templates.FS(), fam.Chain); err != nil {
				f.Fatal(err)
			}
		}
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, r := range all {
			values, err := r.parse(body, "c074ad001122")
			if err != nil {
				continue
			}
			for _, a := range r.settings(values).Accounts {
				if a.Line < 1 || a.Line > 512 || a.Transport == "" {
					t.Fatalf("account %+v", a)
				}
			}
		}
	})
}

// FuzzNotify reads any datagram as the answer to plug-and-play.
func FuzzNotify(f *testing.F) {
	f.Add("NOTIFY sip:127.0.0.1:5060 SIP/2.0\r\nVia: x\r\nContent-Type: application/url\r\n\r\nhttp://127.0.0.1/{mac}\r\n")
	f.Add("SIP/2.0 200 OK\r\n\r\n")
	shelf, err := catalog.Load(templates.FS())
	if err != nil {
		f.Fatal(err)
	}
	p, err := New(Config{Catalog: shelf, Data: templates.FS(), Model: "snom-d785", MAC: "00:04:13:00:00:01"})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, message string) {
		if p.offered(message) != "" && !strings.HasPrefix(acknowledge(message), "SIP/2.0 200 OK\r\n") {
			t.Fatal(message)
		}
		mask(message)
	})
}

func TestSecretsAreNotPrinted(t *testing.T) {
	a := Account{Secret: "hush"}
	if s := strings.Join([]string{a.Secret.String(), a.Secret.GoString()}, ""); strings.Contains(s, "hush") {
		t.Error(s)
	}
	if b, err := a.Secret.MarshalJSON(); err != nil || strings.Contains(string(b), "hush") {
		t.Errorf("%s %v", b, err)
	}
	if got := mask("https://h:1/p/~abc/x.cfg"); got != "https://h:1/p/~***/x.cfg" {
		t.Error(got)
	}
}
