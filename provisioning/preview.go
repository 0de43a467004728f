package provisioning

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"cradle/directory"
	"cradle/provisioning/catalog"
	"cradle/provisioning/custom"
	"cradle/provisioning/settings"
)

// maxPreviewed bounds the phones whose differences are shown; all are counted.
const maxPreviewed = 100

// Preview is what a template's text would alter, secrets masked.
type Preview struct {
	// Phones would get the text; of them, Changed would read other settings,
	// Reboot would restart for it, and for Failed it does not render.
	Phones, Changed, Reboot, Failed int
	Devices                         []Altered
}

// Altered is a phone whose settings would be others, or would not render.
type Altered struct {
	Device *directory.Device
	Files  []AlteredFile
	Reboot bool
	Fault  string
}

// AlteredFile is the difference of one file.
type AlteredFile struct{ Name, Diff string }

// Preview renders every phone that a template concerns with what it gets now and
// with a text on trial. Only one device where that is given.
func (p *Provisioning) Preview(ctx context.Context, template directory.ID, text string, only directory.ID) (Preview, error) {
	snap := p.c.Directory.Snapshot()
	t := snap.Template(template)
	if t == nil {
		return Preview{}, fmt.Errorf("%w: template %q", ErrNoFile, template)
	}
	var all Preview
	trial := custom.Trial{Template: template, Text: text}
	for d := range snap.Devices(t.Organization) {
		if ctx.Err() != nil {
			return all, ctx.Err()
		}
		if !strings.EqualFold(d.Model, t.Model) || only != "" && d.ID != only {
			continue
		}
		altered, concerned := p.try(snap, d, trial)
		if !concerned {
			continue
		}
		all.Phones++
		switch {
		case altered.Fault != "":
			all.Failed++
		case len(altered.Files) > 0:
			all.Changed++
			if altered.Reboot {
				all.Reboot++
			}
		default:
			continue
		}
		all.Devices = append(all.Devices, altered)
	}
	slices.SortStableFunc(all.Devices, func(a, b Altered) int { return cmp.Compare(b.Fault, a.Fault) })
	all.Devices = all.Devices[:min(len(all.Devices), maxPreviewed)]
	return all, nil
}

// try holds one phone's files against those it would get.
func (p *Provisioning) try(snap *directory.Snapshot, d *directory.Device, trial custom.Trial) (Altered, bool) {
	a := Altered{Device: d}
	v := &visit{now: p.now(), snap: snap, shelf: p.Catalog(), device: d, site: snap.Site(d.Site)}
	if v.model = p.modelOf(v); v.model == nil {
		return a, false
	}
	picks, concerned := trial.Picks(snap, custom.Asker{Site: v.site, Device: d, Model: v.model})
	if !concerned {
		return a, false
	}
	variant, err := trial.Compile(snap, v.model.Family, picks)
	if err != nil {
		a.Fault = err.Error()
		return a, true
	}
	for _, file := range v.model.Family.Files {
		if _, is := variant[file]; !is {
			continue
		}
		now, fault := p.masked(v, file, nil)
		next, err := p.masked(v, file, variant)
		if err == nil {
			err = file.Check(next)
		}
		if err != nil {
			a.Fault = fmt.Sprintf("%s: %v", file.Name, err)
			return a, true
		}
		if fault != nil {
			now = nil
		}
		if diff := custom.Diff(v.model.FileName(file.Name, string(d.MAC)), now, next); diff != "" {
			a.Files = append(a.Files, AlteredFile{Name: file.Name, Diff: diff})
			a.Reboot = a.Reboot || custom.Touches(file, now, next, v.model.Family.Reboots)
		}
	}
	return a, true
}

