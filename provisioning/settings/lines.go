package settings

import (
	"slices"
	"strings"

	"cradle/directory"
	"cradle/provisioning/render"
)

// The slots of a line, a key and a codec.
var (
	lineNumber, lineIndex, lineUsed   = lineShape.Slot("number"), lineShape.Slot("index"), lineShape.Slot("used")
	lineHost, linePort                = lineShape.Slot("host"), lineShape.Slot("port")
	lineUser, lineSecret              = lineShape.Slot("user"), lineShape.Slot("secret")
	lineLabel, lineName, lineExt      = lineShape.Slot("label"), lineShape.Slot("name"), lineShape.Slot("extension")
	lineDTMF, lineSRTP                = lineShape.Slot("dtmf"), lineShape.Slot("srtp")
	lineCodecs, lineCodecList         = lineShape.Slot("codecs"), lineShape.Slot("codec_list")
	keyNumber, keyIndex, keyLine      = keyShape.Slot("number"), keyShape.Slot("index"), keyShape.Slot("line")
	keyLineIndex, keyUsed, keyLabel   = keyShape.Slot("line_index"), keyShape.Slot("used"), keyShape.Slot("label")
	keyPosition, keyType              = keyShape.Slot("position"), keyShape.Slot("type")
	keyModule, keyPlace               = keyShape.Slot("module"), keyShape.Slot("place")
	codecLine, codecIndex, codecName  = codecShape.Slot("line"), codecShape.Slot("index"), codecShape.Slot("name")
	codecVendor, codecUsed, codecPrio = codecShape.Slot("vendor"), codecShape.Slot("used"), codecShape.Slot("priority")
	codecPosition                     = codecShape.Slot("position")
)

// MaxLines is the most lines a model may have.
const MaxLines = 100

// Most lines of most phones are empty, and one empty line is like another:
// these are shared by all renderings.
var emptyLines, emptyKeys = func() (lines, keys []render.Values) {
	for i := range MaxLines {
		lines = append(lines, newLine(i))
		keys = append(keys, lineKey(lines[i], i))
	}
	return lines, keys
}()

func newLine(i int) render.Values {
	line := lineShape.New()
	line[lineNumber], line[lineIndex], line[lineUsed] = render.I(i+1), render.I(i), render.B(false)
	return line
}

// lines fills every line the model has: those of the device, the rest empty, so
// that what disappears here disappears in the phone.
func lines(v render.Values, f Facts, who Subject, s *Stack) {
	all := make([]render.Values, f.Abilities.Lines)
	keys := make([]render.Values, min(f.Abilities.Lines, f.Abilities.Keys))
	free := true
	copy(all, emptyLines)
	copy(keys, emptyKeys)
	for i := range min(len(all), len(f.Device.Lines)) {
		sitting := f.Snapshot.Sitting(directory.LineRef{Device: f.Device.ID, Line: i + 1}).Extension
		free = free && sitting == nil
		if f.Mode == Bootstrap {
			continue
		}
		all[i] = newLine(i)
		fillLine(all[i], f, i, sitting, lineStack(f.Snapshot, who, s, sitting))
		if i < len(keys) {
			keys[i] = lineKey(all[i], i)
		}
	}
	v[atFree] = render.B(free)
	v[atLines], v[atKeys] = render.L(all), render.L(keys)
	for _, empty := range []int{atModules, atActions, atExtra, atBooks, atContacts} {
		v[empty] = render.L(nil)
	}
}

// lineStack is the stack for who sits at a line; line 1's is there already.
func lineStack(snap *directory.Snapshot, who Subject, first *Stack, person *directory.Extension) *Stack {
	if person == who.Person {
		return first
	}
	who.Person = person
	s := Pile(snap, who)
	return &s
}

func fillLine(line render.Values, f Facts, i int, person *directory.Extension, s *Stack) {
	account := f.Device.Lines[i].Account
	line[lineUsed] = render.B(true)
	line[lineHost], line[linePort] = render.S(f.Host), render.I(f.SIPPort)
	line[lineUser] = render.S(account.User)
	setSecret(line, lineSecret, account.Secret, f.Mask)
	label := "ID " + f.Device.PhoneID
	line[lineLabel], line[lineName] = render.S(label), render.S(label)
	if person != nil {
		line[lineLabel], line[lineExt] = render.S(person.Number), render.S(person.Number)
		line[lineName] = render.S(person.Name)
		if person.Name == "" {
			line[lineName] = render.S(person.Number)
		}
	}
	line[lineDTMF], line[lineSRTP] = render.S(s.Text(DTMF)), render.S(s.Text(SRTP))
	list, _, items := codecs(f.Abilities.Codecs, s.Text(Codecs), i+1)
	line[lineCodecs], line[lineCodecList] = render.L(items), render.S(list)
}

// lineKey is the key that stands for a line.
func lineKey(line render.Values, i int) render.Values {
	key := keyShape.New()
	key[keyNumber], key[keyIndex] = render.I(i+1), render.I(i)
	key[keyLine], key[keyLineIndex] = render.I(i+1), render.I(i)
	key[keyUsed], key[keyLabel] = line[lineUsed], line[lineLabel]
	key[keyPosition], key[keyType] = render.I(i+1), render.S("line")
	key[keyModule], key[keyPlace] = render.I(0), render.I(i)
	return key
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
	var names []string
	for i, c := range order {
		item := codecShape.New()
		item[codecLine], item[codecIndex], item[codecPosition] = render.I(line), render.I(i), render.I(i+1)
		item[codecName], item[codecVendor] = render.S(c.Name), render.S(c.Vendor)
		item[codecUsed], item[codecPrio] = render.B(i < used), render.I(0)
		if i < used {
			item[codecPrio] = render.I(i + 1)
			names = append(names, c.Vendor)
		}
		items = append(items, item)
	}
	return strings.Join(names, ","), order[0].Vendor, items
}
