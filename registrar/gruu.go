package registrar

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base32"
	"strings"

	"github.com/emiago/sipgo/sip"

	"cradle/directory"
	"cradle/registrar/sipmsg"
)

// gruus gives phones addresses that mean one phone and can be called from
// anywhere (RFC 5627): a public one, which names the account and the instance,
// and temporary ones, which show neither. A temporary one is the names sealed
// with a key of this process: nothing is kept for it, and it is good until a
// restart, after which the phone's next registration gives it another.
type gruus struct{ seal cipher.AEAD }

func newGRUUs() gruus {
	var key [16]byte
	rand.Read(key[:]) //nolint:errcheck // never fails since Go 1.24
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // the key has the right length
	}
	g, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		panic(err) // nothing can be wrong with it
	}
	return gruus{g}
}

// temporary marks the user part of a temporary GRUU.
const temporary = "tgruu."

var letters = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// append writes both parameters of a Contact (section 4).
func (g gruus) append(out []byte, account, realm, instance string) []byte {
	name := instanceName(instance)
	if name == "" {
		return out
	}
	sealed := g.seal.Seal(nil, nil, []byte(account+"\x00"+name), nil)
	out = append(append(append(out, `;pub-gruu="sip:`...), account...), '@')
	out = append(append(append(out, realm...), ";gr="...), name...)
	out = append(append(out, `";temp-gruu="sip:`+temporary...), letters.EncodeToString(sealed)...)
	return append(append(append(out, '@'), realm...), `;gr"`...)
}

// instanceName is an instance as a URI may bear it; empty: it may not.
func instanceName(instance string) string {
	name := strings.TrimSuffix(strings.TrimPrefix(instance, "<"), ">")
	for _, c := range []byte(name) {
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-_.!~*()[]/:&+$", c) >= 0) {
			return ""
		}
	}
	return name
}

// open reads a GRUU of ours; false: it is none.
func (g gruus) open(uri sip.Uri) (account, instance string, ok bool) {
	gr, found := uri.UriParams.Get("gr")
	if !found {
		return "", "", false
	}
	token, isTemporary := strings.CutPrefix(uri.User, temporary)
	if !isTemporary {
		return uri.User, gr, gr != ""
	}
	sealed, err := letters.DecodeString(strings.ToLower(token))
	if err != nil {
		return "", "", false
	}
	plain, err := g.seal.Open(nil, nil, sealed, nil)
	if err != nil {
		return "", "", false
	}
	return strings.Cut(string(plain), "\x00")
}

// LookupGRUU lists the bindings that a GRUU of ours means; false: it is none of
// ours, or of an account that is gone.
func (r *Registrar) LookupGRUU(uri sip.Uri) ([]Binding, bool) {
	account, instance, ok := r.gruus.open(uri)
	if !ok || r.dir.Snapshot().Account(account) == nil {
		return nil, false
	}
	var out []Binding
	for _, b := range r.Lookup(account) {
		if instanceName(b.Instance) == instance {
			out = append(out, b)
		}
	}
	return out, true
}

// unmask puts the number of who sits at a phone in the place of its GRUU: who
// calls a phone's address calls the person there.
func (r *Registrar) unmask(req *sip.Request) {
	account, _, ok := r.gruus.open(req.Recipient)
	if !ok {
		return
	}
	snap := r.dir.Snapshot()
	acc := snap.Account(account)
	if acc == nil {
		return
	}
	if who := snap.Sitting(directory.LineRef{Device: acc.Device.ID, Line: acc.Line}); who.Extension != nil {
		req.Recipient.User = who.Extension.Number
	}
}

// decorate is what adds GRUUs to the answer for a phone that knows them; nil: it
// does not.
func (r *Registrar) decorate(m *sipmsg.Message, acc *directory.LineAccount) func([]byte, string) []byte {
	if !m.Supports("gruu") {
		return nil
	}
	return func(out []byte, instance string) []byte { return r.gruus.append(out, acc.User, acc.Realm, instance) }
}
