package provisioning_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"cradle/directory"
	"cradle/directory/blob"
	"cradle/provisioning"
	"cradle/provisioning/door"
	"cradle/provisioning/door/httpdoor"
	"cradle/provisioning/firmware"
)

const (
	romT46 = "T46U-108.86.0.20.rom"
	macT46 = "805ec0123456"
)

// withFirmware is a kit with a firmware for Yealink's T46U.
func withFirmware(t *testing.T, o kitOptions, content []byte) (*kit, *firmware.Library, *directory.Firmware, string) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "blobs")
	blobs, err := blob.Open(folder, blob.Options{MaxFile: 1 << 20})
	must(t, err)
	shelf, err := loadOnce()
	must(t, err)
	var library *firmware.Library
	o.config = func(c *provisioning.Config) {
		library, err = firmware.New(firmware.Config{Directory: c.Directory, Catalog: shelf, Blobs: blobs})
		must(t, err)
		t.Cleanup(func() { _ = library.Close() })
		c.Firmware = library
	}
	k := newKit(t, o)
	f := &directory.Firmware{Vendor: "Yealink", Models: []string{"yealink-t46u", "yealink-T46U"}, Version: "108.86.0.20", File: romT46}
	must(t, library.Add(t.Context(), directory.Actor{Kind: "user", Name: "test"}, f, bytes.NewReader(content)))
	return k, library, f, folder
}

// taken reads an answer's file to its end, as a door does.
func taken(t *testing.T, r provisioning.Response) string {
	t.Helper()
	if r.File == nil {
		return strconv.Itoa(r.Status)
	}
	defer r.File.Close()
	body, err := io.ReadAll(r.File)
	must(t, err)
	return string(body)
}

func TestFirmwareForWhomItIs(t *testing.T) {
	k, _, f, _ := withFirmware(t, kitOptions{}, []byte("rom"))
	agent := func(version, mac string) string { return "Yealink SIP-T46U " + version + " " + mac }
	ask := func(door provisioning.Door, from, path, agent string) string {
		return taken(t, k.p.Answer(t.Context(), request(door, from, path, agent)))
	}
	if got := ask(provisioning.DoorTFTP, inside, romT46, ""); got != "404" {
		t.Errorf("no phone there: %s", got)
	}
	k.importPhone(t, macT46, "yealink-t46u", false)
	k.importPhone(t, "805ec0000009", "yealink-t31p", false)
	eventually(t, "tokens", func() bool { return k.device(macT46).Token != "" && k.device("805ec0000009").Token != "" })
	own, other := "/p/~"+k.token(macT46)+"/", "/p/~"+k.token("805ec0000009")+"/"
	for _, c := range []struct {
		name             string
		door             provisioning.Door
		from, path, says string
		want             string
	}{
		{"own URL, the folder", provisioning.DoorHTTPS, outside, own + "firmware/" + romT46, agent("108.85.0.1", macT46), "rom"},
		{"own URL, another letter case", provisioning.DoorHTTP, outside, own + strings.ToUpper(romT46), "", "rom"},
		{"another model's URL", provisioning.DoorHTTP, inside, other + "firmware/" + romT46, "", "404"},
		{"a wrong URL", provisioning.DoorHTTP, outside, "/p/~0000000000000000/firmware/" + romT46, "", "404"},
		{"at the root, inside", provisioning.DoorHTTP, inside, "/" + romT46, "", "rom"},
		{"at the root, outside", provisioning.DoorHTTP, outside, "/" + romT46, "", "404"},
		{"outside, by its MAC alone", provisioning.DoorHTTP, outside, "/" + romT46, agent("108.85.0.1", macT46), "404"},
		{"TFTP", provisioning.DoorTFTP, inside, romT46, "", "rom"},
		{"another vendor's phone", provisioning.DoorHTTP, inside, "/" + romT46, "Grandstream Model HW GRP2614 SW 1.0.5.6 DevId c074ad000001", "404"},
		{"an unknown phone", provisioning.DoorHTTP, inside, "/" + romT46, agent("108.85.0.1", "805ec0777777"), "404"},
		{"no such file", provisioning.DoorHTTP, inside, own + "firmware/T46U-1.rom", "", "404"},
	} {
		if got := ask(c.door, c.from, c.path, c.says); got != c.want {
			t.Errorf("%s: %q, %q", c.name, got, k.lastRule(macT46))
		}
	}
	if !k.p.Claims("/"+romT46) || k.p.Claims("/other.rom") {
		t.Error("the path of a firmware is not a phone's")
	}
	k.update(t, func(tx *directory.Tx) error {
		again := *tx.Snapshot().Firmware(f.ID)
		again.After = "108.80"
		return tx.PutFirmware(&again)
	})
	for version, want := range map[string]string{"66.86.0.15": "404", "108.80.0.1": "rom"} {
		if got := ask(provisioning.DoorHTTP, inside, own+romT46, agent(version, macT46)); got != want {
			t.Errorf("from %s: %s, %s", version, got, k.lastRule(macT46))
		}
	}
	k.change(t, macT46, func(d *directory.Device) { d.Disabled = true })
	if got := ask(provisioning.DoorHTTP, inside, own+romT46, ""); got != "404" {
		t.Errorf("disabled: %s", got)
	}
	k.change(t, macT46, func(d *directory.Device) { d.Disabled = false })
	k.update(t, func(tx *directory.Tx) error {
		again := *tx.Snapshot().Firmware(f.ID)
		again.Bad = "loses its clock"
		return tx.PutFirmware(&again)
	})
	if got := ask(provisioning.DoorHTTP, inside, own+romT46, ""); got != "404" || !strings.Contains(k.lastRule(macT46), "loses its clock") {
		t.Errorf("bad: %s, %q", got, k.lastRule(macT46))
	}
}

