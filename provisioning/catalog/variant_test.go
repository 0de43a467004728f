package catalog_test

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"

	"cradle/provisioning/catalog"
	"cradle/provisioning/render"
)

func TestVariant(t *testing.T) {
	fsys := good()
	fsys["acme/x/a.tmpl"] = &fstest.MapFile{Data: []byte("#!version:1\nurl = {{.provision.url}}\n{{template \"b.tmpl\"}}")}
	fsys["acme/x/b.tmpl"] = &fstest.MapFile{Data: []byte("time = {{.time.server}}\n")}
	c, err := catalog.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	f := c.Model("acme-one").Family
	if got := strings.Join(f.Parts(), " "); got != "a.tmpl b.tmpl" {
		t.Errorf("parts %q", got)
	}
	if text, ok := f.Part("b.tmpl"); !ok || text != "time = {{.time.server}}\n" {
		t.Errorf("b.tmpl is %q", text)
	}
	if _, ok := f.Part("../vendor.yaml"); ok {
		t.Error("a file that is no template is a part")
	}
	v, err := f.Variant(map[string]string{"b.tmpl": "zone = {{.time.zone}}\n"})
	if err != nil || len(v) != 1 {
		t.Fatalf("%v, %v", v, err)
	}
	for file, pair := range v {
		if pair.Template == nil || pair.Bootstrap == nil || pair.Template == file.Template {
			t.Errorf("%s: %+v", file.Name, pair)
		}
	}
	for text, want := range map[string]error{
		"pin = {{.auth.admin_password}}\n": render.ErrRefused, // a.tmpl is the bootstrap too
		"{{template \"b.tmpl\"}}":          render.ErrRefused,
		"x = {{.nothing}}\n":               render.ErrRefused,
	} {
		if _, err := f.Variant(map[string]string{"b.tmpl": text}); !errors.Is(err, want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	if _, err := f.Variant(map[string]string{"c.tmpl": ""}); !errors.Is(err, catalog.ErrNoPart) {
		t.Errorf("a part that is none: %v", err)
	}
}
