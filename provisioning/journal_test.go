package provisioning

import (
	"fmt"
	"testing"
	"time"

	"cradle/directory"
)

func TestJournalKeepsTheLast64(t *testing.T) {
	j := newJournal()
	for i := range 100 {
		j.add(Step{MAC: "805ec0123456", Bytes: i}, true)
	}
	steps := j.Of("805ec0123456")
	if len(steps) != 64 || steps[0].Bytes != 36 || steps[63].Bytes != 99 {
		t.Errorf("%d steps, from %d to %d", len(steps), steps[0].Bytes, steps[len(steps)-1].Bytes)
	}
	if j.Of("805ec0000000") != nil {
		t.Error("steps of a phone that never came")
	}
}

// A stranger's steps are few; a phone that was one keeps them in their order.
func TestJournalKeepsLittleOfStrangers(t *testing.T) {
	j, mac := newJournal(), directory.MAC("805ec0123456")
	for i := range 100 {
		j.add(Step{MAC: mac, Bytes: i}, false)
	}
	if steps := j.Of(mac); len(steps) != journalOdd || steps[0].Bytes != 92 || steps[7].Bytes != 99 {
		t.Errorf("%d steps of a stranger, from %d", len(steps), steps[0].Bytes)
	}
	for i := range journalSteps + 20 {
		j.add(Step{MAC: mac, Bytes: 100 + i}, true)
		steps := j.Of(mac)
		for k := 1; k < len(steps); k++ {
			if steps[k].Bytes != steps[k-1].Bytes+1 {
				t.Fatalf("after %d: %d follows %d", i, steps[k].Bytes, steps[k-1].Bytes)
			}
		}
		if len(steps) != min(journalOdd+i+1, journalSteps) {
			t.Fatalf("%d steps after %d", len(steps), i)
		}
	}
	j.add(Step{MAC: mac, Bytes: 184}, false) // deleted
	if steps := j.Of(mac); len(steps) != journalSteps || steps[63].Bytes != 184 {
		t.Errorf("%d steps", len(steps))
	}
}

func TestJournalKeepsDevicesBeforeStrangers(t *testing.T) {
	j, now := newJournal(), time.Unix(0, 0)
	for i := range 200 {
		j.add(Step{MAC: directory.MAC(fmt.Sprintf("805ec0%06x", i)), At: now}, true)
	}
	for i := range 3 * journalPhones {
		j.add(Step{MAC: directory.MAC(fmt.Sprintf("020000%06x", i)), At: now.Add(time.Hour)}, false)
	}
	total := 0
	for i := range j.shards {
		total += len(j.shards[i].phones)
	}
	if total > journalPhones {
		t.Errorf("%d phones", total)
	}
	for i := range 200 {
		if j.Of(directory.MAC(fmt.Sprintf("805ec0%06x", i))) == nil {
			t.Fatal("a sweep pushed a device out")
		}
	}
}

func TestJournalIsBoundedInAll(t *testing.T) {
	j := newJournal()
	mac := func(i int) directory.MAC { return directory.MAC(fmt.Sprintf("805ec0%06x", i)) }
	phones := journalAll/journalSteps + 1000
	for i := range phones {
		for range journalSteps {
			j.add(Step{MAC: mac(i)}, true)
		}
	}
	total := 0
	for i := range j.shards {
		total += j.shards[i].steps
	}
	if total > journalAll || total < journalAll/2 {
		t.Errorf("%d steps", total)
	}
	if len(j.Of(mac(phones-1))) != journalSteps || j.Of(mac(0)) != nil {
		t.Error("the phone silent longest does not go first")
	}
}

func TestSlowReadersLoseStepsAndWritersNeverWait(t *testing.T) {
	j := newJournal()
	slow, quick := j.Watch(), j.Watch()
	defer slow.Close()
	got := make(chan int)
	go func() {
		n := 0
		for range quick.C() {
			n++
		}
		got <- n
	}()
	for i := range feedDepth * 4 {
		j.add(Step{Bytes: i}, false)
		if i%64 == 0 {
			time.Sleep(time.Millisecond)
		}
	}
	if len(slow.C()) != feedDepth {
		t.Errorf("%d wait for the slow reader", len(slow.C()))
	}
	quick.Close()
	quick.Close()
	if n := <-got; n < feedDepth {
		t.Errorf("the quick reader had %d", n)
	}
	j.add(Step{}, false) // to nobody that is closed
}

func TestCacheStaysBounded(t *testing.T) {
	c := newCache()
	for i := range 6000 {
		c.put(&cached{key: cacheKey{base: fmt.Sprint(i)}, body: make([]byte, cacheFile)})
	}
	if c.bytes.Load() > cacheBytes {
		t.Errorf("%d bytes", c.bytes.Load())
	}
	c.put(&cached{key: cacheKey{base: "long"}, body: make([]byte, cacheFile+1)})
	if c.get(cacheKey{base: "long"}, 0, func() uint64 { return 0 }) != nil {
		t.Error("a file over the bound is kept")
	}
}
