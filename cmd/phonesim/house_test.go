package main

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"cradle/registrar/siptest"
)

// house is a small stand-in for an appliance: it gives settings to two phones
// and carries their SIP to and fro without looking into it.
type house struct {
	t    *testing.T
	url  string
	sip  *net.UDPConn
	addr netip.AddrPort

	mu       sync.Mutex
	names    map[string]string // MAC -> display name; "": no account
	fetched  map[string]int    // own files given, by MAC
	contacts map[string]netip.AddrPort
	gone     map[string]bool // unregistered
	refuse   map[string]int  // number dialled -> status
}

// numbers are the two phones: MAC to number, which is the account's user too.
func numbers() map[string]string {
	return map[string]string{"805ec0000101": "101", "805ec0000102": "102"}
}

func openHouse(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, names: map[string]string{"805ec0000101": "Ada", "805ec0000102": "Grace"}, fetched: map[string]int{},
		contacts: map[string]netip.AddrPort{}, gone: map[string]bool{}, refuse: map[string]int{}}
	var err error
	if h.sip, err = net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)}); err != nil {
		t.Fatal(err)
	}
	h.addr = h.sip.LocalAddr().(*net.UDPAddr).AddrPort()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.url = "http://" + ln.Addr().String() + "/p/"
	web := &http.Server{Handler: http.HandlerFunc(h.settings)}
	done := make(chan struct{}, 2)
	go func() { web.Serve(ln); done <- struct{}{} }()
	go func() { h.carry(); done <- struct{}{} }()
	t.Cleanup(func() { web.Close(); h.sip.Close(); <-done; <-done })
	return h
}

func (h *house) set(f func()) { h.mu.Lock(); defer h.mu.Unlock(); f() }

func (h *house) settings(w http.ResponseWriter, r *http.Request) {
	mac := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path, "/p/"), ".cfg")
	h.mu.Lock()
	defer h.mu.Unlock()
	name, known := h.names[mac]
	if !known {
		http.NotFound(w, r)
		return
	}
	h.fetched[mac]++
	if name == "" {
		fmt.Fprint(w, "#!version:1.0.0.1\naccount.1.enable = 1\naccount.1.label = ID 123456\n")
		return
	}
	n := numbers()[mac]
	fmt.Fprintf(w, "#!version:1.0.0.1\naccount.1.enable = 1\naccount.1.label = %s\naccount.1.display_name = %s\naccount.1.user_name = %s\naccount.1.password = secret%s\n"+
		"account.1.sip_server.1.address = 127.0.0.1\naccount.1.sip_server.1.port = %d\naccount.1.sip_server.1.expires = 600\n", n, name, n, n, h.addr.Port())
}

// carry is a stateless proxy (RFC 3261, 16.11) with a registrar that asks for no password.
func (h *house) carry() {
	buf := make([]byte, 8192)
	for {
		n, from, err := h.sip.ReadFromUDPAddrPort(buf)
		if err != nil {
			return
		}
		m, ok := siptest.ParseMsg(append([]byte(nil), buf[:n]...))
		if !ok {
			continue
		}
		m.From = from
		if m.Status != 0 {
			h.back(m)
		} else if m.Method == "REGISTER" {
			h.register(m)
		} else {
			h.forward(m)
		}
	}
}

func (h *house) send(m *siptest.Msg, to netip.AddrPort) { h.sip.WriteToUDPAddrPort(m.Bytes(), to) }

func (h *house) register(m *siptest.Msg) {
	user, gone := siptest.User(m.Get("To")), m.Get("Expires") == "0"
	h.set(func() { h.contacts[user], h.gone[user] = m.From, gone })
	r := m.Answer(200, "OK", "t")
	if !gone {
		r.Add("Contact", m.Get("Contact")+";expires=600")
	}
	h.send(r, m.From)
}

func (h *house) forward(m *siptest.Msg) {
	user := siptest.User("<" + m.URI + ">")
	h.mu.Lock()
	to, status := h.contacts[user], h.refuse[user]
	h.mu.Unlock()
	if status != 0 || !to.IsValid() {
		if m.Method != "ACK" {
			h.send(m.Answer(max(status, 404), "Refused", "t"), m.From)
		}
		return
	}
	top := siptest.Param(m.Get("Via"), "branch")
	m.Headers = append([]siptest.Header{{Name: "Via", Value: "SIP/2.0/UDP " + h.addr.String() + ";branch=" + top + "p"}}, m.Headers...)
	h.send(m, to)
}

// back takes our Via off and sends a response to the next one.
func (h *house) back(m *siptest.Msg) {
	for i := range m.Headers {
		if m.Headers[i].Name == "Via" || m.Headers[i].Name == "v" {
			m.Headers = append(m.Headers[:i], m.Headers[i+1:]...)
			break
		}
	}
	_, via, _ := strings.Cut(m.Get("Via"), " ")
	via, _, _ = strings.Cut(via, ";")
	if to, err := netip.ParseAddrPort(strings.TrimSpace(via)); err == nil {
		h.send(m, to)
	}
}

// notify sends an event to a phone.
func (h *house) notify(user, event string) {
	h.mu.Lock()
	to := h.contacts[user]
	h.mu.Unlock()
	id := strings.NewReplacer(";", "", "=", "").Replace(event)
	m := &siptest.Msg{Method: "NOTIFY", URI: "sip:" + user + "@" + to.String()}
	m.Add("Via", "SIP/2.0/UDP "+h.addr.String()+";branch=z9hG4bK"+id).Add("From", "<sip:h@h>;tag=1").Add("To", "<sip:"+user+"@h>")
	m.Add("Call-ID", "n"+id).Add("CSeq", "1 NOTIFY").Add("Event", event)
	h.send(m, to)
}

// desk is one booted phone in this process, told what to do by its socket.
type desk struct {
	socket string
	done   chan int
	off    context.CancelFunc
	out    *output
}

// output may be written and read at once.
type output struct {
	mu sync.Mutex
	b  strings.Builder
}

func (o *output) Write(p []byte) (int, error) { o.mu.Lock(); defer o.mu.Unlock(); return o.b.Write(p) }
func (o *output) String() string              { o.mu.Lock(); defer o.mu.Unlock(); return o.b.String() }

func (h *house) boot(mac string, more ...string) *desk {
	h.t.Helper()
	ctx, off := context.WithCancel(context.Background())
	d := &desk{socket: h.t.TempDir() + "/s", done: make(chan int, 1), off: off, out: &output{}}
	args := append([]string{"--json", "boot", "--model", "yealink-t46u", "--mac", mac, "--url", h.url, "--control", d.socket, "--retry", "20ms"}, more...)
	go func() { d.done <- run(ctx, args, d.out, d.out) }()
	return d
}

// ends switches the phone off and gives its exit status.
func (d *desk) ends() int {
	d.off()
	return <-d.done
}
