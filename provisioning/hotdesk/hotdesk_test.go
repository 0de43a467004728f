package hotdesk_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cradle/directory"
	"cradle/directory/kv/boltkv"
	"cradle/directory/seating"
	"cradle/provisioning"
	"cradle/provisioning/catalog"
	"cradle/provisioning/hotdesk"
)

// office has Ada (101) at home at a phone, Grace (102) nowhere, and a hot desk.
type office struct {
	t          *testing.T
	dir        *directory.Directory
	d          *hotdesk.Dialogue
	now        time.Time
	home, desk *directory.Device
	ada, grace *directory.Extension
}

func open(t *testing.T, language string) *office {
	t.Helper()
	engine, err := boltkv.Open(filepath.Join(t.TempDir(), "cradle.db"), boltkv.Options{})
	if err != nil {
		t.Fatal(err)
	}
	dir, err := directory.Open(context.Background(), directory.Options{Engine: engine, Keys: directory.NewKeys()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = dir.Close() })
	o := &office{t: t, dir: dir, now: time.Unix(1_000_000, 0)}
	o.d = hotdesk.New(hotdesk.Config{Directory: dir, Rules: seating.New(seating.Config{Directory: dir, Even: time.Millisecond}), Now: func() time.Time { return o.now }})
	o.update(func(tx *directory.Tx) error {
		org := directory.Organization{Name: "Acme", Language: language}
		if err := tx.PutOrganization(&org); err != nil {
			return err
		}
		site := directory.Site{Organization: org.ID, Name: "London"}
		if err := tx.PutSite(&site); err != nil {
			return err
		}
		o.ada = &directory.Extension{Organization: org.ID, Site: site.ID, Number: "101", Name: "Ada", HotDesk: true, DefaultPIN: directory.NewSecret("4711")}
		o.grace = &directory.Extension{Organization: org.ID, Site: site.ID, Number: "102", Name: "Grace", HotDesk: true, DefaultPIN: directory.NewSecret("4712")}
		for _, e := range []*directory.Extension{o.ada, o.grace} {
			if err := tx.PutExtension(e); err != nil {
				return err
			}
		}
		o.home = &directory.Device{Organization: org.ID, Site: site.ID, MAC: "020000000001", Step: directory.StepApproved, Lines: []directory.Line{{Home: o.ada.ID}}}
		o.desk = &directory.Device{Organization: org.ID, Site: site.ID, MAC: "020000000002", Step: directory.StepApproved}
		if err := tx.PutDevice(o.home); err != nil {
			return err
		}
		if err := tx.PutDevice(o.desk); err != nil {
			return err
		}
		return tx.SetVirtualizationSecret(o.grace.ID, "13579")
	})
	return o
}

func (o *office) update(f func(*directory.Tx) error) {
	o.t.Helper()
	if err := o.dir.Update(context.Background(), directory.Actor{Kind: "system", Name: "test"}, f); err != nil {
		o.t.Fatal(err)
	}
}

// touch goes to a step with fields, as "name=value" each.
func (o *office) touch(at *directory.Device, step string, fields ...string) provisioning.Shown {
	t := provisioning.Touch{Device: at, Step: step, Typed: map[string]directory.Secret{}}
	for _, f := range fields {
		name, value, _ := strings.Cut(f, "=")
		t.Typed[name] = directory.NewSecret(value)
	}
	return o.d.Touched(context.Background(), t)
}

// follow answers a page that asks.
func (o *office) follow(at *directory.Device, p provisioning.Shown, typed string) provisioning.Shown {
	o.t.Helper()
	if p.Screen != catalog.AskScreen {
		o.t.Fatalf("a page that asks nothing: %+v", p)
	}
	fields := []string{p.Field + "=" + typed}
	for _, c := range p.Carry {
		fields = append(fields, c.Name+"="+c.Value)
	}
	return o.touch(at, p.Step, fields...)
}

func (o *office) walk(at *directory.Device, typed ...string) provisioning.Shown {
	o.t.Helper()
	p := o.touch(at, "in")
	for _, text := range typed {
		p = o.follow(at, p, text)
	}
	return p
}

func labels(p provisioning.Shown) string {
	var all []string
	for _, c := range p.Choices {
		all = append(all, c.Label)
	}
	return strings.Join(all, ",")
}

func TestMenuOffersWhatCanBeDone(t *testing.T) {
	o := open(t, "en")
	if p := o.touch(o.desk, ""); p.Title != "ID "+o.desk.PhoneID || labels(p) != "Log in" {
		t.Errorf("an empty hot desk: %+v", p)
	}
	if p := o.touch(o.home, ""); p.Screen != catalog.TellScreen || p.Text != "Others may not use this phone." {
		t.Errorf("a phone that is not shared: %+v", p)
	}
	o.walk(o.desk, "102#", "4712#", "918273", "918273")
	if p := o.touch(o.desk, ""); p.Title != "Grace 102" || labels(p) != "Log in,Log out" {
		t.Errorf("with Grace there: %+v", p)
	}
	o.walk(o.desk, "101", "4711", "918274", "918274")
	if p := o.touch(o.home, ""); p.Title != "ID "+o.home.PhoneID || labels(p) != "Come home" {
		t.Errorf("Ada is away: %+v", p)
	}
	if p := o.touch(o.home, "out"); p.Text != "101 is home again." {
		t.Errorf("%+v", p)
	}
	if p := o.touch(o.home, "out"); p.Text != "There is nothing to undo at this phone." {
		t.Errorf("%+v", p)
	}
}

