package provisioning_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"cradle/directory"
	"cradle/provisioning"
)

// TestRefusalsDoTheSameWork: whoever asks for a phone that is there gets not only
// the same answer as for one that is not: the same is done for it. Memory taken
// is counted, because it is the same on every machine, and the directory and the
// phones' records are left alone in either case.
func TestRefusalsDoTheSameWork(t *testing.T) {
	k := newKit(t, kitOptions{site: func(s *directory.Site) { s.Adoption = directory.AdoptClosed }})
	for _, mac := range []string{yMAC, "805ec0000001", "805ec0000002", "805ec0000003", "805ec0000004"} {
		k.importPhone(t, mac, "yealink-t46u", true)
		eventually(t, "its token", func() bool { return k.device(mac).Token != "" })
	}
	k.change(t, "805ec0000001", func(d *directory.Device) { d.Disabled = true })
	k.change(t, "805ec0000003", func(d *directory.Device) { d.Step = directory.StepSeen })
	k.update(t, func(tx *directory.Tx) error {
		return errors.Join(tx.Retire(k.device("805ec0000004").ID), tx.SetLimit("misses_per_source", 100_000)) // nobody is ignored
	})
	wrong := "/p/~" + strings.Repeat("a", 26)
	revision := k.dir.Snapshot().Revision()
	for _, pair := range []struct {
		name, from     string
		known, unknown string
	}{
		{"from outside", outside, yFile, "/p/805ec0999999.cfg"},
		{"disabled", outside, "/p/805ec0000001.cfg", "/p/805ec0999999.cfg"},
		{"seen", outside, "/p/805ec0000003.cfg", "/p/805ec0999999.cfg"},
		{"out of service", outside, "/p/805ec0000004.cfg", "/p/805ec0999999.cfg"},
		{"wrong token", inside, wrong + "/805ec0123456.cfg", wrong + "/805ec0999999.cfg"},
		{"wrong token from outside", outside, wrong + "/805ec0123456.cfg", wrong + "/805ec0999999.cfg"},
		{"disabled, inside", inside, "/p/805ec0000001.cfg", "/p/805ec0999999.cfg"},
		{"out of service, inside", inside, "/p/805ec0000004.cfg", "/p/805ec0999999.cfg"},
	} {
		work := func(path string) (provisioning.Response, float64) {
			k.get(pair.from, path) // what is kept of a source is made once
			return k.get(pair.from, path), testing.AllocsPerRun(50, func() { k.get(pair.from, path) })
		}
		known, n := work(pair.known)
		unknown, m := work(pair.unknown)
		if known.Status != 404 || !reflect.DeepEqual(known, unknown) {
			t.Errorf("%s: %+v for one that is there, %+v for one that is not", pair.name, known, unknown)
		}
		if most := map[string]float64{inside: 4}[pair.from]; !raced && (n-m > most || m-n > most) { // inside, whether it may be adopted is asked besides
			t.Errorf("%s: %.1f pieces of memory for one that is there, %.1f for one that is not", pair.name, n, m)
		}
	}
	if now := k.dir.Snapshot().Revision(); now != revision {
		t.Errorf("refusals changed the directory: %d, %d", revision, now)
	}
}

// TestNoRenderingIsOnDisk: what is made for phones is in memory only; a word that
// stands in every such file, and in no record, is in no file of the store.
func TestNoRenderingIsOnDisk(t *testing.T) {
	k := newKit(t, kitOptions{})
	k.importPhone(t, yMAC, "yealink-t46u", true)
	eventually(t, "its token", func() bool { return k.device(yMAC).Token != "" })
	const word = "account.1.sip_server.1.address"
	for _, path := range []string{yFile, "/p/~" + k.token(yMAC) + "/805ec0123456.cfg"} {
		if r := k.get(inside, path); r.Status != 200 || !contains(r.Body, word) {
			t.Fatalf("%s: %d", path, r.Status)
		}
	}
	must(t, k.p.Close()) // what it keeps, it has written by then
	again, err := provisioning.New(provisioning.Config{Directory: k.dir, Catalog: k.p.Catalog(), Now: k.clock})
	must(t, err)
	k.p = again
	files := 0
	err = filepath.WalkDir(filepath.Dir(t.TempDir()), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if files++; contains(body, word) {
			t.Errorf("%s holds a file of a phone", path)
		}
		return err
	})
	if err != nil || files == 0 {
		t.Errorf("%d files were read: %v", files, err)
	}
}

// TestWhatAModelAsksForIsNoMiss: phones ask for files that are not there, at each
// boot; that is no guess of anybody.
func TestWhatAModelAsksForIsNoMiss(t *testing.T) {
	k := newKit(t, kitOptions{})
	for i := range 20 {
		mac := fmt.Sprintf("805ec01000%02x", i)
		k.importPhone(t, mac, "yealink-t46u", false)
		for range 3 {
			if r := k.get(inside, "/p/"+mac+".boot"); r.Status != 404 {
				t.Fatalf("%d: there is such a file", r.Status)
			}
		}
	}
	if list := k.p.Alarms().List(); len(list) != 0 {
		t.Errorf("alarms: %+v", list)
	}
}
