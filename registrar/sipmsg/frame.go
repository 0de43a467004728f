package sipmsg

import "bytes"

// Frame finds the first message in a stream: head bytes up to and with the
// empty line, then length bytes of body. head 0: the header section is not
// complete. ok is false when the length cannot be told, so that nothing behind
// can be read. Without Content-Length there is no body.
func Frame(b []byte) (head, length int, ok bool) {
	i := bytes.Index(b, []byte("\r\n\r\n"))
	if i < 0 {
		return 0, 0, true
	}
	head = i + 4
	start := bytes.IndexByte(b, '\n') + 1
	seen := false
	for h := (Headers{rest: b[start:head]}); h.Next(); {
		if !equalFold(h.Name, "content-length") && !equalFold(h.Name, "l") {
			continue
		}
		n, fine := Number(h.Value, 1<<20)
		if !fine || seen && int(n) != length {
			return head, 0, false
		}
		length, seen = int(n), true
	}
	return head, length, true
}
