package provisioning_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/custom"
)

// upload saves a version of the phone template of yealink-t46u and puts it in force.
func (k *kit) upload(t testing.TB, scope directory.Scope, edit func(string) string) *directory.Template {
	t.Helper()
	builtin, ok := k.p.Catalog().Model("yealink-t46u").Family.Part("phone.tmpl")
	if !ok {
		t.Fatal("no phone.tmpl")
	}
	tmpl := k.dir.Snapshot().TemplateFor(scope, "yealink-t46u", "phone.tmpl")
	k.update(t, func(tx *directory.Tx) error {
		if tmpl == nil {
			tmpl = &directory.Template{Scope: scope, Model: "yealink-t46u", File: "phone.tmpl", Name: "ours"}
			if scope.Kind != "appliance" {
				tmpl.Organization = k.org.ID
			}
			if err := tx.PutTemplate(tmpl); err != nil {
				return err
			}
		}
		v := &directory.TemplateVersion{Template: tmpl.ID, Text: edit(builtin)}
		if err := tx.AddTemplateVersion(v); err != nil {
			return err
		}
		c := *tx.Snapshot().Template(tmpl.ID)
		c.Previous, c.Active, c.Share = c.Active, v.Number, 100
		tmpl = &c
		return tx.PutTemplate(&c)
	})
	return k.dir.Snapshot().Template(tmpl.ID)
}

func added(line string) func(string) string {
	return func(text string) string { return text + "\n" + line + "\n" }
}

func TestNearestScopesTemplateIsServed(t *testing.T) {
	k := newKit(t, kitOptions{})
	d := k.importPhone(t, yMAC, "yealink-t46u", true)
	k.importPhone(t, sMAC, "snom-d785", false)
	for _, c := range []struct {
		scope directory.Scope
		line  string
	}{
		{directory.Scope{Kind: "appliance"}, "features.custom = appliance"},
		{directory.Scope{Kind: "organization", ID: string(k.org.ID)}, "features.custom = organization"},
		{directory.Scope{Kind: "site", ID: string(k.site.ID)}, "features.custom = site"},
		{directory.Scope{Kind: "device", ID: string(d.ID)}, "features.custom = {{.phone.id}}"},
	} {
		tmpl := k.upload(t, c.scope, added(c.line))
		want := strings.Replace(c.line, "{{.phone.id}}", d.PhoneID, 1)
		if r := k.get(inside, yFile); r.Status != 200 || !contains(r.Body, want) || !contains(r.Body, lineSecret(d)) {
			t.Errorf("%s: %d without %q: %s", c.scope.Kind, r.Status, want, k.lastRule(yMAC))
		}
		if r := k.get(inside, sFile); contains(r.Body, "features.custom") {
			t.Errorf("%s: another model got it", c.scope.Kind)
		}
		k.update(t, func(tx *directory.Tx) error { c := *tmpl; c.Active = 0; return tx.PutTemplate(&c) })
		if r := k.get(inside, yFile); contains(r.Body, want) {
			t.Errorf("%s: restoring the built-in one has no effect", c.scope.Kind)
		}
		k.update(t, func(tx *directory.Tx) error {
			c := *tx.Snapshot().Template(tmpl.ID)
			c.Active = tmpl.Active
			return tx.PutTemplate(&c)
		})
	}
}

func TestTemplateThatDoesNotRenderFallsBack(t *testing.T) {
	k := newKit(t, kitOptions{})
	d := k.importPhone(t, yMAC, "yealink-t46u", true)
	site := directory.Scope{Kind: "site", ID: string(k.site.ID)}
	k.upload(t, site, added("features.custom = first"))
	if r := k.get(inside, yFile); !contains(r.Body, "first") {
		t.Fatal(k.lastRule(yMAC))
	}
	// Nobody has a name for this phone: a value that is not set.
	k.upload(t, site, added("features.custom = {{.phone.name}}"))
	if r := k.get(inside, yFile); r.Status != 200 || !contains(r.Body, "features.custom = first") || !strings.Contains(k.lastRule(yMAC), "does not render") {
		t.Errorf("%d: %s", r.Status, k.lastRule(yMAC))
	}
	if fault := k.p.TemplateFaults()[d.ID]; !strings.Contains(fault, "phone.name") {
		t.Errorf("the fault is told as %q", fault)
	}
	k.change(t, yMAC, func(d *directory.Device) { d.Name = "Ada's desk" })
	if r := k.get(inside, yFile); !contains(r.Body, "features.custom = Ada's desk") || len(k.p.TemplateFaults()) != 0 {
		t.Errorf("mended: %s, %v", k.lastRule(yMAC), k.p.TemplateFaults())
	}
	// A phone that nothing of it ever rendered for has the built-in template.
	k.importPhone(t, "805ec0aaaaaa", "yealink-t46u", false)
	if r := k.get(inside, "/p/805ec0aaaaaa.cfg"); r.Status != 200 || contains(r.Body, "features.custom") {
		t.Errorf("%d: %s", r.Status, k.lastRule("805ec0aaaaaa"))
	}
	// A broken file never leaves: the same key twice.
	k.upload(t, site, added("lang.gui = x\nlang.gui = y"))
	if r := k.get(inside, yFile); r.Status != 200 || contains(r.Body, "lang.gui = y") {
		t.Errorf("%d: %s", r.Status, k.lastRule(yMAC))
	}
}

