package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestSettingsAreStacked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cradle.yaml")
	if err := os.WriteFile(path, []byte("http: \":1001\"\nhttps: \":1002\"\ntftp: \":1003\"\nlog-level: warn\nmedia-ports: 30000-30009\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("CRADLE_HTTPS", ":2002")
	t.Setenv("CRADLE_TFTP", ":2003")
	t.Setenv("CRADLE_URL", "http://elsewhere") // another command's
	t.Setenv("CRADLE_LOG_LEVEL", "debug")
	s, err := readSettings(path, map[string]any{"tftp": ":3003", "drain": "5s"})
	if err != nil {
		t.Fatal(err)
	}
	if s.SIP != ":5060" || s.HTTP != ":1001" || s.HTTPS != ":2002" || s.TFTP != ":3003" {
		t.Errorf("default, file, environment, flag: got %q %q %q %q", s.SIP, s.HTTP, s.HTTPS, s.TFTP)
	}
	if s.LogLevel != slog.LevelDebug || s.Drain != 5*time.Second || s.Media != [2]int{30000, 30009} {
		t.Errorf("got %v %v %v", s.LogLevel, s.Drain, s.Media)
	}
	if len(s.PnP) != 1 || s.PnP[0] != "all" {
		t.Errorf("pnp: got %v", s.PnP)
	}
}

func TestSettingsAreRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cradle.yaml")
	if err := os.WriteFile(path, []byte("htp: \":1\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cases := []struct {
		name, file, want string
		flags            map[string]any
	}{
		{"unknown key", path, `unknown key "htp"`, nil},
		{"no file", path + "x", "does not exist", nil},
		{"another store", "", "embedded store only", map[string]any{"store": "etcd://127.0.0.1:2379/cradle"}},
		{"TLS for SIP", "", "no address", map[string]any{"sips": "5071"}},
		{"no port", "", "no address", map[string]any{"http": "8080"}},
		{"port too high", "", "between 0 and 65535", map[string]any{"http": ":65536"}},
		{"level", "", "none of debug", map[string]any{"log-level": "loud"}},
		{"drain", "", "no duration", map[string]any{"drain": "soon"}},
		{"a switch", "", "neither on nor off", map[string]any{"dtls-gcm": "maybe"}},
		{"kernel", "", "neither auto nor off", map[string]any{"media-kernel": "on"}},
		{"ports", "", "no range", map[string]any{"media-ports": "20000"}},
		{"ports without a pair", "", "no range", map[string]any{"media-ports": "20001-20002"}},
		{"ports too high", "", "no range", map[string]any{"media-ports": "60000-65536"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := readSettings(c.file, c.flags)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
	if _, err := readSettings("", map[string]any{"sips": off, "media-ports": "20001-20003", "http": ":65535"}); err != nil {
		t.Errorf("at the limit: %v", err)
	}
	for v, want := range map[string]bool{"auto": true, off: false} {
		if s, err := readSettings("", map[string]any{"media-kernel": v}); err != nil || s.Kernel != want {
			t.Errorf("media-kernel %s: %t, %v", v, s.Kernel, err)
		}
	}
	if s, err := readSettings("", nil); err != nil || !s.Kernel {
		t.Errorf("by default the kernel is not asked: %v", err)
	}
}
