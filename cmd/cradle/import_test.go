package main

import (
	"strings"
	"testing"
)

// TestImportOfPhones pastes a table with faults: tried first, then the good rows
// go in, and a second time nothing changes.
func TestImportOfPhones(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(officeFile)
	table := "Name;MAC;Model;Extension\n" +
		"Desk 5;80-5E-C0-00-00-05;Yealink SIP-T46U;\n" +
		"Desk 6;00:04:13:00:00:06;snom-d785;103\n" +
		"Nobody;00041300;snom-d785;\n" +
		"Odd;000413000007;nobody-1;\n" +
		"Again;805ec0000005;;\n" +
		"No line;000413000008;snom-d785;999\n" +
		"Ada's new name;80:5e:c0:12:34:56;;\n"
	var done struct {
		Created, Updated, Skipped, Failed int
		Rows                              []struct {
			Row            int
			Action, Reason string
		}
	}
	phones := func() int {
		var list struct{ Items []struct{ MAC string } }
		a.API("GET", "/api/v1/devices", nil, &list)
		return len(list.Items)
	}
	before := phones()
	if s := a.API("POST", "/api/v1/devices/import", map[string]any{"text": table, "dry_run": true}, &done); s != 200 || done.Created != 2 || done.Updated != 1 || done.Failed != 4 || phones() != before {
		t.Fatalf("tried: %d %+v", s, done)
	}
	for row, reason := range map[int]string{4: "no MAC", 5: "no such model", 6: "before", 7: "999"} {
		said := ""
		for _, r := range done.Rows {
			if r.Row == row {
				said = r.Action + " " + r.Reason
			}
		}
		if !strings.HasPrefix(said, "error ") || !strings.Contains(said, reason) {
			t.Errorf("row %d: %q, want %q", row, said, reason)
		}
	}
	if s := a.API("POST", "/api/v1/devices/import", map[string]any{"text": table}, &done); s != 200 || done.Created != 2 || phones() != before+2 {
		t.Fatalf("done: %d %+v", s, done)
	}
	if s := a.API("POST", "/api/v1/devices/import", map[string]any{"text": table}, &done); s != 200 || done.Created != 0 || done.Updated != 0 || done.Skipped != 3 || done.Failed != 4 {
		t.Errorf("a second time: %d %+v", s, done)
	}
	if body := a.fetched("/p/805ec0000005.cfg"); !strings.Contains(body, "account.1.password = ") {
		t.Error("an announced phone is not served")
	}
	if s := a.API("POST", "/api/v1/devices/import", map[string]any{"text": "MAC:001565AAAAAA SN 12\n"}, &done); s != 200 || done.Created != 1 {
		t.Errorf("a scanner's line: %d %+v", s, done)
	}
}