// What last rendered for a phone is known after a restart, and after a kill as
// of a second before: not its text, its number.
func TestLastGoodVersionSurvives(t *testing.T) {
	k := newKit(t, kitOptions{})
	d := k.importPhone(t, yMAC, "yealink-t46u", true)
	site := directory.Scope{Kind: "site", ID: string(k.site.ID)}
	k.upload(t, site, added("features.custom = first"))
	if r := k.get(inside, yFile); !contains(r.Body, "first") {
		t.Fatal(k.lastRule(yMAC))
	}
	k.upload(t, site, added("features.custom = {{.phone.name}}"))
	kept := func() string {
		value, err := k.dir.Shelf("last-good").Get(string(d.ID))
		must(t, err)
		return string(value)
	}
	eventually(t, "its number is kept", func() bool { return strings.Contains(kept(), `"Number":1`) })
	if strings.Contains(kept(), "features.custom") {
		t.Errorf("its text is kept: %s", kept())
	}
	// The one that was killed never comes to write anything more.
	again, err := provisioning.New(provisioning.Config{
		Directory: k.dir, Catalog: k.p.Catalog(), Registered: k.registered, Now: k.clock, Servers: provisioning.Servers{HTTPPort: 8080, SIPPort: 5060},
	})
	must(t, err)
	defer func() { must(t, again.Close()) }()
	k.p, again = again, k.p
	if r := k.get(inside, yFile); r.Status != 200 || !contains(r.Body, "features.custom = first") {
		t.Errorf("%d: %s", r.Status, k.lastRule(yMAC))
	}
	if fault := k.p.TemplateFaults()[d.ID]; !strings.Contains(fault, "phone.name") {
		t.Errorf("the fault is told as %q", fault)
	}
	k.update(t, func(tx *directory.Tx) error { return tx.DeleteDevice(d.ID) })
	last, err := provisioning.New(provisioning.Config{Directory: k.dir, Catalog: k.p.Catalog(), Now: k.clock})
	must(t, err)
	must(t, last.Close())
	if kept() != "" {
		t.Errorf("a phone that is gone is kept: %s", kept())
	}
}

// One edit renders the settings of fifty phones anew; and while it is
// rolled out, a stable part of them has the new ones.
func TestFiftyPhonesOfOneTemplate(t *testing.T) {
	k := newKit(t, kitOptions{})
	file := func(i int) string { return fmt.Sprintf("/p/805ec01000%02x.cfg", i) }
	for i := range 50 {
		k.importPhone(t, fmt.Sprintf("805ec01000%02x", i), "yealink-t46u", false)
	}
	have := func(text string) (n int, which string) {
		for i := range 50 {
			r := k.get(inside, file(i))
			if r.Status != 200 {
				t.Fatalf("%s: %d", file(i), r.Status)
			}
			if contains(r.Body, text) {
				n++
				which += fmt.Sprint(i, " ")
			}
		}
		return n, which
	}
	org := directory.Scope{Kind: "organization", ID: string(k.org.ID)}
	tmpl := k.upload(t, org, added("features.custom = one"))
	if n, _ := have("features.custom = one"); n != 50 {
		t.Errorf("%d phones have the edit", n)
	}
	tmpl = k.upload(t, org, added("features.custom = two"))
	last, lot := 0, ""
	for _, share := range []int{0, 10, 50, 100} {
		k.update(t, func(tx *directory.Tx) error {
			c := *tx.Snapshot().Template(tmpl.ID)
			c.Share = share
			return tx.PutTemplate(&c)
		})
		n, which := have("features.custom = two")
		older, _ := have("features.custom = one")
		if n+older != 50 || n < last || share == 0 && n != 0 || share == 100 && n != 50 || share == 50 && (n < 15 || n > 35) || lot != "" && !strings.HasPrefix(which, lot[:2]) && share == 10 {
			t.Errorf("at %d percent %d phones have the new one, %d the old", share, n, older)
		}
		last, lot = n, which
	}
}

