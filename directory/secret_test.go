package directory

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"
)

const canary = "canaryBird7"

// singer has a secret in every sort of field.
type singer struct {
	Open   Secret
	Hash   Hash
	hidden Secret
	List   []Secret
	Map    map[string]Secret
	Ptr    *Secret
	Any    any
}

type cage struct{ A Secret }

func TestASecretNeverPrints(t *testing.T) {
	s := NewSecret(canary)
	v := singer{Open: s, Hash: Hash(canary), hidden: s, List: []Secret{s}, Map: map[string]Secret{"x": s}, Ptr: &s, Any: s}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%p", "%T", "%10.3s", "%c", "%U", "%e", "%b", "%o", "%w"} {
		for _, x := range []any{s, &s, v, &v, []any{s}, Hash(canary), v.hidden, struct{ s Secret }{s}} {
			// fmt asks no method for %p and a misplaced %w, and a Hash is a string.
			if _, str := x.(Secret); !str && (verb == "%p" || verb == "%w") {
				continue
			}
			if out := fmt.Sprintf(verb, x); strings.Contains(out, canary) || strings.Contains(out, fmt.Sprintf("%x", canary)) {
				t.Errorf("%s of %T: %s", verb, x, out)
			}
		}
	}
	var out bytes.Buffer
	js, err1 := json.Marshal(v)
	ym, err2 := yaml.Marshal(map[string]any{"a": s, "b": Hash(canary), "c": []Secret{s}})
	xm, err3 := xml.Marshal(cage{s})
	if err := errors.Join(err1, err2, err3); err != nil {
		t.Fatal(err)
	}
	out.Write(js)
	out.Write(ym)
	out.Write(xm)
	for _, h := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(h).With("with", s).Info("x", "a", s, "b", v, "c", &v, "d", Hash(canary), slog.Group("g", "e", s))
	}
	fmt.Fprintln(&out, fmt.Errorf("wrapped: %v", s), errors.New(s.String()))
	if strings.Contains(out.String(), canary) {
		t.Errorf("a canary sings: %s", out.String())
	}
	if string(js) == "" || !strings.Contains(string(js), `"***"`) || s.Reveal() != canary || s.Empty() || !(Secret{}).Empty() {
		t.Error("a secret is not what it should be")
	}
}

// TestNoSecretLiesInTheStore writes every secret there is, and looks for them in
// the file, in the audit and in what the log was told.
func TestNoSecretLiesInTheStore(t *testing.T) {
	s := open(t)
	o := s.office()
	var log bytes.Buffer
	s.log = slog.New(slog.NewTextHandler(&log, nil))
	canaries := []string{"canaryAdmin1", "canaryUser2", "canaryLine3", "9517538264", "9517538265", "75318642", "canary password 5", "canaryToken6"}
	s.do(func(tx *Tx) error {
		d := tx.Snapshot().Device(o.hot.Device).clone().(*Device)
		d.AdminPassword, d.UserPassword = NewSecret(canaries[0]), NewSecret(canaries[1])
		d.Lines[0].Account.Secret = NewSecret(canaries[2])
		d.Token, d.TokenSealed = HashToken(canaries[7]), NewSecret(canaries[7])
		e := *tx.Snapshot().Extension(o.ext["101"])
		e.DefaultPIN = NewSecret(canaries[3])
		u := &User{Organization: o.org, Email: "a@b.example", Role: RoleOwner}
		return errors.Join(tx.PutDevice(d), tx.PutExtension(&e), tx.SetPIN(e.ID, canaries[4]),
			tx.SetVirtualizationSecret(e.ID, canaries[5]), tx.PutUser(u), tx.SetPassword(u.ID, canaries[6]))
	})
	err := s.try(func(tx *Tx) error { panic(tx.Snapshot().Device(o.hot.Device)) })
	fmt.Fprintln(&log, err)
	audit, err := s.Audit(t.Context(), 1000, 0)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(audit)
	if err != nil {
		t.Fatal(err)
	}
	s.Close()
	file, err := os.ReadFile(s.path())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range canaries {
		for what, data := range map[string][]byte{"store": file, "audit": text, "log": log.Bytes()} {
			if bytes.Contains(data, []byte(c)) {
				t.Errorf("%s is in the %s", c, what)
			}
		}
	}
	s.open()
	if d := s.Snapshot().Device(o.hot.Device); d.Lines[0].Account.Secret.Reveal() != canaries[2] || d.TokenSealed.Reveal() != canaries[7] {
		t.Error("a secret did not come back")
	}
}

func TestWithAnotherKeyNothingSealedIsServed(t *testing.T) {
	s := open(t)
	o := s.office()
	s.Close()
	s.keys = NewKeys()
	s.open()
	if d := s.Snapshot().Device(o.hot.Device); d != nil {
		t.Errorf("served: %+v", d)
	}
	r, err := s.Check(t.Context())
	if err != nil || r.OK() || !strings.Contains(fmt.Sprint(r.Findings), "sealed field") {
		t.Errorf("%+v %v", r.Findings, err)
	}
}

