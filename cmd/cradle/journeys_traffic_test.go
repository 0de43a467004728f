package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"cradle/media/secure"
)

// TestTrafficThroughTheAppliance: what the benchmarks load the relay with is carried, each side by its own way of
// encryption, and what is opened at the other end is what was said.
func TestTrafficThroughTheAppliance(t *testing.T) {
	a := startAppliance(t, t.TempDir())
	a.Setup(strings.Replace(officeFile, `"4712"}`, `"4712", sip: {media_encryption: sdes}}`, 1))
	phones := a.Devices()
	var accounts strings.Builder
	for _, mac := range []string{"80:5e:c0:12:34:56", "00:04:13:aa:bb:01"} {
		p := phones[mac]
		accounts.WriteString(p.SIP.User + " " + p.SIP.Secret + " " + p.Line + "\n")
	}
	file := filepath.Join(t.TempDir(), "accounts")
	if err := os.WriteFile(file, []byte(accounts.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, suite := range secure.Offered {
		out, status := command(t, "phonesim", "traffic", "--server", a.SIP, "--accounts", file, "--near", "dtls", "--far", "sdes", "--suite", suite.String(),
			"--calls", "1", "--warm", "40ms", "--time", "1s", "--pid", strconv.Itoa(a.cmd.Process.Pid), "--json")
		var res struct {
			Steps []struct {
				Sent, Recv, Opened, Spoilt int
				CPU                        float64 `json:"srv_cpu_s"`
				RSS                        float64 `json:"srv_rss_mb"`
			}
		}
		if err := json.Unmarshal([]byte(out), &res); err != nil || status != 0 || len(res.Steps) != 1 {
			t.Fatalf("%v: status %d, %v\n%s", suite, status, err, out)
		}
		if s := res.Steps[0]; s.Sent != 100 || s.Recv == 0 || s.Opened == 0 || s.Spoilt > 0 || s.RSS == 0 {
			t.Errorf("%v: %+v", suite, s)
		}
		var records struct {
			Items []struct {
				Legs []struct{ Encryption string }
			}
		}
		a.API("GET", "/api/v1/callrecords", nil, &records)
		if len(records.Items) == 0 || len(records.Items[0].Legs) != 2 {
			t.Fatalf("%+v", records)
		}
		if l := records.Items[0].Legs; l[0].Encryption != "DTLS "+suite.String() || l[1].Encryption != "SDES "+suite.String() {
			t.Errorf("encrypted %+v", l)
		}
	}
	if out, status := command(t, "phonesim", "traffic", "--near", "dtls"); status == 0 || !strings.Contains(out, "--accounts") {
		t.Errorf("without a relay: status %d, %s", status, out)
	}
}