func TestPreviewAndCheck(t *testing.T) {
	k := newKit(t, kitOptions{})
	named := k.importPhone(t, yMAC, "yealink-t46u", true)
	k.change(t, yMAC, func(d *directory.Device) { d.Name = "Ada's desk" })
	k.importPhone(t, "805ec0aaaaaa", "yealink-t46u", false)
	k.importPhone(t, sMAC, "snom-d785", false)
	builtin, _ := k.p.Catalog().Model("yealink-t46u").Family.Part("phone.tmpl")
	tmpl := k.upload(t, directory.Scope{Kind: "appliance"}, func(s string) string { return s })
	eventually(t, "their tokens", func() bool {
		return k.device(yMAC).Token != "" && k.device("805ec0aaaaaa").Token != "" && k.device(sMAC).Token != ""
	})
	ctx := context.Background()
	before := k.dir.Snapshot().Revision()
	same, err := k.p.Preview(ctx, tmpl.ID, builtin, "", "")
	must(t, err)
	if same.Phones != 2 || same.Changed != 0 || len(same.Devices) != 0 {
		t.Errorf("the same text: %+v", same)
	}
	some, err := k.p.Preview(ctx, tmpl.ID, builtin+"{{with .phone.name}}features.custom = {{.}}\n{{end}}", "", "")
	must(t, err)
	if some.Phones != 2 || some.Changed != 1 || some.Failed != 0 || some.Devices[0].Device.ID != named.ID || !strings.Contains(some.Devices[0].Files[0].Diff, "\n+features.custom = Ada's desk") {
		t.Errorf("for one phone: %+v", some)
	}
	if strings.Contains(some.Devices[0].Files[0].Diff, lineSecret(named)) {
		t.Error("a preview shows a secret")
	}
	broken, err := k.p.Preview(ctx, tmpl.ID, builtin+"\nfeatures.custom = {{.phone.name}}\n", "", "")
	must(t, err)
	if broken.Changed != 1 || broken.Failed != 1 || !strings.Contains(broken.Devices[0].Fault, "phone.name") {
		t.Errorf("not for the other: %+v", broken)
	}
	if k.dir.Snapshot().Revision() != before {
		t.Error("a preview changed something")
	}
	accounts, _ := k.p.Catalog().Model("yealink-t46u").Family.Part("accounts.tmpl")
	findings, err := k.p.CheckTemplate(k.org.ID, "yealink-t46u", "accounts.tmpl", strings.Replace(accounts, "user_name", "usr_name", 1))
	must(t, err)
	var told []string
	for _, f := range findings {
		told = append(told, fmt.Sprintf("%d %s %s", f.Line, f.Severity, f.Text))
	}
	if all := strings.Join(told, "\n"); !strings.Contains(all, "never writes account.1.usr_name") || !strings.Contains(all, "user_name is missing") || custom.Bad(findings) {
		t.Errorf("findings:\n%s", all)
	}
	if findings, err = k.p.CheckTemplate(k.org.ID, "yealink-t46u", "phone.tmpl", builtin); err != nil || len(findings) != 0 {
		t.Errorf("the built-in text: %v, %v", findings, err)
	}
	if findings, err = k.p.CheckTemplate(k.org.ID, "yealink-t46u", "phone.tmpl", "x = {{.nothing}}\n"); err != nil || !custom.Bad(findings) || findings[0].Line != 1 {
		t.Errorf("an unknown value: %v, %v", findings, err)
	}
	tests := []directory.TemplateTest{{Model: "yealink-t46u", Line: "account.1.enable = 1"}, {Model: "yealink-t46u", Line: "account.1.enable = 1", Absent: true}, {Model: "nobody-1", Line: "x"}}
	failed, err := k.p.TestTemplate(k.org.ID, "phone.tmpl", builtin, tests)
	must(t, err)
	if len(failed) != 2 || !strings.Contains(failed[0], "is there") || !strings.Contains(failed[1], "no such model") {
		t.Errorf("tests: %q", failed)
	}
}