func TestASealedValueBelongsToItsRecordAndField(t *testing.T) {
	k := NewKeys()
	a, err1 := k.sealer(KindDevice, "a")
	b, err2 := k.sealer(KindDevice, "b")
	if err := errors.Join(err1, err2); err != nil {
		t.Fatal(err)
	}
	box := a.seal("x", NewSecret(canary))
	if got, err := a.open("x", box); err != nil || got.Reveal() != canary {
		t.Fatal(err)
	}
	if bytes.Equal(box, a.seal("x", NewSecret(canary))) {
		t.Error("the same twice")
	}
	for what, fn := range map[string]func() (Secret, error){
		"another field":  func() (Secret, error) { return a.open("y", box) },
		"another record": func() (Secret, error) { return b.open("x", box) },
		"cut":            func() (Secret, error) { return a.open("x", box[:len(box)-1]) },
		"too short":      func() (Secret, error) { return a.open("x", box[:3]) },
	} {
		if got, err := fn(); !errors.Is(err, ErrDamaged) || !got.Empty() {
			t.Errorf("%s: %q %v", what, got.Reveal(), err)
		}
	}
}

func TestKeysAreMadeOnceAndForTheirOwnerOnly(t *testing.T) {
	dir := t.TempDir()
	got := make(chan *Keys, 8)
	for range cap(got) {
		go func() {
			k, err := LoadKeys(dir)
			if err != nil {
				t.Error(err)
			}
			got <- k
		}()
	}
	first := <-got
	for range cap(got) - 1 {
		if k := <-got; !bytes.Equal(k.sealing, first.sealing) || !bytes.Equal(k.pin, first.pin) {
			t.Error("two starts made different keys")
		}
	}
	path := filepath.Join(dir, keysFile)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("left behind: %v", files)
	}
	for _, bad := range []string{"", "{}", `{"sealing":"AAAA","pin":"AAAA"}`} {
		if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadKeys(dir); !errors.Is(err, ErrDamaged) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestChosenDigits(t *testing.T) {
	for digits, good := range map[string]bool{
		"4711": true, "246813": true, "135791": true, "1235": true, "9999999998": true, "1100": true,
		"123": false, "12345678901": false, "": false, "12a4": false,
		"1111": false, "1234": false, "0123456789": false, "9876": false, "4321": false,
		"101101": false, "1011": false, "10110": false,
	} {
		if err := CheckChosen(digits, 10, "101", "+442071838751"); (err == nil) != good {
			t.Errorf("%q: %v", digits, err)
		} else if err != nil && digits != "" && strings.Contains(err.Error(), digits) {
			t.Errorf("the error repeats %q", digits)
		}
	}
	for _, c := range []struct{ digits, ext, number string }{
		{"4718", "8174", ""}, {"8174", "8174", ""}, {"8751", "101", "+442071838751"}, {"838751", "101", "+442071838751"}, {"2102", "012", ""},
	} {
		if CheckChosen(c.digits, 10, c.ext, c.number) == nil && c.digits != "2102" {
			t.Errorf("%+v is taken", c)
		}
	}
}

// Default PINs are as long as the organization says, six digits where it says nothing.
func TestDefaultPINsAreAsLongAsSaid(t *testing.T) {
	s := open(t)
	o := s.office()
	for _, c := range []struct{ said, want int }{{0, 6}, {4, 4}, {10, 10}, {3, 0}, {11, 0}, {-1, 0}} {
		var e Extension
		err := s.try(func(tx *Tx) error {
			org := *tx.Snapshot().Organization(o.org)
			org.PINDigits = c.said
			if err := tx.PutOrganization(&org); err != nil {
				return err
			}
			e = Extension{Organization: o.org, Site: o.site, Number: fmt.Sprint(700 + c.said)}
			return tx.PutExtension(&e)
		})
		if c.want == 0 {
			if !errors.Is(err, ErrInvalid) {
				t.Errorf("%d digits: %v", c.said, err)
			}
			continue
		}
		if got := e.DefaultPIN.Reveal(); err != nil || len(got) != c.want || CheckChosen(got, 10, e.Number) != nil {
			t.Errorf("%d digits: a PIN of %d, %v", c.said, len(got), err)
		}
	}
}

func TestPINsAndSecretCodes(t *testing.T) {
	s := open(t)
	o := s.office()
	ext := o.ext["101"]
	made := s.Snapshot().Extension(ext).DefaultPIN.Reveal()
	if len(made) != 6 || !allDigits(made) {
		t.Fatalf("made PIN %q", made)
	}
	if ok, def := s.MatchPIN(ext, made); !ok || !def {
		t.Error("default PIN")
	}
	s.do(func(tx *Tx) error {
		return errors.Join(tx.SetPIN(ext, "902817"), tx.SetVirtualizationSecret(ext, "135791"))
	})
	if ok, def := s.MatchPIN(ext, "902817"); !ok || def {
		t.Error("chosen PIN")
	}
	if ok, _ := s.MatchPIN(ext, made); ok {
		t.Error("the default goes on beside a chosen PIN")
	}
	if !s.MatchVirtualizationSecret(ext, "135791") || s.MatchVirtualizationSecret(ext, "902817") || s.MatchVirtualizationSecret(o.ext["102"], "") ||
		s.MatchVirtualizationSecret("nobody", "135791") {
		t.Error("secret code")
	}
	if err := s.try(func(tx *Tx) error { return tx.SetPIN(ext, "1111") }); !errors.Is(err, ErrInvalid) {
		t.Errorf("weak: %v", err)
	}
	if err := s.try(func(tx *Tx) error { return tx.SetVirtualizationSecret(ext, "123456789") }); !errors.Is(err, ErrInvalid) {
		t.Errorf("long: %v", err)
	}
	s.do(func(tx *Tx) error { return tx.SetPIN(ext, "") })
	if ok, def := s.MatchPIN(ext, made); !ok || !def {
		t.Error("reset PIN")
	}
	if k := NewKeys(); k.matches(purposePIN, s.keys.hashDigits(purposePIN, "4711"), "4711") {
		t.Error("a hash matches with another server's key")
	}
	if h := s.keys.hashDigits(purposePIN, "4711"); s.keys.matches(purposeVirtualization, h, "4711") || h == s.keys.hashDigits(purposePIN, "4711") {
		t.Error("purpose or salt does not count")
	}
}

func TestAuthenticate(t *testing.T) {
	s := open(t)
	o := s.office()
	s.do(func(tx *Tx) error {
		for _, email := range []string{"on@a.example", "off@a.example", "none@a.example"} {
			u := &User{Organization: o.org, Email: email, Role: RoleOwner, Portal: email != "off@a.example"}
			if err := tx.PutUser(u); err != nil {
				return err
			}
			if email != "none@a.example" {
				if err := tx.SetPassword(u.ID, "a good password"); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if u, err := s.Authenticate(t.Context(), " ON@a.example ", "a good password"); err != nil || u.Email != "on@a.example" {
		t.Errorf("%v %v", u, err)
	}
	text := ""
	for _, c := range [][2]string{{"on@a.example", "a bad password!"}, {"off@a.example", "a good password"}, {"none@a.example", ""}, {"who@a.example", "a good password"}} {
		_, err := s.Authenticate(t.Context(), c[0], c[1])
		if !errors.Is(err, ErrRefused) || text != "" && err.Error() != text {
			t.Errorf("%v: %v", c, err)
		}
		text = err.Error()
	}
	if err := s.try(func(tx *Tx) error { return tx.SetPassword("x", "short") }); !errors.Is(err, ErrInvalid) {
		t.Errorf("%v", err)
	}
	// Two at once: a third waits, and gives up with its context.
	s.passwords.slots <- struct{}{}
	s.passwords.slots <- struct{}{}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := s.Authenticate(ctx, "on@a.example", "a good password"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a third at once: %v", err)
	}
	<-s.passwords.slots
	<-s.passwords.slots
	owner := s.Snapshot().UserByEmail("off@a.example").ID
	s.do(func(tx *Tx) error { return tx.DeleteUser(owner) })
	last := *s.Snapshot().UserByEmail("on@a.example")
	if err := s.try(func(tx *Tx) error { return tx.DeleteUser(last.ID) }); !errors.Is(err, ErrRefused) {
		t.Errorf("the only owner is deleted: %v", err)
	}
	last.Role = RoleUser
	if err := s.try(func(tx *Tx) error { return tx.PutUser(&last) }); !errors.Is(err, ErrRefused) {
		t.Errorf("the only owner is demoted: %v", err)
	}
}

// What a phone is given is random for each, of letters and digits only, and
// longer than anybody tries: five bits a character, 96 or more.
func TestSecretsOfPhonesAreRandom(t *testing.T) {
	s := open(t)
	o := s.office()
	seen := map[string]bool{}
	s.do(func(tx *Tx) error {
		for i := range 100 {
			d, err := tx.NewDevice(o.org, o.site, MAC(fmt.Sprintf("0015650a%04x", i)), "", StepApproved)
			if err != nil {
				return err
			}
			for _, secret := range []Secret{d.Lines[0].Account.Secret, d.AdminPassword, d.UserPassword} {
				text := secret.Reveal()
				if seen[text] || len(text)*5 < 96 || strings.Trim(text, "abcdefghijklmnopqrstuvwxyz0123456789") != "" {
					t.Fatalf("a secret of %d characters, there before: %v", len(text), seen[text])
				}
				seen[text] = true
			}
		}
		return nil
	})
}
