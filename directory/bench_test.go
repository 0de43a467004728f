package directory

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
)

// benchOffice has n phones with an extension each, and n extensions that roam.
func benchOffice(b *testing.B, n int) (*store, *office, []ID, []LineRef) {
	s := open(b)
	o := s.office()
	var guests []ID
	var lines []LineRef
	for begin := 0; begin < n; begin += 500 {
		s.do(func(tx *Tx) error {
			for i := begin; i < min(begin+500, n); i++ {
				e := &Extension{Organization: o.org, Site: o.site, Number: fmt.Sprint(10000 + i), HotDesk: true}
				if err := tx.PutExtension(e); err != nil {
					return err
				}
				d, err := tx.NewDevice(o.org, o.site, MAC(fmt.Sprintf("01%010x", i)), "m", StepApproved)
				if err != nil {
					return err
				}
				guests, lines = append(guests, e.ID), append(lines, d.At(1))
			}
			return nil
		})
	}
	return s, o, guests, lines
}

// BenchmarkUpdate is a small update, acknowledged on disk, by 64 writers at once
// in a directory of 10,000 phones.
func BenchmarkUpdate(b *testing.B) {
	s, o, _, _ := benchOffice(b, 10000)
	_ = o
	var n atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(32)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			v := n.Add(1)
			err := s.Update(context.Background(), tester, func(tx *Tx) error {
				return tx.SetSetting(Scope{Kind: "appliance"}, fmt.Sprint("k", v%1000), fmt.Sprint(v))
			})
			if err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "updates/s")
}

// BenchmarkSit is a seat change, acknowledged on disk, by 64 callers at once with
// 10,000 phones.
func BenchmarkSit(b *testing.B) {
	s, _, guests, lines := benchOffice(b, 10000)
	var n atomic.Int64
	b.ReportAllocs()
	b.SetParallelism(32)
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			v := int(n.Add(1))
			err := s.Update(context.Background(), tester, func(tx *Tx) error {
				_, err := tx.Sit(SitRequest{Extension: guests[v%len(guests)], At: lines[(v*7)%len(lines)], How: HowCode})
				return err
			})
			if err != nil {
				b.Error(err)
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "seats/s")
}

// BenchmarkLookups is what one call asks of the snapshot.
func BenchmarkLookups(b *testing.B) {
	s, o, guests, lines := benchOffice(b, 10000)
	snap := s.Snapshot()
	user := snap.Device(lines[77].Device).Lines[0].Account.User
	b.Run("account", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if snap.Account(user) == nil {
				b.Fatal()
			}
		}
	})
	b.Run("extension", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if snap.ExtensionByNumber(o.org, "10077") == nil {
				b.Fatal()
			}
		}
	})
	b.Run("sitting", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			snap.Sitting(lines[77])
		}
	})
	b.Run("rings", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			snap.Rings(guests[77])
		}
	})
}

// BenchmarkOpen is a start with 10,000 phones.
func BenchmarkOpen(b *testing.B) {
	s, _, _, _ := benchOffice(b, 10000)
	for b.Loop() {
		s.reopen()
	}
}
