package sdp

import (
	"slices"
	"strconv"
	"strings"
)

// Bundled says whether a line is on and one of the bundle.
func (d *Description) Bundled(i int) bool {
	m := &d.Media[i]
	return m.Mid != "" && (m.Port != 0 || m.Only) && slices.Contains(d.Bundle, m.Mid)
}

// Unite gives the lines of the bundle the transport of the one that has it: the first of the group (RFC 9143 section
// 7.1.2). The others may say nothing of theirs, and one that is on in the bundle only has port 0. Where that line has no
// ICE, no fingerprint or no rtcp-mux, there is no bundle.
func (d *Description) Unite() {
	t := d.tagged()
	if t < 0 {
		d.Bundle = nil
		return
	}
	of := d.Media[t]
	for i := range d.Media {
		if m := &d.Media[i]; i != t && d.Bundled(i) {
			m.Port, m.Addr, m.Zero, m.RTCP, m.Mux = of.Port, of.Addr, of.Zero, of.RTCP, true
			m.ICE, m.Prints, m.Setup, m.Only = of.ICE, of.Prints, of.Setup, false
		}
	}
}

// tagged is the line whose transport the bundle has; -1: none.
func (d *Description) tagged() int {
	if len(d.Bundle) == 0 {
		return -1
	}
	i := slices.IndexFunc(d.Media, func(m Media) bool { return m.Mid == d.Bundle[0] })
	if i < 0 || d.Media[i].Port == 0 || d.Media[i].ICE.User == "" || len(d.Media[i].Prints) == 0 || !d.Media[i].Mux {
		return -1
	}
	return i
}

// group reads "BUNDLE 0 1".
func (r *reader) group(v string) {
	f := strings.Fields(v)
	if len(f) == 0 || f[0] != "BUNDLE" || r.cur != nil || r.d.Bundle != nil {
		return
	}
	for _, mid := range f[1:] {
		if mid = token(mid); mid != "" && len(r.d.Bundle) < MaxMedia {
			r.d.Bundle = append(r.d.Bundle, mid)
		}
	}
}

// feeds says whether an a=rtcp-fb is of one of the line's codecs and means something here: nobody numbers the packets of
// a transport, because each leg has its own.
func (m *Media) feeds(hint string) bool {
	pt, what, _ := strings.Cut(hint, " ")
	if strings.HasPrefix(what, "transport-cc") {
		return false
	}
	return pt == "*" || slices.ContainsFunc(m.Codecs, func(c Codec) bool { return strconv.Itoa(int(c.Type)) == pt })
}
