package presence_test

import (
	"encoding/xml"
	"io"
	"mime"
	"mime/multipart"
	"strings"
	"testing"

	"cradle/calls/calltest"
	"cradle/directory"
	"cradle/registrar/siptest"
)

func TestLampOfACall(t *testing.T) {
	h := open(t, 3)
	anna, bert := h.Phone(0, calltest.Options{}), h.Phone(1, calltest.Options{})
	clara := h.desk(2, nil)
	callee, caller := watch(t, clara, "102", "dialog", nil), watch(t, clara, "101", "dialog", nil)
	first := hears(t, callee, `version="0"`, `state="full"`, `entity="sip:102@acme.example"`, "<state>terminated</state>")
	if first.Get("Content-Type") != "application/dialog-info+xml" {
		t.Error(first.Raw)
	}
	hears(t, caller, "<state>terminated</state>")
	out := anna.Call("102", anna.SDP("sendrecv"))
	in := bert.Incoming()
	in.Reply(180, nil)
	out.Expect(180)
	hears(t, callee, "<state>early</state>", `direction="recipient"`, `<identity display="Person 101">sip:101@acme.example</identity>`, `<target uri="sip:101@acme.example">`)
	hears(t, caller, "<state>early</state>", `direction="initiator"`, "sip:102@acme.example")
	in.Reply(200, bert.SDP("sendrecv"))
	out.Ack(out.Expect(200), nil)
	hears(t, callee, "<state>confirmed</state>")
	hears(t, caller, "<state>confirmed</state>")
	out.Bye()
	in.TakeBye()
	hears(t, callee, "<state>terminated</state>")
	m := hears(t, caller, "<state>terminated</state>")
	if err := xml.Unmarshal(m.Body, new(struct{})); err != nil {
		t.Error(err)
	}
	quiet(t, callee)
}

// TestLampFollowsThePerson: who sits elsewhere is watched there.
func TestLampFollowsThePerson(t *testing.T) {
	h := open(t, 3)
	free := h.AddDevice(t, "")
	clara := h.desk(2, nil)
	lamp := watch(t, clara, "101", "dialog", nil)
	hears(t, lamp, "terminated")
	h.Update(t, func(tx *directory.Tx) error {
		_, err := tx.Sit(directory.SitRequest{Extension: h.Extensions[0].ID, At: free.At(1), How: directory.HowPortal})
		return err
	})
	bert := h.Phone(1, calltest.Options{})
	elsewhere := h.Phone(len(h.Devices)-1, calltest.Options{})
	out := bert.Call("101", bert.SDP("sendrecv"))
	in := elsewhere.Incoming()
	in.Reply(180, nil)
	out.Expect(180)
	hears(t, lamp, "<state>early</state>", "sip:102@acme.example")
	in.Reply(486, nil)
	out.Ack(out.Expect(486), nil)
	hears(t, lamp, "<state>terminated</state>")
}

func TestWhoMayWatchWhom(t *testing.T) {
	h := open(t, 2)
	h.Update(t, func(tx *directory.Tx) error {
		o := &directory.Organization{Name: "Other", Domain: "other.example"}
		if err := tx.PutOrganization(o); err != nil {
			return err
		}
		s := &directory.Site{Organization: o.ID, Name: "There"}
		if err := tx.PutSite(s); err != nil {
			return err
		}
		return tx.PutExtension(&directory.Extension{Organization: o.ID, Site: s.ID, Number: "500", Name: "Foreign"})
	})
	anna := h.desk(0, nil)
	for _, c := range []struct {
		user, event string
		status      int
	}{
		{"102", "dialog", 200}, {"102", "presence", 200}, {anna.User(), "dialog", 200}, {"102;phone=x", "dialog", 200},
		{"500", "dialog", 404}, {"500", "presence", 404}, {"999", "dialog", 404},
		{anna.User(), "message-summary", 200}, {"101", "message-summary", 200}, {"voicemail", "message-summary", 200}, {"102", "message-summary", 403},
		{anna.User(), "as-feature-event", 200}, {"102", "as-feature-event", 403},
		{"blf", "dialog", 421}, {"blf-999", "dialog", 404},
		{anna.User(), "x-broadworks-hoteling", 489},
	} {
		if _, status := try(t, anna, c.user, c.event, nil); status != c.status {
			t.Errorf("%s of %s: %d, want %d", c.event, c.user, status, c.status)
		}
	}
}

