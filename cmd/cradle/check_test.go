package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"cradle/directory"
	"cradle/directory/blob"
)

func TestCheckReadsTheLargeFiles(t *testing.T) {
	data := t.TempDir()
	s, err := openStore(t.Context(), data, quiet(console{err: os.Stderr}))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	blobs, err := blob.Open(filepath.Join(data, blobFolder), blob.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"good", "damaged", "missing"} {
		sum, size, err := blobs.Put(t.Context(), strings.NewReader(name))
		if err != nil {
			t.Fatal(err)
		}
		f := &directory.Firmware{Vendor: "acme", Models: []string{"acme-one"}, Version: "1", File: name, Size: size, SHA256: sum}
		if err := s.Update(t.Context(), directory.Actor{Kind: "user", Name: "test"}, func(tx *directory.Tx) error { return tx.PutFirmware(f) }); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(data, blobFolder, sum)
		if name != "good" {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
		if name == "damaged" {
			if err := os.WriteFile(path, []byte("Damaged"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	faults, err := blobFaults(t.Context(), data, s.Snapshot())
	if err != nil || len(faults) != 3 {
		t.Fatalf("%v, %v", faults, err)
	}
	said := ""
	for _, f := range faults {
		said += f.Fault + ";"
	}
	for _, want := range []string{"its content is not what its name says", "damaged is damaged", "missing is missing"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q lacks %q", said, want)
		}
	}
}
