package provisioning_test

import (
	"context"
	"strings"
	"testing"

	"cradle/directory"
	"cradle/provisioning"
)

// BenchmarkAnswerCached is what a phone costs that asks again.
func BenchmarkAnswerCached(b *testing.B) {
	k := newKit(b, kitOptions{})
	k.importPhone(b, yMAC, "yealink-t46u", true)
	k.get(inside, yFile)
	r := request(provisioning.DoorHTTP, inside, "/p/~"+k.token(yMAC)+"/805ec0123456.cfg", yAgent)
	b.ReportAllocs()
	for b.Loop() {
		if k.p.Answer(context.Background(), r).Status != 200 {
			b.Fatal("refused")
		}
	}
}

// BenchmarkFirstRendering is everything a phone costs whose settings have just
// changed: layers, template, cache. The bar is 60 us, the aim 25.
func BenchmarkFirstRendering(b *testing.B) {
	for mac, c := range map[string]struct{ model, file string }{
		"805ec0123456": {"yealink-t46u", "805ec0123456.cfg"}, "000413123456": {"snom-d785", "snomD785-000413123456.htm"},
		"c074ad123456": {"grandstream-grp2614", "cfgc074ad123456.xml"}, "0004f2123456": {"poly-vvx450", "0004f2123456-settings.cfg"},
	} {
		b.Run(c.model, func(b *testing.B) {
			k := newKit(b, kitOptions{})
			k.importPhone(b, mac, c.model, true)
			k.get(inside, "/p/"+c.file)
			r := request(provisioning.DoorHTTP, inside, "/p/~"+k.token(mac)+"/"+c.file, "")
			k.p.Answer(context.Background(), r)
			forget := provisioning.ForgetRenderings(k.p)
			b.ReportAllocs()
			for b.Loop() {
				forget()
				if k.p.Answer(context.Background(), r).Status != 200 {
					b.Fatal("refused")
				}
			}
		})
	}
}

// BenchmarkRefused shows that all refusals take the same time, within the
// 50 us that refusals may differ by, and more.
func BenchmarkRefused(b *testing.B) {
	k := newKit(b, kitOptions{site: func(s *directory.Site) { s.Adoption = directory.AdoptClosed }})
	k.importPhone(b, yMAC, "yealink-t46u", true)
	k.change(b, yMAC, func(d *directory.Device) { d.Disabled = true })
	for name, path := range map[string]string{"unknown": "/p/805ec0999999.cfg", "token": "/p/~" + strings.Repeat("a", 26) + "/805ec0999999.cfg", "disabled": yFile} {
		b.Run(name, func(b *testing.B) {
			r := request(provisioning.DoorHTTP, inside, path, "")
			b.ReportAllocs()
			for b.Loop() {
				if k.p.Answer(context.Background(), r).Status != 404 {
					b.Fatal("served")
				}
			}
		})
	}
}
