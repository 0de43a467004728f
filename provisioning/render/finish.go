package render

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"strconv"
)

const zeros = "000000000000000000" // maxDigest of them

// finish does what can be done only when the whole file is there.
func (r *run) finish(t *Template) {
	if len(r.digests) > 0 {
		r.digest()
	}
	if t.format == Set {
		r.quote()
	}
	if t.crlf {
		r.out = append(r.out[:r.base], bytes.ReplaceAll(r.out[r.base:], []byte("\n"), []byte("\r\n"))...)
	}
}

// quote puts quotes around the values of SET that hold a space or nothing.
func (r *run) quote() {
	from := bytes.Clone(r.out[r.base:])
	r.out = r.out[:r.base]
	for line := range bytes.Lines(from) {
		at := setValue(line)
		value := bytes.TrimSuffix(line[at:], []byte("\n"))
		if at == 0 || len(value) > 0 && (value[0] == '"' || bytes.IndexByte(value, ' ') < 0) {
			r.out = append(r.out, line...)
			continue
		}
		r.out = append(append(r.out, line[:at]...), '"')
		r.out = append(append(r.out, value...), '"', '\n')
	}
}

// setValue is where the value of "SET NAME value" begins; 0: it is no such line.
func setValue(line []byte) int {
	if !bytes.HasPrefix(line, []byte("SET ")) {
		return 0
	}
	space := bytes.IndexByte(line[4:], ' ')
	if space < 0 {
		return 0
	}
	return 4 + space + 1
}

// digest writes digits made of the whole file, with zeros where they will stand.
func (r *run) digest() {
	sum := sha256.Sum256(r.out[r.base:])
	digits := strconv.FormatUint(binary.BigEndian.Uint64(sum[:8])|1<<63, 10) // 19 digits always
	for _, d := range r.digests {
		copy(r.out[d[0]:d[0]+d[1]], digits[len(digits)-d[1]:])
	}
}
