package directory

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"cradle/directory/kv/boltkv"
)

// The environment of the crash test: the folder in which a child writes, and how
// many children are killed instead of 30.
const (
	envCrashDir    = "CRADLE_CRASH_CHILD"
	envCrashRounds = "CRADLE_CRASH_ROUNDS"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(envCrashDir); dir != "" {
		crashChild(dir)
		return
	}
	os.Exit(m.Run())
}

// crashWriters is how many goroutines of a child write at once.
const crashWriters = 8

// crashChild writes until it is killed, and tells on its standard output what was
// acknowledged, after it was.
func crashChild(dir string) {
	keys, err := LoadKeys(dir)
	fatal(err)
	e, err := boltkv.Open(dir+"/cradle.db", boltkv.Options{Timeout: 5 * time.Second})
	fatal(err)
	d, err := Open(context.Background(), Options{Engine: e, Keys: keys})
	fatal(err)
	s := d.Snapshot()
	org := s.OrganizationByName("Acme Ltd").ID
	var phones []LineRef
	for p := range s.Devices(org) {
		phones = append(phones, p.At(1))
	}
	fmt.Println("ready")
	var wg sync.WaitGroup
	for i := range crashWriters {
		wg.Go(func() { crashWriter(d, i, org, phones) })
	}
	wg.Wait()
}

func crashWriter(d *Directory, i int, org ID, phones []LineRef) {
	snap := d.Snapshot()
	ext := snap.ExtensionByNumber(org, strconv.Itoa(200+i))
	shelf := d.Shelf("crash")
	for n := ext.Voicemail.After + 1; ; n++ {
		ctx := context.Background()
		fatal(d.Update(ctx, tester, func(tx *Tx) error {
			c := *tx.Snapshot().Extension(ext.ID)
			c.Voicemail.After = n % 600
			c.Name = strconv.Itoa(n)
			if err := tx.PutExtension(&c); err != nil {
				return err
			}
			_, err := tx.Sit(SitRequest{Extension: ext.ID, At: phones[n%len(phones)], By: "x", How: HowCode})
			return err
		}))
		fatal(shelf.Put(ctx, []Item{{Key: ext.Number, Value: []byte(strconv.Itoa(n))}, {Key: "twin" + ext.Number, Value: []byte(strconv.Itoa(n))}}))
		fmt.Printf("%s %d\n", ext.Number, n)
	}
}

func fatal(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
}

func TestKilledAtAnyInstantNothingAcknowledgedIsLost(t *testing.T) {
	rounds := 30
	if n, err := strconv.Atoi(os.Getenv(envCrashRounds)); err == nil {
		rounds = n
	}
	s := crashOffice(t)
	if err := s.Directory.Close(); err != nil {
		t.Fatal(err)
	}
	total := 0
	for round := range rounds {
		acked := crashRound(t, s.dir)
		s.open()
		total += crashCompare(t, s, acked)
		if t.Failed() {
			t.Fatalf("after kill %d", round+1)
		}
		s.Directory.Close()
	}
	if total == 0 {
		t.Error("no child ever acknowledged anything")
	}
	t.Logf("%d kills, %d acknowledged seat changes", rounds, total)
}

// crashOffice makes phones of all sorts and an extension for each writer.
func crashOffice(t *testing.T) *store {
	s := &store{t: t, dir: t.TempDir()}
	var err error
	if s.keys, err = LoadKeys(s.dir); err != nil {
		t.Fatal(err)
	}
	s.open()
	o := s.office()
	s.do(func(tx *Tx) error {
		for i := range crashWriters {
			e := &Extension{Organization: o.org, Site: o.site, Number: strconv.Itoa(200 + i), HotDesk: true, Name: "0"}
			if err := tx.PutExtension(e); err != nil {
				return err
			}
		}
		c := *tx.Snapshot().Extension(o.ext["103"])
		c.Virtualization.Allow = true
		return tx.PutExtension(&c)
	})
	return s
}

// crashRound lets a child write, kills it at a random instant, and gives what it
// had acknowledged for each extension.
func crashRound(t *testing.T, dir string) map[string]int {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), envCrashDir+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	acked := make(map[string]int)
	var timer *time.Timer
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if lines.Text() == "ready" {
			timer = time.AfterFunc(rand.N(60*time.Millisecond), func() { cmd.Process.Kill() })
			continue
		}
		number, n, _ := strings.Cut(lines.Text(), " ")
		if v, err := strconv.Atoi(n); err == nil { // the last line may be cut
			acked[number] = v
		}
	}
	cmd.Wait()
	if timer == nil {
		t.Fatal("the child never began")
	}
	return acked
}

// crashCompare holds the store against what was acknowledged: each writer is at
// most one step further, and a step is whole.
func crashCompare(t *testing.T, s *store, acked map[string]int) int {
	s.sound()
	snap := s.Snapshot()
	org := snap.OrganizationByName("Acme Ltd").ID
	sum := 0
	for i := range crashWriters {
		number := strconv.Itoa(200 + i)
		e := snap.ExtensionByNumber(org, number)
		n, _ := strconv.Atoi(e.Name)
		if n < acked[number] {
			t.Errorf("extension %s is at step %d, %d was acknowledged", number, n, acked[number])
		}
		if n%600 != e.Voicemail.After {
			t.Errorf("extension %s is half changed: %d and %d", number, n, e.Voicemail.After)
		}
		a, err1 := s.Shelf("crash").Get(number)
		b, err2 := s.Shelf("crash").Get("twin" + number)
		if err1 != nil || err2 != nil || string(a) != string(b) {
			t.Errorf("shelf of %s: %q %v and %q %v", number, a, err1, b, err2)
		}
		if v, _ := strconv.Atoi(string(a)); v < acked[number] || v > n {
			t.Errorf("shelf of %s is at %d, %d was acknowledged, the record is at %d", number, v, acked[number], n)
		}
		if acked[number] > 0 {
			sum++
		}
	}
	return sum
}
