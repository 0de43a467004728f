package calls_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/emiago/sipgo/sip"

	"cradle/calls/calltest"
	"cradle/directory"
)

// BenchmarkCodeToForce is the time from the last key of a right code, as its INFO
// leaves the phone, to the seat being on disk and in the snapshot that routes the
// next call. The bar is 50 ms (docs/seats.md).
func BenchmarkCodeToForce(b *testing.B) {
	o := calltest.NewOffice(b, 2)
	o.Update(b, func(tx *directory.Tx) error {
		host := *tx.Snapshot().Extension(o.Extensions[0].ID)
		host.Virtualization.Allow = true
		if err := tx.PutExtension(&host); err != nil {
			return err
		}
		return tx.SetVirtualizationSecret(o.Extensions[1].ID, "135792")
	})
	bench := calltest.Start(b, o, calltest.Settings{})
	anna := bench.Phone(0, calltest.Options{})
	key := func(d *calltest.Dialog, k rune) {
		d.Request(sip.INFO, "application/dtmf-relay", fmt.Appendf(nil, "Signal=%c\r\nDuration=100\r\n", k))
	}
	var took []time.Duration
	for range b.N {
		b.StopTimer()
		d, _ := dialCode(anna, "*30102", anna.SDP("sendrecv"))
		for _, k := range "135792" {
			key(d, k)
		}
		changes := bench.Directory.Watch()
		b.StartTimer()
		began := time.Now()
		ended := make(chan struct{})
		go func() { key(d, '#'); close(ended) }()
		<-changes.C()
		if bench.Directory.Snapshot().Guest(o.Extensions[1].ID) == nil {
			b.Fatal("another change came first")
		}
		took = append(took, time.Since(began))
		b.StopTimer()
		<-ended
		changes.Close()
		d.Bye()
		calltest.Eventually(b, "the dialogue is over", func() bool { return len(bench.Exchange.Calls()) == 0 })
		bench.Update(b, func(tx *directory.Tx) error { _, err := tx.Leave(o.Extensions[1].ID); return err })
		b.StartTimer()
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "ms/median")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "ms/p99")
}
