package provisioning

import (
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"cradle/directory"
	"cradle/provisioning/catalog"
	"cradle/provisioning/clientcert"
	"cradle/provisioning/identify"
	"cradle/provisioning/onboard"
	"cradle/provisioning/settings"
)

// ErrNeverAsked says that nothing is known of a phone's requests: it has not
// asked since the appliance was started, or too long ago for the journal.
var ErrNeverAsked = errors.New("the phone has not asked for anything since the appliance was started")

// Check is one condition that a request has to meet.
type Check struct {
	Rule string // a few words: "site network"
	OK   bool
	Text string // what was found, in plain words
}

// WhyNot is a request held against today's rules.
type WhyNot struct {
	Step   Step // the request, as it went then
	Checks []Check
	// Verdict is the first condition that is not met, or that all are.
	Verdict string
}

// WhyNot replays the last request of a device that was refused, or its last one
// where none was, against the rules as they are now. Nothing is changed by it.
func (p *Provisioning) WhyNot(id directory.ID) (WhyNot, error) {
	snap := p.c.Directory.Snapshot()
	d := snap.Device(id)
	if d == nil {
		return WhyNot{}, fmt.Errorf("%w: %q", ErrNoDevice, id)
	}
	step, ok := worthReplaying(p.journal.Of(d.MAC))
	if !ok {
		return WhyNot{}, ErrNeverAsked
	}
	r := replay{p: p, step: step, v: &visit{
		Request: Request{Door: step.Door, Method: step.Method, Path: step.File, UserAgent: step.UserAgent, Source: netip.AddrPortFrom(step.Source, 0), Local: step.Local},
		now:     p.now(), snap: snap, shelf: p.Catalog(), device: d, looked: true,
	}}
	r.run()
	w := WhyNot{Step: step, Checks: r.checks, Verdict: "Every condition is met: the phone would be answered now."}
	if last := r.checks[len(r.checks)-1]; !last.OK {
		w.Verdict = last.Text
	}
	return w, nil
}

// worthReplaying is the newest step that was refused for a reason, else the
// newest at all; that a file is missing which a phone need not have is no reason.
func worthReplaying(steps []Step) (newest Step, ok bool) {
	for _, s := range slices.Backward(steps) {
		if s.Needless {
			continue
		}
		if s.Status != http.StatusOK {
			return s, true
		}
		if !ok {
			newest, ok = s, true
		}
	}
	return newest, ok
}

// replay goes through the conditions in the order in which Answer does.
type replay struct {
	p      *Provisioning
	v      *visit
	step   Step
	checks []Check
	grant  struct {
		mode settings.Mode
		file *catalog.File
	}
}

// run stops at the first condition that is not met.
func (r *replay) run() {
	for _, step := range []func() (goesOn bool){
		r.setUp, r.ban, r.clues, r.network, r.token, r.certificate, r.disabled, r.firmware, r.model, r.ladder, r.file, r.door, r.rendering,
	} {
		if !step() {
			return
		}
	}
}

// note adds a condition.
func (r *replay) note(rule string, ok bool, text string, args ...any) bool {
	r.checks = append(r.checks, Check{Rule: rule, OK: ok, Text: fmt.Sprintf(text, args...)})
	return ok
}

func (r *replay) setUp() bool {
	if !r.v.snap.SetUp() {
		return r.note("set up", false, "The appliance is not set up yet: finish the wizard.")
	}
	return r.note("set up", true, "The appliance is set up.")
}

func (r *replay) ban() bool {
	r.v.site = r.v.snap.SiteOf(r.step.Source)
	if r.v.site == nil && r.p.misses.Banned(r.step.Source, r.v.now) {
		return r.note("ban", false, "The address %s has guessed too many phones and is ignored for a while.", r.step.Source)
	}
	return r.note("ban", true, "The address %s is not ignored.", r.step.Source)
}

func (r *replay) clues() bool {
	r.v.found = r.p.find.Find(r.v.shelf, identify.Clues{Path: r.v.Path, UserAgent: r.v.UserAgent, PnP: r.v.Door == DoorPnP})
	if r.v.found.Liar != "" {
		return r.note("clues", false, "The request contradicts itself: %s.", r.v.found.Liar)
	}
	return r.note("clues", true, "Nothing in the request contradicts the rest of it.")
}

// network tells where the phone asks from; what that means is the ladder's word.
func (r *replay) network() bool {
	own := r.v.snap.Site(r.v.device.Site)
	name, networks := "its site", "none"
	if own != nil {
		name = "its site " + own.Name
		var all []string
		for _, n := range own.Networks {
			all = append(all, n.String())
		}
		networks = strings.Join(all, ", ")
	}
	if r.v.inside() {
		return r.note("site network", true, "The phone asks from %s, which is in a network of %s.", r.step.Source, name)
	}
	// Outside it takes a token or a certificate, so this alone is no refusal.
	text := fmt.Sprintf("The phone asks from %s, which is in no network of %s (networks: %s)", r.step.Source, name, networks)
	if r.v.Door != DoorPnP && r.step.Proved != "" {
		return r.note("site network", true, "%s; it shows a certificate.", text)
	}
	if r.v.Door == DoorPnP || r.step.Token == "" {
		return r.note("site network", false, "%s, and without the address of its own that its settings give it.", text)
	}
	return r.note("site network", true, "%s; it must show its token.", text)
}

func (r *replay) token() bool {
	switch r.step.Token {
	case "":
		return r.note("token", true, "It asks without a token.")
	case TokenOwn:
		return r.note("token", true, "It shows its own token.")
	case TokenOther:
		return r.note("token", false, "It shows the token of another phone.")
	default:
		return r.note("token", false, "It shows a token that no phone has, perhaps an old one: re-arm it and restart it.")
	}
}

