package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/v2"
)

// off closes a door.
const off = "off"

// settings are what the appliance needs before its directory opens. Everything
// else is a record.
type settings struct {
	Data      string
	Store     string
	HTTP      string
	HTTPS     string
	HTTPSOld  string // for phones with TLS 1.0 to 1.2 and old suites
	TFTP      string
	SNTP      string
	SIP       string
	SIPS      string
	PnP       []string // interfaces; nil: off; {"all"}: every one
	Media     [2]int   // first and last RTP port, inclusive
	Kernel    bool     // plain calls go by the kernel where that is permitted
	DTLSGCM   bool     // handshakes of media may use AES-GCM
	Advertise string
	Metrics   string
	LogLevel  slog.Level
	Drain     time.Duration
}

// defaults are the settings of a fresh machine, by flag name.
func defaults() map[string]any {
	return map[string]any{
		"data": "./data", "store": "bolt:", "http": ":80", "https": ":443", "https-old": off, "tftp": ":69", "sntp": ":123",
		"sip": ":5060", "sips": ":5061", "pnp": "all", "media-ports": "20000-29999", "media-kernel": "auto", "dtls-gcm": off,
		"advertise": "", "metrics": "127.0.0.1:9090", "log-level": "info", "drain": "30s",
	}
}

// readSettings stacks defaults, the file, the environment and the flags; what
// comes later wins.
func readSettings(path string, flags map[string]any) (settings, error) {
	k := koanf.New("\x00") // no nesting: names are flat
	known := defaults()
	if err := k.Load(confmap.Provider(known, ""), nil); err != nil {
		return settings{}, err
	}
	if path != "" {
		if err := loadFile(k, path, known); err != nil {
			return settings{}, err
		}
	}
	fromEnv := env.Provider("CRADLE_", "\x00", func(name string) string {
		name = strings.ReplaceAll(strings.ToLower(strings.TrimPrefix(name, "CRADLE_")), "_", "-")
		if _, ok := known[name]; !ok {
			return "" // belongs to another command, or to nobody
		}
		return name
	})
	if err := k.Load(fromEnv, nil); err != nil {
		return settings{}, err
	}
	if err := k.Load(confmap.Provider(flags, ""), nil); err != nil {
		return settings{}, err
	}
	return parseSettings(k)
}

func loadFile(k *koanf.Koanf, path string, known map[string]any) error {
	own := koanf.New("\x00")
	if err := own.Load(file.Provider(path), yaml.Parser()); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return refuse("the settings file %s does not exist", path)
		}
		return refuse("the settings file %s cannot be read: %v", path, err)
	}
	for name := range own.All() {
		if _, ok := known[name]; !ok {
			return refuse("the settings file %s has the unknown key %q", path, name)
		}
	}
	return k.Merge(own)
}

func parseSettings(k *koanf.Koanf) (settings, error) {
	s := settings{
		Data: k.String("data"), Store: k.String("store"), HTTP: k.String("http"), HTTPS: k.String("https"),
		HTTPSOld: k.String("https-old"), SNTP: k.String("sntp"),
		TFTP: k.String("tftp"), SIP: k.String("sip"), SIPS: k.String("sips"),
		Advertise: k.String("advertise"), Metrics: k.String("metrics"),
	}
	var err error
	if s.Media, err = portRange(k.String("media-ports")); err != nil {
		return s, err
	}
	switch v := k.String("media-kernel"); v {
	case "auto":
		s.Kernel = true
	case off, "false":
	default:
		return s, usageError{fmt.Sprintf("--media-kernel %q is neither auto nor off", v)}
	}
	switch v := k.String("dtls-gcm"); v {
	case "on", "true":
		s.DTLSGCM = true
	case off, "false":
	default:
		return s, usageError{fmt.Sprintf("--dtls-gcm %q is neither on nor off", v)}
	}
	if err := s.LogLevel.UnmarshalText([]byte(k.String("log-level"))); err != nil {
		return s, usageError{fmt.Sprintf("--log-level %q is none of debug, info, warn, error", k.String("log-level"))}
	}
	if s.Drain, err = time.ParseDuration(k.String("drain")); err != nil || s.Drain < 0 {
		return s, usageError{fmt.Sprintf("--drain %q is no duration such as 30s", k.String("drain"))}
	}
	if p := k.String("pnp"); p != off && p != "" {
		s.PnP = strings.Split(p, ",")
	}
	return s, s.validate()
}

// validate refuses what cannot be served by this build before anything opens.
func (s settings) validate() error {
	if s.Store != "bolt:" {
		return refuse("--store %s is not available: this build has the embedded store only (bolt:)", s.Store)
	}
	for name, addr := range map[string]string{"http": s.HTTP, "https": s.HTTPS, "https-old": s.HTTPSOld, "tftp": s.TFTP, "sntp": s.SNTP, "sip": s.SIP, "sips": s.SIPS, "metrics": s.Metrics} {
		if addr == off {
			continue
		}
		_, port, err := net.SplitHostPort(addr)
		if err != nil {
			return usageError{fmt.Sprintf("--%s %q is no address such as :8080 or 127.0.0.1:8080, nor off", name, addr)}
		}
		if n, err := strconv.Atoi(port); err != nil || n < 0 || n > 65535 {
			return usageError{fmt.Sprintf("--%s %q has no port between 0 and 65535", name, addr)}
		}
	}
	return nil
}

// portRange reads "A-B". RTP takes the even port and RTCP the odd one above it,
// so at least one such pair must fit.
func portRange(s string) ([2]int, error) {
	a, b, ok := strings.Cut(s, "-")
	first, err1 := strconv.Atoi(strings.TrimSpace(a))
	last, err2 := strconv.Atoi(strings.TrimSpace(b))
	if !ok || err1 != nil || err2 != nil || first < 1024 || last > 65535 || (first+1)&^1+1 > last {
		return [2]int{}, usageError{fmt.Sprintf("--media-ports %q is no range such as 20000-29999 within 1024-65535", s)}
	}
	return [2]int{first, last}, nil
}
