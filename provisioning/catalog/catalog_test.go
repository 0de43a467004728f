package catalog_test

import (
	"testing"

	"cradle/provisioning/catalog"
	"cradle/templates"
)

func TestBuiltInCatalogueLoads(t *testing.T) {
	c, err := catalog.Load(templates.FS())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"yealink-t46u", "snom-d785", "grandstream-grp2614", "poly-vvx450"} {
		if c.Model(name) == nil {
			t.Errorf("no model %s", name)
		}
	}
}
