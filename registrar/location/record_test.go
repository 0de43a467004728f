package location

import (
	"bytes"
	"net/netip"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cradle/registrar/sipmsg"
)

func recorded(t testing.TB) (*Table, *account, []byte) {
	t.Helper()
	tab := New()
	now := time.Unix(1000, 0)
	r := &Registration{Account: "a", CallID: []byte("call"), CSeq: 7, Source: netip.MustParseAddrPort("[fe80::1%2]:5062"), Local: netip.MustParseAddrPort("10.0.0.1:5060"),
		Transport: sipmsg.TLS, UserAgent: []byte("phone"), MaxContacts: 2, Nonce: 1, NC: 1, SHA256: true, Path: []byte("<sip:edge.example;lr>"),
		Contacts: []Contact{{URI: []byte("sip:a@10.0.0.2"), Params: []byte(";x=1"), Instance: []byte("<urn:uuid:1>"), RegID: 3, Granted: 600, Q: 500},
			{URI: []byte("sip:b@10.0.0.2"), Granted: 60, Q: 1000}}}
	if _, err := tab.Save(r, now, nil); err != nil {
		t.Fatal(err)
	}
	a := tab.shard("a").accounts["a"]
	return tab, a, a.encode(nil)
}

func TestRecordKeepsEverything(t *testing.T) {
	tab, a, b := recorded(t)
	back := &account{name: "a"}
	if !tab.decode(b, back, 1000) {
		t.Fatal("what was written cannot be read")
	}
	for i := range a.entries {
		a.entries[i].lost = true // a connection is gone after a restart
	}
	same := cmp.Options{cmp.AllowUnexported(account{}, entry{}), cmpopts.IgnoreFields(account{}, "nonces", "call", "cseq", "queued", "saved", "dirty"),
		cmp.Comparer(func(a, b netip.Addr) bool { return a == b }), cmp.Comparer(func(a, b netip.AddrPort) bool { return a == b })}
	if d := cmp.Diff(a, back, same); d != "" {
		t.Error(d)
	}
	late := &account{name: "a"}
	if !tab.decode(b, late, 1100) || len(late.entries) != 1 {
		t.Errorf("%d bindings, one is over", len(late.entries))
	}
	for n := range b {
		if tab.decode(b[:n], &account{}, 1000) {
			t.Errorf("%d of %d bytes are taken for a record", n, len(b))
		}
	}
}

// What the version before wrote is read: it had no path, and neither its length.
func TestRecordOfBefore(t *testing.T) {
	tab, a, _ := recorded(t)
	e := &a.entries[1]
	e.text = e.text[:e.callEnd]
	a.entries = a.entries[1:]
	b := a.encode(nil)
	b[0] = versionNoPath
	marks := []byte{byte(e.contactEnd), byte(e.paramsEnd), byte(e.instanceEnd), byte(e.callEnd)}
	i := bytes.Index(b, marks)
	if i < 0 {
		t.Fatal("the record looks otherwise")
	}
	b = append(b[:i+3:i+3], b[i+4:]...)
	back := &account{name: "a"}
	if !tab.decode(b, back, 1000) || len(back.entries) != 1 || back.entries[0].callID() != "call" || back.entries[0].path() != "" || back.entries[0].contact() != "sip:b@10.0.0.2" {
		t.Errorf("%+v", back.entries)
	}
}

func FuzzRecord(f *testing.F) {
	tab, _, b := recorded(f)
	f.Add(b)
	f.Add([]byte{recordVersion, 0, 0, 0, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		a := &account{name: "a"}
		if tab.decode(b, a, 0) {
			for i := range a.entries {
				_ = a.entries[i].binding("a")
			}
		}
	})
}
