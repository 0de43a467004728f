package provtest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"time"

	"golang.org/x/net/ipv4"
)

// pnpWait is how long a phone waits for an answer before it goes on to other sources.
const pnpWait = 5 * time.Second

// plugAndPlay asks the multicast group for a URL (RFC 6080, 5) as the vendor's phones do.
func (p *Phone) plugAndPlay(ctx context.Context, iface string, res *Result) (string, error) {
	began := time.Now()
	conn, err := p.pnpSocket(iface)
	if err != nil {
		return "", err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetReadDeadline(time.Now()) })() //nolint:errcheck // an open socket takes a deadline
	step := Step{Method: "SUBSCRIBE", URL: "pnp:" + iface}
	place, err := p.subscribe(ctx, conn)
	step.Took = time.Since(began)
	if err != nil {
		step.Note = err.Error()
	} else {
		step.Status = 200
	}
	res.Steps = append(res.Steps, step)
	return place, err
}

// pnpSocket opens a socket whose multicast leaves by an interface; none named:
// the one of the phone's own address.
func (p *Phone) pnpSocket(iface string) (*net.UDPConn, error) {
	own := p.Address(p.c.Group.Addr())
	if iface == "" && own.IsLoopback() {
		iface = "lo"
	}
	var nic *net.Interface
	if iface != "" {
		var err error
		if nic, err = net.InterfaceByName(iface); err != nil {
			return nil, fmt.Errorf("interface %q: %w", iface, err)
		}
		if nic.Flags&net.FlagLoopback == 0 && !p.c.Address.IsValid() {
			own = firstIPv4(nic)
		}
	}
	local := &net.UDPAddr{}
	if own.IsValid() {
		local.IP = own.AsSlice()
	}
	conn, err := net.ListenUDP("udp4", local)
	if err != nil {
		return nil, err
	}
	if nic != nil {
		out := ipv4.NewPacketConn(conn)
		if err := errors.Join(out.SetMulticastInterface(nic), out.SetMulticastLoopback(true)); err != nil {
			conn.Close()
			return nil, err
		}
	}
	return conn, nil
}

func firstIPv4(nic *net.Interface) netip.Addr {
	list, _ := nic.Addrs()
	for _, a := range list {
		if pre, err := netip.ParsePrefix(a.String()); err == nil && pre.Addr().Is4() {
			return pre.Addr()
		}
	}
	return netip.Addr{}
}

// subscribe sends the SUBSCRIBE, again while nobody answers, and waits for the NOTIFY.
func (p *Phone) subscribe(ctx context.Context, conn *net.UDPConn) (string, error) {
	me := conn.LocalAddr().String()
	ask := p.subscription(me)
	buf := make([]byte, 8192)
	until := time.Now().Add(pnpWait)
	for wait := 500 * time.Millisecond; time.Now().Before(until) && ctx.Err() == nil; wait *= 2 {
		if _, err := conn.WriteToUDPAddrPort([]byte(ask), p.c.Group); err != nil {
			return "", err
		}
		deadline := time.Now().Add(wait)
		for {
			if err := conn.SetReadDeadline(deadline); err != nil {
				return "", err
			}
			n, from, err := conn.ReadFromUDPAddrPort(buf)
			if errors.Is(err, os.ErrDeadlineExceeded) {
				break
			}
			if err != nil {
				return "", err
			}
			if place := p.offered(string(buf[:n])); place != "" {
				_, err := conn.WriteToUDPAddrPort([]byte(acknowledge(string(buf[:n]))), from)
				return place, err
			}
		}
	}
	return "", errors.Join(ErrNoOffer, ctx.Err())
}

func (p *Phone) subscription(me string) string {
	boot := p.model.Family.Boot
	user := p.model.Says(boot.PnPUser, p.mac)
	if user == "" {
		user = "MAC%3a" + p.mac
	}
	event := "ua-profile"
	for _, parameter := range boot.PnPEvent {
		event += ";" + p.model.Says(parameter, p.mac)
	}
	group := p.c.Group.Addr().String()
	id := rand.Text()
	return fmt.Sprintf("SUBSCRIBE sip:%[1]s@%[2]s SIP/2.0\r\nVia: SIP/2.0/UDP %[3]s;branch=z9hG4bK%[4]s\r\nMax-Forwards: 70\r\n"+
		"From: <sip:%[1]s@%[2]s>;tag=%[5]s\r\nTo: <sip:%[1]s@%[2]s>\r\nCall-ID: %[4]s@%[3]s\r\nCSeq: 1 SUBSCRIBE\r\n"+
		"Contact: <sip:%[3]s>\r\nEvent: %[6]s\r\nAccept: application/url\r\nExpires: 0\r\nUser-Agent: %[7]s\r\nContent-Length: 0\r\n\r\n",
		user, group, me, id, id[:8], event, p.SIPUserAgent())
}

// offered reads the URL out of a NOTIFY; nothing for everything else.
func (p *Phone) offered(message string) string {
	head, body, found := strings.Cut(message, "\r\n\r\n")
	if !found || !strings.HasPrefix(head, "NOTIFY ") || !strings.EqualFold(field(head, "Content-Type"), "application/url") {
		return ""
	}
	return strings.NewReplacer("{mac}", p.mac, "$mac", p.mac, "{MAC}", strings.ToUpper(p.mac)).Replace(strings.TrimSpace(body))
}

// acknowledge answers a NOTIFY with 200.
func acknowledge(message string) string {
	head, _, _ := strings.Cut(message, "\r\n\r\n")
	out := "SIP/2.0 200 OK\r\n"
	for line := range strings.SplitSeq(head, "\r\n") {
		name, _, _ := strings.Cut(line, ":")
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "via", "v", "from", "f", "to", "t", "call-id", "i", "cseq":
			out += line + "\r\n"
		}
	}
	return out + "Content-Length: 0\r\n\r\n"
}

// field gives the first header field of a name.
func field(head, name string) string {
	for line := range strings.SplitSeq(head, "\r\n") {
		n, value, found := strings.Cut(line, ":")
		if found && strings.EqualFold(strings.TrimSpace(n), name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