// What is found in a text is said by the values of the organization that asks.
func TestFindingsHoldNobodyElsesValues(t *testing.T) {
	k := newKit(t, kitOptions{})
	other := directory.Organization{Name: "Other", Domain: "other.example"}
	k.update(t, func(tx *directory.Tx) error {
		if err := tx.PutOrganization(&other); err != nil {
			return err
		}
		return tx.PutSite(&directory.Site{Organization: other.ID, Name: "Zurich"})
	})
	accounts, _ := k.p.Catalog().Model("yealink-t46u").Family.Part("accounts.tmpl")
	nosy := strings.Replace(accounts, ".port = {{.port}}", ".port = {{$.server.domain}}", 1)
	nosy = strings.Replace(nosy, ".port = {{$.server.port}}", ".port = {{$.server.domain}}", 1)
	for org, want := range map[directory.ID]string{k.org.ID: "acme.example", other.ID: "other.example", "": ""} {
		findings, err := k.p.CheckTemplate(org, "yealink-t46u", "accounts.tmpl", nosy)
		must(t, err)
		told := fmt.Sprint(findings)
		if !strings.Contains(told, want) || org == other.ID && strings.Contains(told, "acme") {
			t.Errorf("to %q: %s", want, told)
		}
		failed, err := k.p.TestTemplate(org, "accounts.tmpl", accounts, []directory.TemplateTest{{Model: "yealink-t46u", Line: "account.1.sip_server.1.address = 127.0.0.1"}})
		must(t, err)
		if len(failed) > 1 {
			t.Errorf("%q", failed)
		}
	}
}

// However many phones a text alters, a bounded number is shown, and of them first
// those that it does not render for. Nothing is noted of what people look at.
func TestPreviewOfManyPhones(t *testing.T) {
	k := newKit(t, kitOptions{})
	for i := range 120 {
		k.importPhone(t, fmt.Sprintf("805ec01000%02x", i), "yealink-t46u", false)
	}
	last := k.importPhone(t, "805ec01000ff", "yealink-t46u", false)
	org := directory.Scope{Kind: "organization", ID: string(k.org.ID)}
	tmpl := k.upload(t, org, func(s string) string { return s })
	text := added(`features.custom = {{pick .phone.mac "805ec01000ff" "" "x"}}` + "\n" + `features.fault = {{if eq .phone.mac "805ec01000ff"}}{{.phone.name}}{{else}}1{{end}}`)
	builtin, _ := k.p.Catalog().Model("yealink-t46u").Family.Part("phone.tmpl")
	all, err := k.p.Preview(t.Context(), tmpl.ID, text(builtin), "", "")
	must(t, err)
	if all.Phones != 121 || all.Changed != 120 || all.Failed != 1 || len(all.Devices) != 100 || all.Devices[0].Device.ID != last.ID {
		t.Errorf("%d phones, %d changed, %d failed, %d shown", all.Phones, all.Changed, all.Failed, len(all.Devices))
	}
	if none, err := k.p.Preview(t.Context(), tmpl.ID, builtin, "another", ""); err != nil || none.Phones != 121 {
		t.Errorf("the template's own organization goes before: %+v, %v", none, err)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := k.p.Preview(gone, tmpl.ID, builtin, "", ""); err == nil {
		t.Error("nobody waits for it, and it is made")
	}
	k.upload(t, org, text)
	if _, err := k.p.Render(last.ID, "{mac}.cfg"); err != nil {
		t.Fatal(err)
	}
	if faults := k.p.TemplateFaults(); len(faults) != 0 {
		t.Errorf("looking at a phone's file is noted: %v", faults)
	}
}

// A text that brings secrets into its own faults does not bring them to people.
func TestFaultsHoldNoSecrets(t *testing.T) {
	k := newKit(t, kitOptions{})
	d := k.importPhone(t, yMAC, "yealink-t46u", true)
	org := directory.Scope{Kind: "organization", ID: string(k.org.ID)}
	for what, line := range map[string]string{
		"a number": `x = {{number .auth.admin_password}}`,
		"a line":   `{{.auth.admin_password}} = 1` + "\n" + `{{.auth.admin_password}} = 2`,
		"a choice": `x = {{pick .auth.admin_password "a" "b"}}`,
	} {
		k.upload(t, org, added(line))
		if r := k.get(inside, yFile); r.Status != 200 {
			t.Fatalf("%s: %d", what, r.Status)
		}
		why, err := k.p.WhyNot(d.ID)
		must(t, err)
		told := fmt.Sprint(k.p.TemplateFaults(), k.p.Journal().Of(d.MAC), why)
		if secret := d.AdminPassword.Reveal(); strings.Contains(told, secret) || len(k.p.TemplateFaults()) != 1 {
			t.Errorf("%s: %s", what, told)
		}
	}
}