func TestFirmwareAtOnce(t *testing.T) {
	k, library, f, _ := withFirmware(t, kitOptions{}, []byte("rom"))
	k.importPhone(t, macT46, "yealink-t46u", false)
	k.update(t, func(tx *directory.Tx) error { return tx.SetLimit("firmware_parallel", 2) })
	one, two := k.get(inside, "/"+romT46), k.get(inside, "/"+romT46)
	three := k.get(inside, "/"+romT46)
	if one.Status != 200 || two.Status != 200 || three.Status != 503 || three.RetryAfter < 30 {
		t.Fatalf("%d %d %d, %d", one.Status, two.Status, three.Status, three.RetryAfter)
	}
	one.File.Close()
	one.File.Close() // makes room once
	if r := k.get(inside, "/"+romT46); taken(t, r) != "rom" {
		t.Error(r.Status)
	}
	if r := k.get(inside, "/"+romT46); taken(t, r) != "rom" {
		t.Error(r.Status)
	}
	two.File.Close()
	all := make([]*firmware.File, 2)
	for i := range all {
		var err error
		all[i], err = library.Open(f)
		must(t, err)
	}
	if _, err := library.Open(f); !errors.Is(err, firmware.ErrBusy) {
		t.Error(err)
	}
	for _, o := range all {
		o.Close()
	}
}