func TestPresence(t *testing.T) {
	h := open(t, 2)
	anna := h.desk(0, nil)
	s := watch(t, anna, "102", "presence", nil)
	hears(t, s, "<basic>closed</basic>", `entity="sip:102@acme.example"`)
	bert := h.Phone(1, calltest.Options{})
	hears(t, s, "<basic>open</basic>")
	h.change(1, func(e *directory.Extension) { e.DoNotDisturb = true })
	hears(t, s, "Do not disturb", "busy")
	h.change(1, func(e *directory.Extension) { e.DoNotDisturb = false })
	desk := h.Phone(0, calltest.Options{})
	out := bert.Call("101", bert.SDP("sendrecv"))
	in := desk.Incoming()
	in.Reply(180, nil)
	out.Expect(180)
	hears(t, s, "on-the-phone", "On the phone")
	in.Reply(486, nil)
	out.Ack(out.Expect(486), nil)
	hears(t, s, "<basic>open</basic>")
}

// TestPublished: an extension that publishes its own state is heard of by that alone.
func TestPublished(t *testing.T) {
	h := open(t, 2)
	h.change(1, func(e *directory.Extension) { e.SIP.PublishesState = true })
	s := watch(t, h.desk(0, nil), "102", "presence", nil)
	if m := hears(t, s, "presence"); len(m.Body) != 0 {
		t.Errorf("said before anything was published: %s", m.Body)
	}
	bert := h.desk(1, nil)
	if _, err := bert.Register(soon(t)); err != nil {
		t.Fatal(err)
	}
	quiet(t, s)
	doc := `<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:boss@evil"><tuple id="x"><status><basic>open</basic></status><note>At &lt;lunch&gt;</note></tuple></presence>`
	publish := func(etag string, expires string, body string) *siptest.Msg {
		t.Helper()
		uri := "sip:" + bert.User() + "@acme.example"
		m := &siptest.Msg{Method: "PUBLISH", URI: uri, Body: []byte(body)}
		m.Add("From", "<"+uri+">;tag=1").Add("To", "<"+uri+">").Add("Call-ID", t.Name()+etag+expires).Add("CSeq", "1 PUBLISH").Add("Max-Forwards", "70")
		m.Add("Event", "presence").Add("Expires", expires)
		if body != "" {
			m.Add("Content-Type", "application/pidf+xml")
		}
		if etag != "" {
			m.Add("SIP-If-Match", etag)
		}
		r, err := bert.Signed(soon(t), m)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	r := publish("", "600", doc)
	if r.Status != 200 || r.Get("SIP-ETag") == "" || r.Get("Expires") != "600" {
		t.Fatal(r.Raw)
	}
	if m := hears(t, s, "<basic>open</basic>", "At &lt;lunch&gt;"); strings.Contains(string(m.Body), "evil") {
		t.Error("a foreign identity was passed on")
	}
	same := publish(r.Get("SIP-ETag"), "700", "")
	if same.Status != 200 || same.Get("SIP-ETag") == r.Get("SIP-ETag") {
		t.Fatal(same.Raw)
	}
	quiet(t, s)
	for want, got := range map[int]*siptest.Msg{412: publish(r.Get("SIP-ETag"), "600", doc), 423: publish("", "5", doc), 400: publish("", "600", "<a/>")} {
		if got.Status != want {
			t.Errorf("%d, want %d", got.Status, want)
		}
	}
	if r = publish(same.Get("SIP-ETag"), "0", ""); r.Status != 200 {
		t.Fatal(r.Raw)
	}
	if m := hears(t, s, "presence"); len(m.Body) != 0 {
		t.Errorf("taken back: %s", m.Body)
	}
	for range 4 {
		if r = publish("", "600", doc); r.Status != 200 {
			t.Fatal(r.Status)
		}
	}
	if r = publish("", "600", doc); r.Status != 503 {
		t.Errorf("a fifth state at once: %d", r.Status)
	}
}

func TestMessages(t *testing.T) {
	h := open(t, 2)
	anna := h.desk(0, nil)
	s := watch(t, anna, anna.User(), "message-summary", nil)
	hears(t, s, "Messages-Waiting: no\r\n", "Voice-Message: 0/0 (0/0)")
	box := &directory.Mailbox{Extension: h.Extensions[0].ID, New: 2, Old: 1, UrgentNew: 1}
	h.Update(t, func(tx *directory.Tx) error { return tx.PutMailbox(box) })
	hears(t, s, "Messages-Waiting: yes\r\n", "Voice-Message: 2/1 (1/0)", "Message-Account: sip:"+anna.User()+"@acme.example")
	h.Update(t, func(tx *directory.Tx) error { return tx.DeleteMailbox(box.ID) })
	hears(t, s, "Messages-Waiting: no\r\n")
}

// TestMessagesUnasked: a phone that never asked is told where its person's
// record says so: when it registers, and when something changes.
func TestMessagesUnasked(t *testing.T) {
	h := open(t, 2)
	told := make(chan string, 16)
	p := h.desk(0, func(c *siptest.Config) {
		c.OnNotify = func(m *siptest.Msg) int { told <- m.Get("Event") + " " + string(m.Body); return 200 }
	})
	if _, err := p.Register(soon(t)); err != nil {
		t.Fatal(err)
	}
	box := &directory.Mailbox{Extension: h.Extensions[0].ID, New: 1}
	h.Update(t, func(tx *directory.Tx) error { return tx.PutMailbox(box) })
	h.change(0, func(e *directory.Extension) { e.SIP.ForceMWI = true })
	h.Update(t, func(tx *directory.Tx) error { m := *tx.Snapshot().Mailbox(box.ID); m.New = 3; return tx.PutMailbox(&m) })
	if got := <-told; !strings.HasPrefix(got, "message-summary ") || !strings.Contains(got, "Voice-Message: 3/0") {
		t.Error(got)
	}
	again := h.desk(0, func(c *siptest.Config) {
		c.OnNotify = func(m *siptest.Msg) int { told <- "again " + string(m.Body); return 200 }
	})
	if _, err := again.Register(soon(t)); err != nil {
		t.Fatal(err)
	}
	for got := range told {
		if strings.HasPrefix(got, "again ") {
			break
		}
	}
}

const csta = `xmlns="http://www.ecma-international.org/standards/ecma-323/csta/ed3"`

// TestFeatureKeys: what a phone's key sets is the record, and what the record
// says is on the phone.
func TestFeatureKeys(t *testing.T) {
	h := open(t, 2)
	anna := h.desk(0, nil)
	s := watch(t, anna, anna.User(), "as-feature-event", nil)
	m := hears(t, s, "<doNotDisturbOn>false</doNotDisturbOn>", "forwardImmediate", "forwardBusy", "forwardNoAns", "<forwardStatus>false</forwardStatus>")
	if parts := partsOf(t, m); len(parts) != 4 {
		t.Errorf("%d parts", len(parts))
	}
	set := func(body string) int {
		t.Helper()
		r, err := s.Again(soon(t), 600, func(m *siptest.Msg) {
			m.Add("Content-Type", "application/x-as-feature-event+xml")
			m.Body = []byte(body)
		})
		if err != nil {
			t.Fatal(err)
		}
		return r.Status
	}
	record := func() *directory.Extension { return h.Directory.Snapshot().Extension(h.Extensions[0].ID) }
	if status := set(`<?xml version="1.0" encoding="ISO-8859-1"?><SetDoNotDisturb ` + csta + `><device>x</device><doNotDisturbOn>true</doNotDisturbOn></SetDoNotDisturb>`); status != 200 || !record().DoNotDisturb {
		t.Errorf("%d, %+v", status, record().DoNotDisturb)
	}
	hears(t, s, "<doNotDisturbOn>true</doNotDisturbOn>")
	forward := `<SetForwarding ` + csta + `><device/><forwardingType>%t</forwardingType><activateForward>true</activateForward><forwardDN>%n</forwardDN><ringCount>3</ringCount></SetForwarding>`
	if status := set(strings.NewReplacer("%t", "forwardNoAns", "%n", "sip:102@acme.example").Replace(forward)); status != 200 || record().Forward.NoAnswer != "102" || record().Forward.NoAnswerAfter != 18 {
		t.Errorf("%d, %+v", status, record().Forward)
	}
	hears(t, s, "<forwardingType>forwardNoAns</forwardingType><forwardStatus>true</forwardStatus><forwardTo>102</forwardTo><ringCount>3</ringCount>")
	for _, bad := range []string{"<x/>", "<", strings.NewReplacer("%t", "sideways", "%n", "102").Replace(forward), strings.NewReplacer("%t", "forwardBusy", "%n", "101").Replace(forward)} {
		if status := set(bad); status != 400 {
			t.Errorf("%s: %d", bad, status)
		}
	}
	h.change(0, func(e *directory.Extension) {
		e.DoNotDisturb = false
		e.Forward = directory.Forward{Always: "+442071838750"}
	})
	hears(t, s, "<doNotDisturbOn>false</doNotDisturbOn>", "<forwardTo>+442071838750</forwardTo>")
	// Somebody else sits down here: the keys are his at once.
	h.change(1, func(e *directory.Extension) { e.DoNotDisturb = true })
	h.change(0, func(e *directory.Extension) { e.Virtualization.Allow = true })
	h.Update(t, func(tx *directory.Tx) error {
		_, err := tx.Sit(directory.SitRequest{Extension: h.Extensions[1].ID, At: h.Devices[0].At(1), How: directory.HowPortal, Force: true})
		return err
	})
	hears(t, s, "<doNotDisturbOn>true</doNotDisturbOn>", "<forwardTo></forwardTo>")
}

func partsOf(t *testing.T, m *siptest.Msg) (out []string) {
	t.Helper()
	_, params, err := mime.ParseMediaType(m.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	r := multipart.NewReader(strings.NewReader(string(m.Body)), params["boundary"])
	for {
		p, err := r.NextPart()
		if err == io.EOF {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		b, _ := io.ReadAll(p)
		if err := xml.Unmarshal(b, new(struct{})); err != nil {
			t.Errorf("%v: %s", err, b)
		}
		out = append(out, string(b))
	}
}

func TestList(t *testing.T) {
	h := open(t, 3)
	layout := &directory.Layout{Organization: h.Organization.ID, Name: "Reception", Keys: []directory.Key{{Position: 1, Type: "blf", Value: "103"}, {Position: 2, Type: "blf", Value: "102"}}}
	h.Update(t, func(tx *directory.Tx) error {
		if err := tx.PutLayout(layout); err != nil {
			return err
		}
		d := *tx.Snapshot().Device(h.Devices[0].ID)
		d.Layout = layout.ID
		return tx.PutDevice(&d)
	})
	lists := func(m *siptest.Msg) { m.Add("Supported", "eventlist") }
	anna := h.desk(0, nil)
	s := watch(t, anna, "blf", "dialog", lists)
	m := hears(t, s, `fullState="true"`)
	parts := partsOf(t, m)
	if m.Get("Require") != "eventlist" || len(parts) != 3 || !strings.Contains(parts[0], `<resource uri="sip:103@acme.example"><name>Person 103</name>`) ||
		!strings.Contains(parts[1], `entity="sip:103@acme.example"`) || !strings.Contains(parts[2], `entity="sip:102@acme.example"`) {
		t.Errorf("%s\n%s", m.Raw, strings.Join(parts, "\n"))
	}
	bert, clara := h.Phone(1, calltest.Options{}), h.Phone(2, calltest.Options{})
	out := bert.Call("103", bert.SDP("sendrecv"))
	in := clara.Incoming()
	in.Reply(180, nil)
	out.Expect(180)
	for {
		m = hears(t, s, "<state>early</state>")
		if parts = partsOf(t, m); strings.Contains(parts[1], "recipient") && strings.Contains(parts[2], "initiator") {
			break
		}
	}
	in.Reply(486, nil)
	out.Ack(out.Expect(486), nil)
	hears(t, s, "terminated")
	h.Update(t, func(tx *directory.Tx) error {
		l := *tx.Snapshot().Layout(layout.ID)
		l.Keys = []directory.Key{{Position: 1, Type: "blf", Rule: "everyone"}}
		return tx.PutLayout(&l)
	})
	hears(t, s, "sip:102@acme.example", "sip:103@acme.example")
	h.Update(t, func(tx *directory.Tx) error { return tx.DeleteExtension(h.Extensions[1].ID) })
	for {
		if m = hears(t, s, "sip:103@acme.example"); !strings.Contains(string(m.Body), "sip:102@acme.example") {
			break
		}
	}
}

// TestGoneExtension: who is deleted is watched by nobody any more.
func TestGoneExtension(t *testing.T) {
	h := open(t, 2)
	s := watch(t, h.desk(0, nil), "102", "dialog", nil)
	hears(t, s, "terminated")
	h.Update(t, func(tx *directory.Tx) error { return tx.DeleteExtension(h.Extensions[1].ID) })
	hears(t, s, "terminated;reason=noresource")
}

// TestQualityReports: what a phone publishes of its call comes to that call's record, and nothing else does.
func TestQualityReports(t *testing.T) {
	h := open(t, 2)
	anna, bert := h.Phone(0, calltest.Options{}), h.Phone(1, calltest.Options{})
	out := anna.Call("102", anna.SDP("sendrecv"))
	in := bert.Incoming()
	in.Reply(200, bert.SDP("sendrecv"))
	out.Ack(out.Expect(200), nil)
	id := in.Invite().CallID().Value()
	reporter := h.desk(1, nil)
	publish := func(user, kind, etag, body string) int {
		t.Helper()
		uri := "sip:" + user + "@acme.example"
		m := &siptest.Msg{Method: "PUBLISH", URI: uri, Body: []byte(body)}
		m.Add("From", "<sip:"+reporter.User()+"@acme.example>;tag=1").Add("To", "<"+uri+">").Add("Call-ID", string(directory.NewID())).Add("CSeq", "1 PUBLISH").Add("Max-Forwards", "70")
		m.Add("Event", "vq-rtcpxr").Add("Content-Type", kind)
		if etag != "" {
			m.Add("SIP-If-Match", etag)
		}
		r, err := reporter.Signed(soon(t), m)
		if err != nil {
			t.Fatal(err)
		}
		return r.Status
	}
	report := "VQSessionReport: CallTerm\r\nCallID: " + id + "\r\nLocalMetrics:\r\nPacketLoss:NLR=5.0 JDR=2.0\r\nQualityEst:MOSLQ=3.3\r\n"
	for what, c := range map[string]struct {
		want             int
		kind, etag, body string
	}{
		"another kind": {415, "application/pidf+xml", "", report}, "a refresh": {412, "application/vq-rtcpxr", "x", ""}, "no report": {400, "application/vq-rtcpxr", "", "hello"},
		"too long": {413, "application/vq-rtcpxr", "", report + strings.Repeat("\n", 16<<10)}, "of a call nobody knows": {200, "application/vq-rtcpxr", "", strings.Replace(report, id, "none", 1)},
	} {
		if got := publish("collector", c.kind, c.etag, c.body); got != c.want {
			t.Errorf("%s: %d, want %d", what, got, c.want)
		}
	}
	if got := publish("collector", "application/vq-rtcpxr", "", report); got != 200 {
		t.Fatalf("%d", got)
	}
	out.Bye()
	in.TakeBye()
	calltest.Eventually(t, "the record says so", func() bool {
		records, _, _ := h.Exchange.Records(t.Context(), h.Organization.ID, "", 10)
		if len(records) != 1 || len(records[0].Legs) != 2 {
			return false
		}
		p := records[0].Legs[1].Phone
		return p != nil && p.MOS == 3.3 && p.Loss == 0.05 && p.Discard == 0.02 && p.Final && records[0].Legs[0].Phone == nil
	})
}
