package calls_test

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"cradle/calls/calltest"
	"cradle/directory"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// descriptors counts open files and sockets of this process.
func descriptors(t *testing.T) int {
	t.Helper()
	list, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// TestManyShortCalls: 200 calls at once, ended in different ways, leave
// nothing behind: no goroutine, no port, no descriptor, no dialog.
func TestManyShortCalls(t *testing.T) {
	const pairs, rounds = 50, 4
	b := calltest.Start(t, calltest.NewOffice(t, 2*pairs), calltest.Settings{})
	phones := make([]*calltest.Phone, 2*pairs)
	for i := range phones {
		phones[i] = b.Connect(i, calltest.Options{TCP: i%5 == 4})
		phones[i].Register()
	}
	talk(t, phones[0], phones[1], "102") // warms up; stays until Close
	free, files, routines := b.Media.Stats().FreePairs, descriptors(t), runtime.NumGoroutine()
	var work sync.WaitGroup
	for i := range pairs * rounds {
		work.Go(func() {
			pair := 2 * (i % pairs)
			shortCall(t, phones[pair], phones[pair+1], fmt.Sprint(102+pair), i/pairs)
		})
	}
	work.Wait()
	if t.Failed() {
		return
	}
	calltest.Eventually(t, "only the first call is left", func() bool { return len(b.Exchange.Calls()) == 1 })
	calltest.Eventually(t, "ports are free again", func() bool { return b.Media.Stats().FreePairs == free })
	calltest.Eventually(t, "descriptors are closed", func() bool { return descriptors(t) <= files })
	calltest.Eventually(t, "goroutines have ended", func() bool { return runtime.NumGoroutine() <= routines+2 })
	var records []directory.CallRecord
	calltest.Eventually(t, "every call is in the book", func() bool {
		var err error
		records, _, err = b.Exchange.Records(t.Context(), b.Organization.ID, "", 1000)
		return err == nil && len(records) == pairs*rounds
	})
}

// shortCall plays one of four endings. Calls of one pair cross each other, so
// the phone takes whichever comes.
func shortCall(t *testing.T, a, b *calltest.Phone, to string, ending int) {
	out := a.Call(to, a.SDP("sendrecv"))
	in := b.Incoming()
	if ending == 0 {
		in.Reply(486, nil)
	} else {
		in.Reply(180, nil)
		in.Reply(200, b.SDP("sendrecv"))
	}
	res := out.Last()
	switch {
	case res.StatusCode == 200:
		out.Ack(res, nil)
		time.Sleep(10 * time.Millisecond)
		out.Bye()
	case res.StatusCode != 486:
		t.Errorf("call ended with %d", res.StatusCode)
	}
	if ending != 0 {
		in.TakeBye()
	}
}
