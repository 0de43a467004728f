package leg

import (
	"crypto/rand"
	"slices"

	"github.com/emiago/sipgo/sip"
)

// party is one side of a dialog as From and To show it.
type party struct {
	name string
	uri  sip.Uri
	tag  string
}

// dialog is what requests inside a dialog are built from (RFC 3261 section
// 12.1). The route set is fixed once; the target follows re-INVITEs.
type dialog struct {
	callID        string
	local, remote party
	target        sip.Uri
	routes        []sip.Uri
	cseq          uint32 // of our newest request
	heard         uint32 // of the phone's newest request
}

// newTag makes a dialog tag of 80 random bits (RFC 3261 section 19.3 wants 32).
func newTag() string { return rand.Text()[:16] }

// asServer fills in the dialog from the INVITE we received.
func (d *dialog) asServer(req *sip.Request) {
	from, to := req.From(), req.To()
	d.callID = req.CallID().Value()
	tag, _ := to.Params.Get("tag")
	d.local = party{uri: to.Address, tag: tag}
	tag, _ = from.Params.Get("tag")
	d.remote = party{name: from.DisplayName, uri: from.Address, tag: tag}
	d.target = from.Address
	d.retarget(req)
	d.routes = recordRoutes(req.GetHeaders("record-route"))
	d.heard = req.CSeq().SeqNo
}

// asClient fills in what the first answer to our INVITE settles.
func (d *dialog) asClient(res *sip.Response) {
	if tag, ok := res.To().Params.Get("tag"); ok {
		d.remote.tag = tag
	}
	d.retarget(res)
	d.routes = recordRoutes(res.GetHeaders("record-route"))
	slices.Reverse(d.routes)
}

// retarget follows a new Contact. Headers escaped into it are dropped.
func (d *dialog) retarget(m interface{ Contact() *sip.ContactHeader }) {
	if c := m.Contact(); c != nil && !c.Address.Wildcard {
		d.target = *c.Address.Clone()
		d.target.Headers = nil
	}
}

func recordRoutes(hs []sip.Header) []sip.Uri {
	var routes []sip.Uri
	for _, h := range hs {
		if rr, ok := h.(*sip.RecordRouteHeader); ok {
			routes = append(routes, *rr.Address.Clone())
		}
	}
	return routes
}

// request builds a request with the given CSeq; ACK reuses that of its INVITE.
func (d *dialog) request(method sip.RequestMethod, cseq uint32) *sip.Request {
	target, routes := d.target, d.routes
	if len(routes) > 0 && !routes[0].UriParams.Has("lr") { // strict router, RFC 3261 section 12.2.1.1
		routes = append(slices.Clone(routes[1:]), target)
		target = d.routes[0]
	}
	req := sip.NewRequest(method, target)
	for _, r := range routes {
		req.AppendHeader(&sip.RouteHeader{Address: r})
	}
	from := &sip.FromHeader{DisplayName: d.local.name, Address: d.local.uri, Params: tagged(d.local.tag)}
	to := &sip.ToHeader{DisplayName: d.remote.name, Address: d.remote.uri, Params: tagged(d.remote.tag)}
	hops := sip.MaxForwardsHeader(70)
	id := sip.CallIDHeader(d.callID)
	req.AppendHeader(&hops)
	req.AppendHeader(from)
	req.AppendHeader(to)
	req.AppendHeader(&id)
	req.AppendHeader(&sip.CSeqHeader{SeqNo: cseq, MethodName: method})
	return req
}

// next builds the next request of ours.
func (d *dialog) next(method sip.RequestMethod) *sip.Request {
	d.cseq++
	return d.request(method, d.cseq)
}

func tagged(tag string) sip.HeaderParams {
	if tag == "" {
		return nil
	}
	return sip.HeaderParams{{K: "tag", V: tag}}
}
