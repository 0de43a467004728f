package dhcp_test

import (
	"encoding/json"
	"errors"
	"flag"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"cradle/provisioning/catalog"
	"cradle/provisioning/dhcp"
	"cradle/templates"
)

var update = flag.Bool("update", false, "write the golden files anew")

// vendors are made up: between them they want everything that can be wanted.
func vendors() []*catalog.Vendor {
	return []*catalog.Vendor{
		{Name: "acme", Prefixes: []string{"02aabb", "02aabcd"}, DHCP: []catalog.DHCP{
			{Option: 66, Value: "{url}"}, {Option: 43, Value: "{url}", OUI: true}, {Option: 160, Value: "{url}"},
		}},
		{Name: "bolt", Prefixes: []string{"02bbbb"}, DHCP: []catalog.DHCP{
			{Option: 43, Sub: 2, Value: "{url}", Class: "BoltPhone"}, {Option: 43, Sub: 3, Value: "{host}", Class: "BoltPhone"}, {Option: 66, Value: "{url}"},
		}},
		{Name: "cord", Prefixes: []string{"02cccc"}, DHCP: []catalog.DHCP{
			{Option: 66, Value: "{scheme}://{host}:{port}/{path}/cord/$mac.cfg"}, {Option: 150, Value: "{host}", Address: true},
			{Option: 242, Value: "HTTPSRVR={host},HTTPPORT={port}", OUI: true}, {Option: 150, Value: "{url}", OUI: true},
		}},
		{Name: "dent", Prefixes: []string{"02dddd"}, DHCP: []catalog.DHCP{ // what everybody gets, and classes that look alike
			{Option: 66, Value: "{url}", OUI: true}, {Option: 66, Value: "{host}", Class: "Dent, Inc. "}, {Option: 66, Value: "{scheme}", Class: "Dent, Inc."},
		}},
	}
}

func site() dhcp.Site {
	return dhcp.Site{URL: "http://10.0.0.5:8080/p/", Time: netip.MustParseAddr("10.0.0.5"),
		Networks: []netip.Prefix{netip.MustParsePrefix("10.1.0.0/16"), netip.MustParsePrefix("fd00::/64")}}
}

func TestGoldenSnippets(t *testing.T) {
	for _, server := range dhcp.Servers() {
		s, err := dhcp.Make(server, site(), vendors())
		if err != nil {
			t.Fatal(err)
		}
		got := s.Text + "\n-- " + s.Note + "\n"
		name := filepath.Join("testdata", string(server)+".golden")
		if *update {
			if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s:\n%s", server, got)
		}
	}
}

// TestBuiltInVendors: what the shelf wants can be said in every language.
func TestBuiltInVendors(t *testing.T) {
	shelf, err := catalog.Load(templates.FS())
	if err != nil {
		t.Fatal(err)
	}
	for _, server := range dhcp.Servers() {
		s, err := dhcp.Make(server, site(), shelf.Vendors())
		if err != nil || !strings.Contains(s.Text, "http://10.0.0.5:8080/p/") || !strings.Contains(s.Text, "160") || s.Note == "" {
			t.Errorf("%s: %v\n%s", server, err, s.Text)
		}
		understood(t, server, s.Text)
	}
}

// understood asks the server itself where it is installed.
func understood(t *testing.T, server dhcp.Server, text string) {
	t.Helper()
	switch server {
	case dhcp.Kea:
		if !json.Valid([]byte(text)) {
			t.Errorf("no JSON:\n%s", text)
		}
	case dhcp.Dnsmasq:
		program, err := exec.LookPath("dnsmasq")
		if err != nil {
			t.Log("dnsmasq is not installed")
			return
		}
		file := filepath.Join(t.TempDir(), "phones.conf")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.CommandContext(t.Context(), program, "--test", "--conf-file="+file).CombinedOutput(); err != nil {
			t.Errorf("dnsmasq: %v: %s\n%s", err, out, text)
		}
	}
}

func TestUnderstood(t *testing.T) {
	for _, server := range dhcp.Servers() {
		s, err := dhcp.Make(server, site(), vendors())
		if err != nil {
			t.Fatal(err)
		}
		understood(t, server, s.Text)
	}
}

func TestHostThatIsNoAddress(t *testing.T) {
	at := site()
	at.URL, at.Time = "https://pbx.example/p/", netip.Addr{}
	s, err := dhcp.Make(dhcp.Dnsmasq, at, vendors())
	if err != nil || strings.Contains(s.Text, "option=150,") || strings.Contains(s.Text, "option=42,") || !strings.Contains(s.Note, "no IPv4 address: 1") || !strings.Contains(s.Text, "HTTPPORT=443") {
		t.Errorf("%v: %s%s", err, s.Text, s.Note)
	}
}

func TestRefused(t *testing.T) {
	if _, err := dhcp.Make("bind", site(), nil); !errors.Is(err, dhcp.ErrServer) {
		t.Error(err)
	}
	for _, bad := range []string{"", "10.0.0.5", "http://", "http://a\"b/", "http://a/\nx", "http://a/'", "http://a/\\"} {
		if _, err := dhcp.Make(dhcp.Kea, dhcp.Site{URL: bad}, nil); !errors.Is(err, dhcp.ErrURL) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}
