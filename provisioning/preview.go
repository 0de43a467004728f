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
	// RebootKnown: the model's data say which settings make it restart.
	RebootKnown bool
	Devices     []Altered
}

// Altered is a phone whose settings would be others, or would not render.
type Altered struct {
	Device *directory.Device
	Files  []AlteredFile
	Reboot bool
	Fault  string

	rebootKnown bool
}

// AlteredFile is the difference of one file.
type AlteredFile struct{ Name, Diff string }

// Preview renders every phone that a template concerns with what it gets now and
// with a text on trial: only those of an organization, only one device, where
// these are given. One is made at a time, so that phones are not held up.
func (p *Provisioning) Preview(ctx context.Context, template directory.ID, text string, org, only directory.ID) (Preview, error) {
	snap := p.c.Directory.Snapshot()
	t := snap.Template(template)
	if t == nil {
		return Preview{}, fmt.Errorf("%w: template %q", ErrNoFile, template)
	}
	select {
	case p.previews <- struct{}{}:
		defer func() { <-p.previews }()
	case <-ctx.Done():
		return Preview{}, ctx.Err()
	}
	var all Preview
	trial := trial{Trial: custom.Trial{Template: template, Text: text}, snap: snap, made: map[string]compiled{}}
	for d := range snap.Devices(cmp.Or(t.Organization, org)) {
		if ctx.Err() != nil {
			return all, ctx.Err()
		}
		if !strings.EqualFold(d.Model, t.Model) || only != "" && d.ID != only {
			continue
		}
		if altered, concerned := p.try(&trial, d); concerned {
			all.add(altered)
		}
	}
	slices.SortStableFunc(all.Devices, func(a, b Altered) int { return cmp.Compare(b.Fault, a.Fault) })
	return all, nil
}

// add counts a phone and keeps what is to be shown of it: of those it renders
// for, one makes room for each that it does not.
func (all *Preview) add(a Altered) {
	all.Phones++
	all.RebootKnown = all.RebootKnown || a.rebootKnown
	switch {
	case a.Fault != "":
		all.Failed++
	case len(a.Files) > 0:
		all.Changed++
		if a.Reboot {
			all.Reboot++
		}
	default:
		return
	}
	if len(all.Devices) < maxPreviewed {
		all.Devices = append(all.Devices, a)
		return
	}
	i := slices.IndexFunc(all.Devices, func(d Altered) bool { return d.Fault == "" })
	if a.Fault != "" && i >= 0 {
		all.Devices[i] = a
	}
}

// trial is a text on trial, compiled once for each set of versions it meets.
type trial struct {
	custom.Trial
	snap *directory.Snapshot
	made map[string]compiled
}

type compiled struct {
	files catalog.Variant
	err   error
}

func (t *trial) compile(f *catalog.Family, picks custom.Picks) (catalog.Variant, error) {
	key := picks.String()
	c, is := t.made[key]
	if !is {
		c.files, c.err = t.Compile(t.snap, f, picks)
		t.made[key] = c
	}
	return c.files, c.err
}

// try holds one phone's files against those it would get.
func (p *Provisioning) try(trial *trial, d *directory.Device) (Altered, bool) {
	a := Altered{Device: d}
	v := &visit{now: p.now(), snap: trial.snap, shelf: p.Catalog(), device: d, site: trial.snap.Site(d.Site), looked: true}
	if v.model = p.modelOf(v); v.model == nil {
		return a, false
	}
	a.rebootKnown = len(v.model.Family.Reboots) > 0
	picks, concerned := trial.Picks(trial.snap, custom.Asker{Site: v.site, Device: d, Model: v.model})
	if !concerned {
		return a, false
	}
	variant, err := trial.compile(v.model.Family, picks)
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
		name := v.model.FileName(file.Name, string(d.MAC))
		if diff := custom.Diff(name, now, next); diff != "" {
			a.Files = append(a.Files, AlteredFile{Name: name, Diff: diff})
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
// model that nobody has, at an organization: nobody else's values are in what it
// finds.
func (p *Provisioning) CheckTemplate(org directory.ID, model, part, text string) ([]custom.Finding, error) {
	m := p.Catalog().Model(model)
	if m == nil {
		return nil, fmt.Errorf("%w: model %q", ErrNoFile, model)
	}
	v := p.nobody(org, m)
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
			s := custom.Sample{File: file, Builtin: builtin, Own: own, Fault: err, Vital: []string{v.device.Lines[0].Account.User, "***", "/p/~"}, Others: p.ofOtherFirmware(v, file)}
			all = append(all, s)
		}
		return all
	})
}

// ofOtherFirmware are a file's built-in texts for the other firmwares that the
// model's data tell apart.
func (p *Provisioning) ofOtherFirmware(v *visit, file *catalog.File) (all [][]byte) {
	other, d := *v, *v.device
	other.device = &d
	for _, d.Firmware = range v.model.Family.Firmwares() {
		if text, err := p.masked(&other, file, catalog.Variant{}); err == nil {
			all = append(all, text)
		}
	}
	return all
}

// TestTemplate says which of a version's tests do not hold, each in a line.
func (p *Provisioning) TestTemplate(org directory.ID, part, text string, tests []directory.TemplateTest) ([]string, error) {
	var failed []string
	made := map[*catalog.Model]map[string]bool{} // the lines of its files
	for _, t := range tests {
		m := p.Catalog().Model(t.Model)
		if m == nil {
			failed = append(failed, fmt.Sprintf("%s: no such model", t.Model))
			continue
		}
		if made[m] == nil {
			variant, err := m.Family.Variant(map[string]string{part: text})
			if err != nil {
				return nil, err
			}
			made[m] = p.lines(p.nobody(org, m), variant)
		}
		if made[m][strings.TrimSpace(t.Line)] == t.Absent {
			failed = append(failed, fmt.Sprintf("%s: the line %q is %s", t.Model, t.Line, map[bool]string{true: "there", false: "missing"}[t.Absent]))
		}
	}
	return failed, nil
}

// lines are those of all the files of a variant, without the blanks at their ends.
func (p *Provisioning) lines(v *visit, variant catalog.Variant) map[string]bool {
	all := map[string]bool{}
	for file := range variant {
		body, err := p.masked(v, file, variant)
		if err != nil {
			continue
		}
		for l := range strings.Lines(string(body)) {
			all[strings.TrimSpace(l)] = true
		}
	}
	return all
}

// nobody is a visit of a phone that does not exist: approved, with an account for
// each line, at the first of an organization's sites, where there is one.
func (p *Provisioning) nobody(org directory.ID, m *catalog.Model) *visit {
	v := &visit{now: p.now(), snap: p.c.Directory.Snapshot(), shelf: p.Catalog(), model: m, looked: true}
	d := &directory.Device{ID: "sample", MAC: directory.MAC(m.SampleMAC()), Organization: org, Model: m.Name, PhoneID: "482711", Step: directory.StepApproved}
	for i := range max(1, m.Lines) {
		d.Lines = append(d.Lines, directory.Line{Account: directory.Account{User: fmt.Sprintf("sample%02d", i+1), Secret: directory.NewSecret("sample")}})
	}
	d.AdminPassword, d.UserPassword = directory.NewSecret("sample"), directory.NewSecret("sample")
	for site := range v.snap.Sites(org) {
		v.site, d.Site, d.Organization = site, site.ID, site.Organization
		break
	}
	v.device = d
	return v
}

// TemplateFaults are the phones for which an uploaded template in force does not
// render, and why.
func (p *Provisioning) TemplateFaults() map[directory.ID]string { return p.custom.Faults() }
