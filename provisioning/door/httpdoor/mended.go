package httpdoor

import "bytes"

// mended is a connection whose first request is looked at before the server
// sees it: some phones speak HTTP/1.1 and send no Host, which the library
// answers with 400. Such a request gets an empty Host and the wish to close,
// so that each later request is a first one too.
type mended struct {
	*conn
	looked bool
	held   []byte // read, not yet given on
}

// Read gives the connection's bytes, the first header mended.
func (c *mended) Read(p []byte) (int, error) {
	if !c.looked {
		c.looked = true
		if err := c.look(); err != nil && len(c.held) == 0 {
			return 0, err
		}
	}
	if len(c.held) == 0 {
		return c.conn.Read(p)
	}
	n := copy(p, c.held)
	if c.held = c.held[n:]; len(c.held) == 0 {
		c.held = nil
	}
	return n, nil
}

// look reads up to the end of the first header, at most maxHeader bytes; what
// is no header by then is the server's to refuse. An error comes again at the
// next reading.
func (c *mended) look() error {
	buf := make([]byte, 0, 1024)
	for {
		if len(buf) == cap(buf) {
			buf = append(make([]byte, 0, 4*cap(buf)), buf...)
		}
		n, err := c.conn.Read(buf[len(buf):cap(buf)])
		from := max(0, len(buf)-3)
		buf = buf[:len(buf)+n]
		c.held = buf
		if err != nil || len(buf) >= maxHeader {
			return err
		}
		if end := headerEnd(buf, from); end > 0 {
			if at := missingHost(string(buf[:end])); at > 0 {
				c.held = append(append(append(make([]byte, 0, len(buf)+len(closing)), buf[:at]...), closing...), buf[at:]...)
			}
			return nil
		}
	}
}

// headerEnd finds the empty line that ends a header; it looks from an offset on.
func headerEnd(b []byte, from int) int {
	for i := from; i < len(b); i++ {
		if b[i] != '\n' {
			continue
		}
		rest := bytes.TrimPrefix(b[i+1:], []byte("\r"))
		if len(rest) > 0 && rest[0] == '\n' {
			return len(b) - len(rest) + 1
		}
	}
	return 0
}
