package registrar

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"cradle/directory"
	"cradle/registrar/auth"
)

// A guesser asks for an account that is served and for three that are not.
type guesses struct {
	d     *benchDoor
	nonce string
	users map[string]string // all of one length
}

func newGuesses(t testing.TB) *guesses {
	h := newHouse(t, 3)
	h.update(func(tx *directory.Tx) error {
		disabled, seen := *h.phones[1], *h.phones[2]
		disabled.Disabled, seen.Step = true, directory.StepSeen
		if err := tx.PutDevice(&disabled); err != nil {
			return err
		}
		return tx.PutDevice(&seen)
	})
	g := &guesses{d: benchOf(h), users: map[string]string{"served": h.account(0).User, "disabled": h.account(1).User, "seen": h.account(2).User}}
	g.users["nobody"] = "n" + strings.Repeat("o", len(g.users["served"])-1)
	challenge := g.d.say(g.ask("REGISTER", g.users["served"], ""))
	g.nonce = string(regexp.MustCompile(`nonce="([^"]*)"`).FindSubmatch(challenge)[1])
	return g
}

// ask is a request of a user; with an algorithm it has credentials that are wrong.
func (g *guesses) ask(method, user, algorithm string) []byte {
	credentials := ""
	if algorithm != "" {
		n := map[string]int{"MD5": 32, "SHA-256": 64}[algorithm]
		credentials = fmt.Sprintf("Authorization: Digest username=%q, realm=\"acme.example\", nonce=%q, uri=\"sip:acme.example\", response=%q, algorithm=%s, cnonce=\"c\", qop=auth, nc=00000001\r\n",
			user, g.nonce, strings.Repeat("0", n), algorithm)
	}
	return fmt.Appendf(nil, "%s sip:acme.example SIP/2.0\r\nVia: SIP/2.0/UDP 127.0.0.1:5062;rport;branch=z9hG4bK1\r\nMax-Forwards: 70\r\nFrom: <sip:%[2]s@acme.example>;tag=1\r\n"+
		"To: <sip:%[2]s@acme.example>\r\nCall-ID: c\r\nCSeq: 1 %[1]s\r\nContact: <sip:x@127.0.0.1:5062>\r\n%[3]sContent-Length: 0\r\n\r\n", method, user, credentials)
}

var drawn = regexp.MustCompile(`;tag=cr[a-z2-7]+|nonce="[^"]*"`) // what differs from answer to answer

// Whether an account exists, is disabled or was never given its secret shows
// neither in the bytes of an answer nor in the work that it took.
func TestStrangersCostAlike(t *testing.T) {
	g := newGuesses(t)
	for _, method := range []string{"REGISTER", "INVITE", "SUBSCRIBE", "MESSAGE", "PUBLISH"} {
		for _, algorithm := range []string{"", "MD5", "SHA-256"} {
			answers, garbage := map[string]string{}, map[string]float64{}
			for kind, user := range g.users {
				m := g.ask(method, user, algorithm)
				reply := g.d.say(m)
				answers[kind] = strings.ReplaceAll(drawn.ReplaceAllStringFunc(string(reply), func(s string) string { return strings.Repeat("x", len(s)) }), user, "USER")
				garbage[kind] = testing.AllocsPerRun(100, func() { g.d.say(m) })
			}
			if !strings.HasPrefix(answers["served"], "SIP/2.0 401") {
				t.Fatalf("%s %q: %s", method, algorithm, answers["served"])
			}
			for kind := range g.users {
				if answers[kind] != answers["served"] {
					t.Errorf("%s %q, %s is told\n%swhere a served account is told\n%s", method, algorithm, kind, answers[kind], answers["served"])
				}
				if garbage[kind] != garbage["served"] {
					t.Errorf("%s %q, %s costs %v allocations, a served account %v", method, algorithm, kind, garbage[kind], garbage["served"])
				}
			}
		}
	}
}

// For each wrong answer one digest is computed, of the account's secrets or of
// the dummy: without them it cannot be.
func TestADigestIsComputedForEverybody(t *testing.T) {
	g := newGuesses(t)
	p, source := g.d.r.rules(), g.d.p.Source.Addr()
	digests := func(user, algorithm string) (n int) {
		m := string(g.ask("REGISTER", user, algorithm))
		_, value, _ := strings.Cut(m, "Authorization: ")
		value, _, _ = strings.Cut(value, "\r\n")
		defer func() {
			if recover() != nil {
				n = 1
			}
		}()
		g.d.r.check(p, []byte(value), []byte("REGISTER"), source, time.Now())
		return 0
	}
	for _, algorithm := range []string{"MD5", "SHA-256"} {
		for kind, user := range g.users {
			if n := digests(user, algorithm); n != 0 {
				t.Errorf("%s by %s: it cannot be computed", kind, algorithm)
			}
		}
	}
	g.d.r.dummy = auth.Secrets{}
	for _, algorithm := range []string{"MD5", "SHA-256"} {
		for kind, user := range g.users {
			if n := digests(user, algorithm); (n == 1) != (kind != "served") {
				t.Errorf("%s by %s: the dummy's digest is computed %d times", kind, algorithm, n)
			}
		}
	}
}

func benchmarkGuess(b *testing.B, kind string) {
	g := newGuesses(b)
	m := g.ask("REGISTER", g.users[kind], "MD5")
	b.ReportAllocs()
	for b.Loop() {
		if g.d.say(m) == nil {
			b.Fatal("silence")
		}
	}
}

// The pair is to be equal.
func BenchmarkWrongSecretOfAnAccount(b *testing.B) { benchmarkGuess(b, "served") }
func BenchmarkWrongSecretOfNobody(b *testing.B)    { benchmarkGuess(b, "nobody") }
