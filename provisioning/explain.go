package provisioning

import (
	"net/netip"
	"slices"
	"strings"

	"cradle/directory"
	"cradle/provisioning/catalog"
	"cradle/provisioning/custom"
	"cradle/provisioning/render"
	"cradle/provisioning/settings"
)

// Explained is what a phone is told, and who said it.
type Explained struct {
	Settings settings.Stack
	Files    []ExplainableFile // that are made for phones, its own first
	Keys     []settings.Placed
	Fit      []settings.Finding // what does not fit its model
	LeftOut  []LeftOut          // what its files cannot hold
}

// ExplainableFile is a file under the name by which its phone asks for it.
type ExplainableFile struct {
	Name        string
	Kind        catalog.Kind
	ContentType string
}

// Explain says what a device is told, and who said it. Errors wrap ErrNoDevice,
// or ErrNoFile where its model is not known.
func (p *Provisioning) Explain(id directory.ID) (Explained, error) {
	v, err := p.look(id)
	if err != nil {
		return Explained{}, err
	}
	var e Explained
	var others []ExplainableFile
	for _, file := range v.model.Family.Files {
		if file.Template == nil || strings.Contains(file.Name, "{book}") {
			continue
		}
		shown := ExplainableFile{v.model.FileName(file.Name, string(v.device.MAC)), file.Kind, file.ContentType}
		if !file.Own() {
			others = append(others, shown)
			continue
		}
		facts := p.facts(v, file, settings.Full, p.maskedBase(v), true)
		left, err := p.leftOut(v, file, facts)
		if err != nil {
			p.log.Warn("explaining a file", "mac", v.device.MAC, "file", shown.Name, "err", err) // as ExplainFile says of it
		}
		e.LeftOut = append(e.LeftOut, left...)
		if e.Files = append(e.Files, shown); e.Keys == nil {
			_, e.Settings = p.maker.Values(facts)
			e.Keys, e.Fit = p.maker.Keys(facts)
		}
	}
	e.Files = append(e.Files, others...)
	return e, nil
}

// ExplainedFile is a file as its phone would get it now.
type ExplainedFile struct {
	ContentType string
	Lines       []ExplainedLine
	// Fetched is what the phone last got; Diff the unified difference from that to
	// this, empty where they are equal or its text is not kept.
	Fetched Fetched
	Known   bool // the phone has fetched it
	Same    bool
	Diff    string
}

// ExplainedLine is a line and what it was made from; nothing: the template alone.
type ExplainedLine struct {
	Text string
	From []Origin
}

// Origin is a value that a template names and the layer it comes from.
type Origin struct {
	Layer settings.Layer
	Name  string
}

// ExplainFile says of every line of a device's file where it comes from. Secrets are
// masked in all of it, or, with secrets, shown in its lines alone. Errors are those
// of Render.
func (p *Provisioning) ExplainFile(id directory.ID, name string, secrets bool) (ExplainedFile, error) {
	v, file, err := p.shown(id, name)
	if err != nil {
		return ExplainedFile{}, err
	}
	v.Local = p.metAt(v.device.MAC)
	facts := p.facts(v, file, settings.Full, p.maskedBase(v), !secrets)
	values, stack := p.maker.Values(facts)
	variant, err := p.custom.Compiled(v.snap, v.model.Family, custom.InForce(v.snap, v.asker(file)))
	if err != nil {
		return ExplainedFile{}, err
	}
	template, _ := custom.Of(variant, file)
	lines, err := template.Trace(values, v.model.Facts(v.firmware(file)))
	if err != nil {
		return ExplainedFile{}, veil(v.device, err)
	}
	e := ExplainedFile{ContentType: file.ContentType}
	byHand := facts.ByHand()
	for _, l := range lines {
		e.Lines = append(e.Lines, ExplainedLine{l.Text, origins(&stack, byHand, l.Names)})
	}
	body, err := p.masked(v, file, nil)
	if err != nil {
		return ExplainedFile{}, err
	}
	if e.Fetched, e.Known = p.Fetched(id, file.Name); e.Fetched.Text != nil {
		e.Diff = custom.Diff(v.model.FileName(file.Name, string(v.device.MAC)), e.Fetched.Text, body)
		e.Same = e.Diff == ""
	}
	return e, nil
}

// metAt is the address of ours that a phone last came to: it is in its files.
func (p *Provisioning) metAt(mac directory.MAC) netip.Addr {
	for _, s := range slices.Backward(p.journal.Of(mac)) {
		if s.Local.IsValid() {
			return s.Local
		}
	}
	return netip.Addr{}
}

// origins are the layers behind the values that a line names. Those that stand
// in no layer, such as the number of a list's item, say nothing to people.
func origins(stack *settings.Stack, byHand map[string]settings.Value, names []string) (all []Origin) {
	for _, name := range names {
		layer := stack.Origin(name)
		if strings.HasPrefix(name, "fact.") {
			layer = settings.FromModel
		}
		if own, is := strings.CutPrefix(name, render.OwnPrefix); is {
			name, layer = own, byHand[own].Layer
		}
		if o := (Origin{layer, name}); layer != settings.FromDefault && !slices.Contains(all, o) {
			all = append(all, o)
		}
	}
	return all
}
