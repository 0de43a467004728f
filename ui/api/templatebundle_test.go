package api

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// bundle is a file of one template with as many versions, all of the same text.
func bundleOf(t *testing.T, versions int) []byte {
	t.Helper()
	b := bundled{Model: "acme-one", File: "phone.tmpl", Name: "ours"}
	for range versions {
		b.Versions = append(b.Versions, bundledVersion{Text: "text"})
	}
	list, err := json.Marshal([]bundled{b})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for name, body := range map[string][]byte{manifest: list, "text": []byte("x")} {
		if err := pack(z, name, body); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// One text that is named without end is no way around the bound.
func TestBundlesAreBounded(t *testing.T) {
	if all, texts, err := unpack(bundleOf(t, maxEntries-1)); err != nil || len(all) != 1 || texts["text"] != "x" {
		t.Errorf("at the bound: %v", err)
	}
	if _, _, err := unpack(bundleOf(t, maxEntries)); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("past it: %v", err)
	}
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	for _, name := range []string{"a", "b", manifest} {
		if err := pack(z, name, make([]byte, maxUnpacked/2)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := unpack(bomb.Bytes()); err == nil || !strings.Contains(err.Error(), "in all") {
		t.Errorf("a bomb of %d bytes: %v", bomb.Len(), err)
	}
}
