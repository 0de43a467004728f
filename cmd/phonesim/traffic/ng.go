package traffic

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"strconv"
	"time"
)

// NG sets calls up at a relay that is controlled by the ng protocol: bencoded commands in datagrams, each
// behind a cookie of its own that the answer bears too.
type NG struct {
	conn net.Conn
	run  string
	sent int
	open []string // Call-IDs
	buf  []byte
}

// DialNG opens the way to its control port.
func DialNG(ctx context.Context, to string) (*NG, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, "udp", to)
	if err != nil {
		return nil, err
	}
	return &NG{conn: c, run: strconv.FormatInt(time.Now().UnixNano(), 36), buf: make([]byte, 1<<16)}, nil
}

// Parallel is 1: the commands go one by one.
func (g *NG) Parallel() int { return 1 }

// Open offers and answers. The relay is to wait for the handshakes, as the appliance does.
func (g *NG) Open(ctx context.Context, n int, near, far *Party) error {
	id := g.run + "-" + strconv.Itoa(n)
	offer, err := g.ask(ctx, map[string]any{"command": "offer", "call-id": id, "from-tag": "near", "sdp": string(near.Offer()),
		"transport-protocol": far.Kind().Profile(), "DTLS": "passive", "ICE": "remove", "rtcp-mux": []string{"demux"}, "replace": []string{"origin"}})
	if err != nil {
		return err
	}
	g.open = append(g.open, id)
	answer, err := far.Answer([]byte(offer["sdp"]))
	if err != nil {
		return err
	}
	told, err := g.ask(ctx, map[string]any{"command": "answer", "call-id": id, "from-tag": "near", "to-tag": "far", "sdp": string(answer),
		"transport-protocol": near.Kind().Profile(), "DTLS": "passive", "ICE": "remove", "replace": []string{"origin"}})
	if err != nil {
		return err
	}
	return near.Hear([]byte(told["sdp"]))
}

// Close deletes the calls and ends the way.
func (g *NG) Close(ctx context.Context) {
	for _, id := range g.open {
		if _, err := g.ask(ctx, map[string]any{"command": "delete", "call-id": id, "from-tag": "near"}); err != nil {
			break
		}
	}
	g.conn.Close()
}

// patience is how long an answer is waited for before a command is repeated.
const patience = time.Second

// ask sends a command, a few times until there is an answer.
func (g *NG) ask(ctx context.Context, command map[string]any) (map[string]string, error) {
	g.sent++
	cookie := fmt.Appendf(nil, "%s_%d ", g.run, g.sent)
	question := bencode(bytes.Clone(cookie), command)
	for range 5 {
		end := time.Now().Add(patience)
		g.conn.SetReadDeadline(end) //nolint:errcheck // a socket has deadlines
		g.conn.Write(question)      //nolint:errcheck // nobody is there yet, perhaps
		body, ok := g.heard(cookie)
		if ok {
			answer, err := bdecode(body)
			if err == nil && answer["result"] != "ok" {
				err = fmt.Errorf("%w: %s %s", ErrCall, answer["result"], answer["error-reason"])
			}
			return answer, err
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(time.Until(end)): // it was refused at once
		}
	}
	return nil, fmt.Errorf("%w: no answer to %s", ErrCall, command["command"])
}

// heard waits for the answer with a cookie.
func (g *NG) heard(cookie []byte) ([]byte, bool) {
	for {
		n, err := g.conn.Read(g.buf)
		if err != nil {
			return nil, false
		}
		if body, ours := bytes.CutPrefix(g.buf[:n], cookie); ours {
			return body, true
		}
	}
}