// masked renders a file for people's eyes: with a variant, or with what is in
// force where that is nil.
func (p *Provisioning) masked(v *visit, file *catalog.File, variant catalog.Variant) ([]byte, error) {
	values, _ := p.maker.Values(p.facts(v, file, settings.Full, p.maskedBase(v), true))
	if variant == nil {
		return p.execute(nil, v, file, settings.Full, values)
	}
	template, _ := custom.Of(variant, file)
	return template.Execute(nil, values, v.model.Facts(v.firmware(file)))
}

// maskedBase is a phone's own URL, its token hidden.
func (p *Provisioning) maskedBase(v *visit) string {
	base := p.baseURL(v, false)
	if base == "" {
		base = "http://" + p.host(v) + "/p/"
	}
	return base + "~***/"
}

// CheckTemplate judges a text for one of a model's templates on a phone of that
// model that nobody has.
func (p *Provisioning) CheckTemplate(model, part, text string) ([]custom.Finding, error) {
	m := p.Catalog().Model(model)
	if m == nil {
		return nil, fmt.Errorf("%w: model %q", ErrNoFile, model)
	}
	v := p.nobody(m)
	return custom.Check(m.Family, part, text, func(variant catalog.Variant) (all []custom.Sample) {
		for _, file := range m.Family.Files {
			if _, is := variant[file]; !is || file.Kind != catalog.Device {
				continue
			}
			builtin, err := p.masked(v, file, catalog.Variant{})
			if err != nil {
				continue
			}
			own, err := p.masked(v, file, variant)
			s := custom.Sample{File: file, Builtin: builtin, Own: own, Fault: err, Vital: []string{v.device.Lines[0].Account.User, "***", "/p/~"}}
			all = append(all, s)
		}
		return all
	})
}

// TestTemplate says which of a version's tests do not hold, each in a line.
func (p *Provisioning) TestTemplate(part, text string, tests []directory.TemplateTest) ([]string, error) {
	var failed []string
	for _, t := range tests {
		m := p.Catalog().Model(t.Model)
		if m == nil {
			failed = append(failed, fmt.Sprintf("%s: no such model", t.Model))
			continue
		}
		variant, err := m.Family.Variant(map[string]string{part: text})
		if err != nil {
			return nil, err
		}
		if p.holds(p.nobody(m), variant, t.Line) == t.Absent {
			failed = append(failed, fmt.Sprintf("%s: the line %q is %s", t.Model, t.Line, map[bool]string{true: "there", false: "missing"}[t.Absent]))
		}
	}
	return failed, nil
}

// holds reports whether one of the files holds a line, blanks at its ends apart.
func (p *Provisioning) holds(v *visit, variant catalog.Variant, line string) bool {
	for file := range variant {
		body, err := p.masked(v, file, variant)
		if err != nil {
			continue
		}
		for l := range strings.Lines(string(body)) {
			if strings.TrimSpace(l) == strings.TrimSpace(line) {
				return true
			}
		}
	}
	return false
}

// nobody is a visit of a phone that does not exist: approved, one account, at
// whichever organization there is.
func (p *Provisioning) nobody(m *catalog.Model) *visit {
	v := &visit{now: p.now(), snap: p.c.Directory.Snapshot(), shelf: p.Catalog(), model: m}
	d := &directory.Device{ID: "sample", MAC: directory.MAC(m.SampleMAC()), Model: m.Name, PhoneID: "482711", Step: directory.StepApproved}
	for i := range max(1, m.Lines) {
		d.Lines = append(d.Lines, directory.Line{Account: directory.Account{User: fmt.Sprintf("sample%02d", i+1), Secret: directory.NewSecret("sample")}})
	}
	d.AdminPassword, d.UserPassword = directory.NewSecret("sample"), directory.NewSecret("sample")
	for site := range v.snap.Sites("") {
		v.site, d.Site, d.Organization = site, site.ID, site.Organization
		break
	}
	v.device = d
	return v
}

// TemplateFaults are the phones for which an uploaded template in force does not
// render, and why.
func (p *Provisioning) TemplateFaults() map[directory.ID]string { return p.custom.Faults() }
