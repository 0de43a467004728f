package catalog_test

import (
	"testing"

	"cradle/provisioning/catalog"
)

func TestFileName(t *testing.T) {
	m := &catalog.Model{File: "T46U", Code: "108", Firmware: "1.2", Agents: []string{"Agent"}}
	for pattern, want := range map[string]string{
		"": "", "plain.cfg": "plain.cfg", "{mac}.cfg": "805ec0aabbcc.cfg", "a{MAC:colons}b": "a80:5E:C0:AA:BB:CCb", "{mac:dashes}-{model}": "80-5e-c0-aa-bb-cc-T46U",
		"y{code}_{firmware}": "y108_1.2", "{mac:underscores}": "80_5e_c0_aa_bb_cc", "{": "{", "{mac": "{mac", "{odd}{mac}": "{odd}805ec0aabbcc", "{{mac}}": "{805ec0aabbcc}", "x{mac:odd}": "x{mac:odd}",
	} {
		if got := m.FileName(pattern, "805ec0aabbcc"); got != want {
			t.Errorf("%q is %q, want %q", pattern, got, want)
		}
	}
	if got := m.Says("{model}/{firmware}", "805ec0aabbcc"); got != "Agent/1.2" {
		t.Error(got)
	}
}
