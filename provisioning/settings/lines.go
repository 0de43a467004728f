package settings

import (
	"slices"
	"strings"

	"cradle/directory"
	"cradle/provisioning/render"
)

// The slots of a line and a codec.
var (
	lineNumber, lineIndex, lineUsed   = lineShape.Slot("number"), lineShape.Slot("index"), lineShape.Slot("used")
	lineHost, linePort                = lineShape.Slot("host"), lineShape.Slot("port")
	lineUser, lineSecret              = lineShape.Slot("user"), lineShape.Slot("secret")
	lineLabel, lineName, lineExt      = lineShape.Slot("label"), lineShape.Slot("name"), lineShape.Slot("extension")
	lineLabelFirst, lineLabelSecond   = lineShape.Slot("label_first"), lineShape.Slot("label_second")
	lineVoicemail, lineHoteling       = lineShape.Slot("voicemail"), lineShape.Slot("hoteling")
	lineDTMF, lineSRTP                = lineShape.Slot("dtmf"), lineShape.Slot("srtp")
	lineCodecs, lineCodecList         = lineShape.Slot("codecs"), lineShape.Slot("codec_list")
	codecLine, codecIndex, codecName  = codecShape.Slot("line"), codecShape.Slot("index"), codecShape.Slot("name")
	codecVendor, codecUsed, codecPrio = codecShape.Slot("vendor"), codecShape.Slot("used"), codecShape.Slot("priority")
	codecPosition                     = codecShape.Slot("position")
)

// MaxLines is the most lines a model may have.
const MaxLines = 100

// Most lines of most phones are empty, and one empty line is like another:
// these are shared by all renderings.
var emptyLines = func() (lines []render.Values) {
	for i := range MaxLines {
		lines = append(lines, newLine(i))
	}
	return lines
}()

func newLine(i int) render.Values {
	line := lineShape.New()
	line[lineNumber], line[lineIndex], line[lineUsed], line[lineHoteling] = render.I(i+1), render.I(i), render.B(false), render.B(false)
	return line
}

// phone is a device while its values are made.
type phone struct {
	Facts
	who   Subject
	stack *Stack
	codes Codes
	lines []render.Values
}

// used reports whether a line, counted from 1, has an account.
func (p *phone) used(line int) bool { return p.lines[line-1][lineUsed].Text() == "true" }

// fillLines fills every line the model has: those of the device, the rest
// empty, so that what disappears here disappears in the phone. It reports
// whether nobody sits there.
func (p *phone) fillLines() (free bool) {
	count := p.Abilities.Lines
	if count == 0 {
		count = len(p.Device.Lines)
	}
	p.lines = make([]render.Values, count)
	copy(p.lines, emptyLines)
	free = true
	for i := range min(count, len(p.Device.Lines)) {
		sitting := p.Snapshot.Sitting(p.Device.At(i + 1))
		free = free && sitting.Extension == nil
		if p.Mode != Bootstrap {
			p.lines[i] = newLine(i)
			p.fillLine(p.lines[i], i, sitting)
		}
	}
	return free
}

// stackOf is the stack for who sits at a line; line 1's is there already.
func (p *phone) stackOf(person *directory.Extension) *Stack {
	if person == p.who.Person {
		return p.stack
	}
	who := p.who
	who.Person = person
	s := Pile(p.Snapshot, who)
	return &s
}

func (p *phone) fillLine(line render.Values, i int, at directory.Sitting) {
	account, person := p.Device.Lines[i].Account, at.Extension
	s := p.stackOf(person)
	host, port := p.register(at)
	line[lineUsed], line[lineHost], line[linePort] = render.B(true), render.S(host), render.I(port)
	line[lineUser] = render.S(account.User)
	setSecret(line, lineSecret, account.Secret, p.Mask)
	line[lineHoteling] = render.B(p.hoteling(p.Device.Lines[i].Home))
	if person == nil {
		label := "ID " + p.Device.PhoneID
		line[lineLabel], line[lineName] = render.S(label), render.S(label)
	} else {
		p.fillPerson(line, person)
	}
	line[lineDTMF], line[lineSRTP] = render.S(s.Text(DTMF)), render.S(s.Text(SRTP))
	list, _, items := codecs(p.Abilities.Codecs, s.Text(Codecs), i+1)
	line[lineCodecs], line[lineCodecList] = render.L(items), render.S(list)
}

// hoteling tells whether others may sit down at a line of that home extension by
// the phone's own softkey.
func (p *phone) hoteling(home directory.ID) bool {
	if !p.Abilities.Hoteling || p.Device.Alone() {
		return false
	}
	e := p.Snapshot.Extension(home)
	return home == "" || e != nil && e.Virtualization.Allow
}

// fillPerson fills what a line shows of who sits there. The display of the
// person's number is the label, in two parts for phones that have two lines.
func (p *phone) fillPerson(line render.Values, person *directory.Extension) {
	line[lineExt], line[lineName] = render.S(person.Number), render.S(nameOf(person))
	first, second := display(p.Snapshot, person)
	setText(line, lineLabelFirst, first)
	setText(line, lineLabelSecond, second)
	line[lineLabel] = render.S(person.Number)
	setText(line, lineLabel, strings.TrimSpace(first+" "+second))
	if person.Voicemail.Enabled {
		setText(line, lineVoicemail, p.codes["voicemail"])
	}
}

// display is the two-part label of the first number that leads to an extension
// and has one.
func display(snap *directory.Snapshot, person *directory.Extension) (first, second string) {
	for n := range snap.NumbersOf(person.ID) {
		parts := append(slices.Clone(n.Display), "", "")
		if first, second = parts[0], parts[1]; first != "" || second != "" {
			return first, second
		}
	}
	return "", ""
}

// codecs puts the phone's codecs in the order wanted: those wanted first, the
// others after them, not used. Where nothing wanted is there, all are used.
func codecs(has []Codec, wanted string, line int) (list, first string, items []render.Values) {
	order := make([]Codec, 0, len(has))
	for name := range strings.SplitSeq(wanted, ",") {
		name = strings.TrimSpace(name)
		if i := slices.IndexFunc(has, func(c Codec) bool { return c.Name == name }); i >= 0 && !slices.Contains(order, has[i]) {
			order = append(order, has[i])
		}
	}
	used := len(order)
	for _, c := range has {
		if !slices.Contains(order, c) {
			order = append(order, c)
		}
	}
	if used == 0 {
		used = len(order)
	}
	names := make([]string, 0, used)
	items = codecShape.Rows(len(order))
	for i, c := range order {
		item := items[i]
		item[codecLine], item[codecIndex], item[codecPosition] = render.I(line), render.I(i), render.I(i+1)
		item[codecName], item[codecVendor] = render.S(c.Name), render.S(c.Vendor)
		item[codecUsed], item[codecPrio] = render.B(i < used), render.I(0)
		if i < used {
			item[codecPrio] = render.I(i + 1)
			names = append(names, c.Vendor)
		}
	}
	return strings.Join(names, ","), order[0].Vendor, items
}
