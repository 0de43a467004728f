package directory

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// keysFile is the name of the keys' file in the data folder. It is never part
// of a backup: who has only the store has no secret.
const keysFile = "keys.json"

// Keys are the two server keys that are kept outside the store: one seals
// secrets at rest, the other salts the hashes of PINs and secret codes.
type Keys struct {
	sealing []byte // 32 bytes
	pin     []byte // 32 bytes
}

type keysForm struct {
	Sealing string `json:"sealing"`
	PIN     string `json:"pin"`
}

// NewKeys makes random keys that are kept nowhere; for tests.
func NewKeys() *Keys {
	k := &Keys{sealing: make([]byte, 32), pin: make([]byte, 32)}
	rand.Read(k.sealing) //nolint:errcheck // never fails since Go 1.24
	rand.Read(k.pin)     //nolint:errcheck // never fails since Go 1.24
	return k
}

// LoadKeys reads the keys of a data folder, or makes them at the first start.
// The file has mode 0600 and appears whole or not at all.
func LoadKeys(dir string) (*Keys, error) {
	path := filepath.Join(dir, keysFile)
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err := createKeys(dir, path); err != nil {
			return nil, fmt.Errorf("keys %s: %w", path, err)
		}
		data, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, fmt.Errorf("keys: %w", err)
	}
	if info, err := os.Stat(path); err == nil && info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(path, 0o600); err != nil {
			return nil, fmt.Errorf("keys %s can be read by others: %w", path, err)
		}
	}
	return parseKeys(path, data)
}

func parseKeys(path string, data []byte) (*Keys, error) {
	var form keysForm
	if err := json.Unmarshal(data, &form); err != nil {
		return nil, fmt.Errorf("keys %s: %w: not JSON", path, ErrDamaged)
	}
	k := &Keys{}
	for _, p := range []struct {
		to   *[]byte
		text string
	}{{&k.sealing, form.Sealing}, {&k.pin, form.PIN}} {
		b, err := base64.StdEncoding.DecodeString(p.text)
		if err != nil || len(b) != 32 {
			return nil, fmt.Errorf("keys %s: %w: a key is not 32 bytes", path, ErrDamaged)
		}
		*p.to = b
	}
	return k, nil
}

// createKeys writes new keys beside the name and links them to it, which fails
// when another process was faster; its keys are then the ones to use.
func createKeys(dir, path string) error {
	k := NewKeys()
	data, err := json.MarshalIndent(keysForm{
		Sealing: base64.StdEncoding.EncodeToString(k.sealing),
		PIN:     base64.StdEncoding.EncodeToString(k.pin),
	}, "", "  ")
	if err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".keys-*") // made with mode 0600
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	if _, err = f.Write(append(data, '\n')); err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

// sealer seals the secret fields of one record with AES-256-GCM. Each record has
// a key of its own, derived (HKDF, RFC 5869) from the sealing key, so that random
// nonces stay far from their limit. Record and field are bound as additional
// data: a sealed value moved elsewhere does not open.
type sealer struct {
	aead  cipher.AEAD
	scope string
}

func (k *Keys) sealer(kind Kind, id ID) (*sealer, error) {
	scope := string(kind) + "/" + string(id)
	key, err := hkdf.Key(sha256.New, k.sealing, nil, "cradle sealed field "+scope, 32)
	if err != nil {
		return nil, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return nil, err
	}
	return &sealer{aead: aead, scope: scope}, nil
}

// seal gives the sealed form of a secret, nil for the empty one.
func (s *sealer) seal(field string, secret Secret) []byte {
	if secret.Empty() {
		return nil
	}
	return s.aead.Seal(nil, nil, []byte(secret.Reveal()), []byte(s.scope+"/"+field))
}

// open is the reverse of seal; what does not open gives ErrDamaged.
func (s *sealer) open(field string, sealed []byte) (Secret, error) {
	if len(sealed) == 0 {
		return Secret{}, nil
	}
	text, err := s.aead.Open(nil, nil, sealed, []byte(s.scope+"/"+field))
	if err != nil {
		return Secret{}, fmt.Errorf("sealed field %s/%s: %w: not sealed with this appliance's key", s.scope, field, ErrDamaged)
	}
	return NewSecret(string(text)), nil
}
