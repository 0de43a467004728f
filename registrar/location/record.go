package location

import (
	"encoding/binary"
	"net/netip"

	"cradle/registrar/sipmsg"
)

// An account on disk is one version byte, then the fields below in their order:
// numbers as unsigned varints, texts and addresses with their length before them.
const recordVersion = 2

// Version 1 had no path.
const versionNoPath = 1

// encode appends the form on disk; nothing is appended for an account of which
// there is nothing to remember.
func (a *account) encode(out []byte) []byte {
	if a.last == 0 && len(a.entries) == 0 {
		return out
	}
	out = binary.AppendUvarint(append(out, recordVersion), uint64(a.last))
	source, _ := a.lastSource.AppendBinary(nil) //nolint:errcheck // it has none
	out = append(appendText(out, source), flag(a.sha256))
	out = binary.AppendUvarint(out, uint64(len(a.entries)))
	for i := range a.entries {
		out = a.entries[i].encode(out)
	}
	return out
}

func (e *entry) encode(out []byte) []byte {
	out = appendText(out, e.text)
	for _, n := range [...]uint32{uint32(e.contactEnd), uint32(e.paramsEnd), uint32(e.instanceEnd), uint32(e.callEnd), e.registered, e.expires, e.granted, e.cseq, e.regID, uint32(e.q)} {
		out = binary.AppendUvarint(out, uint64(n))
	}
	out = append(appendText(out, e.agent), byte(e.transport))
	var room [64]byte
	source, _ := e.source.AppendBinary(room[:0]) //nolint:errcheck // it has none
	out = appendText(out, source)
	local, _ := e.local.AppendBinary(room[:0]) //nolint:errcheck // it has none
	return appendText(out, local)
}

func appendText[T ~string | ~[]byte](out []byte, s T) []byte {
	return append(binary.AppendUvarint(out, uint64(len(s))), s...)
}

func flag(on bool) byte {
	if on {
		return 1
	}
	return 0
}

// recordReader reads what encode wrote; after the first fault all it gives is zero.
type recordReader struct {
	b   []byte
	bad bool
}

func (r *recordReader) number(most uint64) uint32 {
	n, size := binary.Uvarint(r.b)
	if r.bad || size <= 0 || n > most {
		r.bad = true
		return 0
	}
	r.b = r.b[size:]
	return uint32(n)
}

func (r *recordReader) text() []byte {
	n := int(r.number(1 << 20))
	if r.bad || n > len(r.b) {
		r.bad = true
		return nil
	}
	s := r.b[:n]
	r.b = r.b[n:]
	return s
}

func (r *recordReader) flow() (a netip.AddrPort) {
	r.bad = a.UnmarshalBinary(r.text()) != nil || r.bad
	return a
}

const most32, most16 = 1<<32 - 1, 1<<16 - 1

// decode fills an empty account, without the bindings that are over.
func (t *Table) decode(value []byte, a *account, now uint32) bool {
	r := recordReader{b: value}
	version := r.number(most32)
	if version != recordVersion && version != versionNoPath {
		return false
	}
	a.last = r.number(most32)
	r.bad = a.lastSource.UnmarshalBinary(r.text()) != nil || r.bad
	a.sha256 = r.number(1) == 1
	for n := r.number(most16); n > 0 && !r.bad; n-- {
		if e, ok := t.decodeEntry(&r, version); ok && e.expires > now {
			a.entries = append(a.entries, e)
		}
	}
	return !r.bad && len(r.b) == 0
}

func (t *Table) decodeEntry(r *recordReader, version uint32) (e entry, ok bool) {
	text := r.text()
	e.contactEnd, e.paramsEnd, e.instanceEnd = uint16(r.number(maxText)), uint16(r.number(maxText)), uint16(r.number(maxText))
	if e.callEnd = uint16(min(len(text), maxText)); version != versionNoPath {
		e.callEnd = uint16(r.number(maxText))
	}
	e.registered, e.expires, e.granted = r.number(most32), r.number(most32), r.number(most32)
	e.cseq, e.regID, e.q = r.number(most32), r.number(most32), uint16(r.number(most16))
	agent := r.text()
	e.transport = sipmsg.Transport(r.number(uint64(sipmsg.WSS)))
	source, local := r.flow(), r.flow()
	if e.contactEnd > e.paramsEnd || e.paramsEnd > e.instanceEnd || e.instanceEnd > e.callEnd || int(e.callEnd) > len(text) || len(text) > maxText {
		r.bad = true
	}
	if r.bad {
		return entry{}, false
	}
	e.text, e.agent, e.source, e.local, e.lost = string(text), t.words.intern(agent), source, t.words.local(local), e.transport.Stream()
	return e, true
}