// certificate tells what the one it showed is worth. One that proves nothing is
// no refusal: the phone has to show its token then.
func (r *replay) certificate() bool {
	switch shown := r.step.Certificate; {
	case shown == "":
		return r.note("certificate", true, "It shows no certificate.")
	case r.step.Proved != "" && r.step.Proved != r.v.device.MAC:
		return r.note("certificate", false, "Its certificate is that of another phone, %s: is this MAC the right one?", r.step.Proved.Colons())
	case r.step.Print != "" && r.step.Print != r.v.device.Issued:
		return r.note("certificate", false, "Its certificate (%s) was taken back since: give it the new one.", shown)
	case r.step.Proved != "":
		r.v.proof = clientcert.Proof{MAC: r.step.Proved}
		return r.note("certificate", true, "Its certificate is its own (%s).", shown)
	default:
		todo := "nothing has to be done"
		for reason, what := range map[error]string{
			clientcert.ErrUnknown: "add its vendor's authority under Security if it is to count",
			clientcert.ErrExpired: "set the phone's clock, or give it a new one",
			clientcert.ErrWeak:    "it needs a new firmware or a certificate of ours",
		} {
			if strings.Contains(shown, reason.Error()) {
				todo = what
			}
		}
		return r.note("certificate", true, "Its certificate %s, so it has to show its token; %s.", shown, todo)
	}
}

// firmware judges a request for a firmware, which is all that it asks for then.
func (r *replay) firmware() bool {
	if !r.p.asksFirmware(r.v) {
		return true
	}
	if r.step.Method == http.MethodPut {
		return r.note("firmware", false, "Phones may not upload a firmware.")
	}
	if v := r.v.found.Vendor; v != nil && v.Name != r.v.load.Vendor {
		return r.note("firmware", false, "%s is a firmware of another vendor's phones: which one does its setting name?", r.v.load.File)
	}
	if err := r.p.mayLoad(r.v, r.step.Token == TokenOwn); err != nil {
		return r.note("firmware", false, "It may not load %s: %v.", r.v.load.File, err)
	}
	r.note("firmware", true, "It may load %s.", r.v.load.File)
	return false // there is no file of its own to look at
}

func (r *replay) disabled() bool {
	if d := r.v.device; !d.Retired.IsZero() && (r.step.Token != TokenOwn || r.v.now.After(d.Retired.Add(onboard.WipeFor))) {
		return r.note("in service", false, "The phone is out of service since %s and is only told to empty itself: delete its record to take it in again.",
			d.Retired.UTC().Format("2006-01-02 15:04 UTC"))
	}
	if r.v.device.Disabled {
		return r.note("enabled", false, "The phone is disabled: enable it on its page.")
	}
	return r.note("enabled", true, "The phone is not disabled.")
}

func (r *replay) model() bool {
	if r.v.model = r.p.modelOf(r.v); r.v.model == nil {
		return r.note("model", false, "Nothing says which model this is: choose one.")
	}
	if m := r.v.found.Model; m != nil && m != r.v.model {
		return r.note("model", true, "It is taken for a %s, although it says it is a %s.", r.v.model.Label, m.Label)
	}
	return r.note("model", true, "It is a %s.", r.v.model.Label)
}

func (r *replay) ladder() bool {
	if r.v.Door == DoorPnP {
		return r.note("trust", true, "Plug-and-play gives only an address.")
	}
	grant := r.p.judge(r.v, r.step.Token == TokenOwn)
	r.grant.mode = grant.Mode
	if !grant.Serve {
		return r.note("trust", false, "It stands on the step %q and was refused: %s.", r.v.device.Step, grant.Rule)
	}
	return r.note("trust", true, "It stands on the step %q: %s.", r.v.device.Step, grant.Rule)
}

func (r *replay) file() bool {
	if r.v.Door == DoorPnP {
		return true
	}
	r.grant.file = r.v.found.FileOf(r.v.model.Family)
	switch f := r.grant.file; {
	case f == nil:
		return r.note("file", false, "No %s asks for a file of this name (%s): is the model right?", r.v.model.Label, r.v.found.Path.Name)
	case f.Kind == catalog.Absent && r.step.Method != http.MethodPut:
		return r.note("file", false, "There is no such file, and the phone need not have it.")
	case f.Kind == catalog.Phonebook && (r.step.Token != TokenOwn || r.grant.mode != settings.Full):
		return r.note("phonebook", false, "Phonebooks are for approved phones that show their token: its settings name the address, so resync it.")
	case f.Kind == catalog.Authority && len(r.p.c.CA) == 0:
		return r.note("file", false, "There is no certificate authority to give.")
	case r.step.Method == http.MethodPut && !f.Upload:
		return r.note("file", false, "Phones may not upload this file.")
	}
	return r.note("file", true, "A %s asks for this file.", r.v.model.Label)
}

func (r *replay) door() bool {
	if r.p.baseURL(r.v, false) == "" {
		return r.note("doors", false, "No door for settings is open.")
	}
	return r.note("doors", true, "A door for settings is open.")
}

func (r *replay) rendering() bool {
	f := r.grant.file
	if f == nil || f.Template == nil || r.step.Method == http.MethodPut {
		return true
	}
	if _, err := r.p.render(r.v, f, r.grant.mode, r.p.baseURL(r.v, f.Kind == catalog.Device)); err != nil {
		return r.note("template", false, "The template does not render for this phone: %v", err)
	}
	return r.note("template", true, "The template renders for this phone.")
}