// Each line of a phone has its own choices, and a dialogue stays at its line.
func TestEachLineHasItsChoices(t *testing.T) {
	o := open(t, "en")
	o.update(func(tx *directory.Tx) error {
		d := *tx.Snapshot().Device(o.home.ID)
		d.Lines = append(d.Lines[:1:1], directory.Line{}, directory.Line{})
		o.home = &d
		return tx.PutDevice(&d)
	})
	p := o.touch(o.home, "")
	if labels(p) != "2: Log in,3: Log in" || p.Choices[0].Step != "in.2" {
		t.Fatalf("%+v", p)
	}
	p = o.touch(o.home, "in.2")
	for _, typed := range []string{"102", "4712", "918273", "918273"} {
		p = o.follow(o.home, p, typed)
	}
	if p.Text != "102 is at this phone now." {
		t.Errorf("%+v", p)
	}
	if g := o.dir.Snapshot().Guest(o.grace.ID); g == nil || g.At() != o.home.At(2) {
		t.Errorf("she sits at %+v", g)
	}
	if p := o.touch(o.home, ""); labels(p) != "2: Log in,2: Log out,3: Log in" {
		t.Errorf("%+v", p)
	}
	if p := o.touch(o.home, "out.2"); p.Text != "102 is logged out." {
		t.Errorf("%+v", p)
	}
	for _, step := range []string{"in.4", "in.0", "in.x", "out.-1", "in.99999999999999999999"} {
		if p := o.touch(o.home, step); p.Screen != catalog.TellScreen || p.Text != "This is not possible now. Please try later." {
			t.Errorf("%s: %+v", step, p)
		}
	}
}

func TestWordsFollowTheOrganization(t *testing.T) {
	o := open(t, "de-AT")
	if p := o.touch(o.desk, ""); labels(p) != "Anmelden" {
		t.Errorf("%+v", p)
	}
	if p := o.walk(o.desk, "102", "1"); p.Title != "Nicht angenommen, noch einmal" {
		t.Errorf("%+v", p)
	}
}

// Whatever is wrong, each dialogue has three tries with the same words.
func TestRefusalsAreEqual(t *testing.T) {
	o := open(t, "en")
	o.update(func(tx *directory.Tx) error {
		stays := directory.Extension{Organization: o.ada.Organization, Site: o.ada.Site, Number: "103", Name: "Stays", DefaultPIN: directory.NewSecret("4713")}
		return tx.PutExtension(&stays)
	})
	for _, number := range []string{"102", "103", "999", "102"} { // the last time it is locked
		p := o.walk(o.desk, number)
		for try := range 3 {
			if p.Screen != catalog.AskScreen || (try > 0) != (p.Title == "Not accepted, try again") {
				t.Fatalf("%s, try %d: %+v", number, try, p)
			}
			pin := "4713"
			if try == 1 {
				pin = "" // an empty one is a try, but not at the secret
			}
			p = o.follow(o.desk, p, pin)
		}
		if p.Text != "This was not accepted." {
			t.Fatalf("%s: %+v", number, p)
		}
	}
	if len(o.dir.Locked(o.grace.ID)) != 1 {
		t.Error("four wrong PINs locked nothing")
	}
}

// No secret is carried in a page; a ticket is good once, at its phone, for a while.
func TestTicket(t *testing.T) {
	o := open(t, "en")
	p := o.walk(o.desk, "102", "4712")
	if p.Title != "Choose your own PIN" || len(p.Carry) != 1 || p.Carry[0].Name != "ticket" {
		t.Fatalf("%+v", p)
	}
	if again := o.follow(o.home, p, "918273"); again.Text != "This took too long. Please begin again." {
		t.Errorf("the ticket of another phone: %+v", again)
	}
	second := o.follow(o.desk, p, "918273")
	for _, c := range second.Carry {
		if strings.Contains(c.Value, "918273") || strings.Contains(c.Value, "4712") {
			t.Errorf("a page carries a PIN: %+v", second)
		}
	}
	if used := o.follow(o.desk, p, "918273"); used.Text != "This took too long. Please begin again." {
		t.Errorf("a ticket used twice: %+v", used)
	}
	o.now = o.now.Add(2*time.Minute + 1)
	if late := o.follow(o.desk, second, "918273"); late.Text != "This took too long. Please begin again." {
		t.Errorf("an old ticket: %+v", late)
	}
	if ok, isDefault := o.dir.MatchPIN(o.grace.ID, "4712"); !ok || !isDefault {
		t.Error("the PIN was changed")
	}
	if p := o.walk(o.desk, "102", "4712", "1111", "2222", "3333"); p.Text != "This was not accepted." {
		t.Errorf("no PIN was chosen in three tries: %+v", p)
	}
	if s := o.dir.Snapshot().Guest(o.grace.ID); s != nil {
		t.Errorf("Grace sits somewhere: %+v", s)
	}
}

// At a phone that its extension shares the secret code is asked, and the phone that
// asks twice for the same page changes nothing the second time.
func TestSharedPhoneAsksForTheCode(t *testing.T) {
	o := open(t, "en")
	o.update(func(tx *directory.Tx) error {
		e := *tx.Snapshot().Extension(o.ada.ID)
		e.Virtualization.Allow = true
		return tx.PutExtension(&e)
	})
	p := o.walk(o.home, "102")
	if p.Prompt != "Secret code" || !p.Hidden {
		t.Errorf("%+v", p)
	}
	if done := o.follow(o.home, p, "13579"); done.Text != "102 is at this phone now." {
		t.Errorf("%+v", done)
	}
	if twice := o.follow(o.home, p, "13579"); twice.Text != "102 is at this phone already." {
		t.Errorf("%+v", twice)
	}
	if p := o.walk(o.home, "101"); p.Text != "102 is home again." && p.Text != "102 is logged out." {
		t.Errorf("the phone's own number: %+v", p)
	}
}