// TestFirmwareByHTTP: whole, in pieces, not at all, through the phones' server.
func TestFirmwareByHTTP(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789abcdef"), 1<<14)
	k, _, _, folder := withFirmware(t, kitOptions{}, content)
	k.importPhone(t, macT46, "yealink-t46u", false)
	phones := httpdoor.New(k.p.Answer, nil)
	gate := door.NewGate(k.dir.Snapshot, "site_connections", "http_connections_per_source")
	server := httpdoor.NewServer(httpdoor.ServerConfig{Handler: phones, Phones: phones, Claims: k.p.Claims, Gate: gate})
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	go server.Serve(ln) //nolint:errcheck // Close ends it
	t.Cleanup(func() { server.Close() })
	url := "http://" + ln.Addr().String() + "/" + romT46
	ask := func(method string, head ...string) (*http.Response, string) {
		r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
		must(t, err)
		for i := 0; i < len(head); i += 2 {
			r.Header.Set(head[i], head[i+1])
		}
		res, err := http.DefaultClient.Do(r)
		must(t, err)
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		must(t, err)
		return res, string(body)
	}
	whole, body := ask("GET")
	if whole.StatusCode != 200 || body != string(content) {
		t.Fatalf("%s, %d bytes", whole.Status, len(body))
	}
	if r, body := ask("HEAD"); r.StatusCode != 200 || body != "" || r.ContentLength != int64(len(content)) {
		t.Errorf("HEAD: %s, %d", r.Status, r.ContentLength)
	}
	if r, body := ask("GET", "Range", "bytes=16-31"); r.StatusCode != 206 || body != "0123456789abcdef" {
		t.Errorf("Range: %s, %q", r.Status, body)
	}
	if r, body := ask("GET", "If-None-Match", whole.Header.Get("ETag")); r.StatusCode != 304 || body != "" {
		t.Errorf("If-None-Match: %s", r.Status)
	}
	for _, e := range mustDir(t, folder) {
		must(t, os.Remove(filepath.Join(folder, e.Name())))
	}
	if r, _ := ask("GET"); r.StatusCode != 404 {
		t.Errorf("a lost file: %s", r.Status)
	}
	http.DefaultClient.CloseIdleConnections()
}

func mustDir(t *testing.T, folder string) []os.DirEntry {
	t.Helper()
	all, err := os.ReadDir(folder)
	must(t, err)
	return all
}

func TestFirmwareUpload(t *testing.T) {
	k, library, f, folder := withFirmware(t, kitOptions{}, []byte("rom"))
	if f.Vendor != "yealink" || len(f.Models) != 1 || f.Size != 3 || f.At.IsZero() {
		t.Errorf("%+v", f)
	}
	add := func(f directory.Firmware, body io.Reader) error {
		f.Vendor, f.Version = "yealink", "1"
		return library.Add(t.Context(), directory.Actor{}, &f, body)
	}
	model := []string{"yealink-t46u"}
	for name, c := range map[string]struct {
		f    directory.Firmware
		body io.Reader
		want error
	}{
		"taken":        {directory.Firmware{Models: model, File: strings.ToLower(romT46)}, nil, firmware.ErrTaken},
		"settings":     {directory.Firmware{Models: model, File: "y000000000000.cfg"}, nil, firmware.ErrTaken},
		"of a phone":   {directory.Firmware{Models: model, File: macT46 + ".cfg"}, nil, firmware.ErrTaken},
		"a path":       {directory.Firmware{Models: model, File: "a/b.rom"}, nil, firmware.ErrRefused},
		"other vendor": {directory.Firmware{Models: []string{"snom-d785"}, File: "a.rom"}, nil, firmware.ErrUnknown},
		"empty":        {directory.Firmware{Models: model, File: "a.rom"}, strings.NewReader(""), blob.ErrEmpty},
		"too long":     {directory.Firmware{Models: model, File: "a.rom"}, io.LimitReader(zeros{}, 1<<20+1), blob.ErrTooLong},
	} {
		if err := add(c.f, c.body); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := add(directory.Firmware{Models: model, File: "a.rom"}, io.LimitReader(zeros{}, 1<<20)); err != nil {
		t.Error(err)
	}
	// A deleted one's file goes, once it is old.
	old := time.Now().Add(-2 * time.Hour)
	for _, e := range mustDir(t, folder) {
		must(t, os.Chtimes(filepath.Join(folder, e.Name()), old, old))
	}
	k.update(t, func(tx *directory.Tx) error { return tx.DeleteFirmware(f.ID) })
	eventually(t, "the file is gone", func() bool { return len(mustDir(t, folder)) == 1 })
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }
