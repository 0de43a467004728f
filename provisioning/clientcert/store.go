package clientcert

import (
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// Bounds of the store.
const (
	maxAuthorities = 256
	maxPEM         = 256 << 10 // bytes of one file
)

// Authority is one file of a vendor's certificate authorities.
type Authority struct {
	ID     string // the file's name without its end, such as "acme.root-1"
	Vendor string // as its folder in the catalogue is called
	// Subjects are the common names in it; Until is the earliest end, which is
	// told and not enforced.
	Subjects []string
	Until    time.Time

	certificates []*x509.Certificate
}

// isVendor is what a file may be called after: a folder's name in the catalogue.
var isVendor = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)

// Open reads the authorities in a folder, which is made with the first of them:
// files <vendor>.pem and <vendor>.<anything>.pem. A file that cannot be understood
// is told and left out, so that one bad file does not close the door to phones.
// own are our authority's roots.
func Open(folder string, own []*x509.Certificate, log *slog.Logger) (*Judge, error) {
	j := &Judge{own: own, folder: folder, now: time.Now}
	return j, j.read(log)
}

func (j *Judge) read(log *slog.Logger) error {
	entries, err := os.ReadDir(j.folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("authorities of vendors: %w", err)
	}
	s := &shelf{pool: x509.NewCertPool()}
	for _, c := range j.own {
		s.pool.AddCert(c)
	}
	for _, e := range entries {
		id, isPEM := strings.CutSuffix(e.Name(), ".pem")
		if !isPEM || len(s.authorities) == maxAuthorities {
			continue
		}
		a, err := readFile(filepath.Join(j.folder, e.Name()), id)
		if err != nil {
			if log != nil {
				log.Error("a vendor's authority is left out", "file", e.Name(), "err", err)
			}
			continue
		}
		s.authorities = append(s.authorities, a)
		for _, c := range a.certificates {
			s.pool.AddCert(c)
		}
	}
	j.shelf.Store(s)
	return nil
}

func readFile(path, id string) (Authority, error) {
	st, err := os.Stat(path)
	if err != nil {
		return Authority{}, err
	}
	if st.Size() > maxPEM {
		return Authority{}, fmt.Errorf("%w: %d bytes, at most %d", ErrPEM, st.Size(), maxPEM)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return Authority{}, err
	}
	return parse(id, text)
}

// parse reads one or several certificates. Each must be able to be an authority:
// old ones say nothing about it, but a phone's own says that it is none.
func parse(id string, text []byte) (Authority, error) {
	vendor, _, _ := strings.Cut(id, ".")
	a := Authority{ID: id, Vendor: vendor}
	for {
		var block *pem.Block
		if block, text = pem.Decode(text); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return Authority{}, fmt.Errorf("%w: a block of type %q", ErrPEM, block.Type)
		}
		c, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return Authority{}, fmt.Errorf("%w: %w", ErrPEM, err)
		}
		if c.BasicConstraintsValid && !c.IsCA {
			return Authority{}, fmt.Errorf("%w: %q is no authority", ErrPEM, c.Subject.CommonName)
		}
		if err := strong(c); err != nil {
			return Authority{}, err
		}
		a.certificates, a.Subjects = append(a.certificates, c), append(a.Subjects, c.Subject.CommonName)
		if a.Until.IsZero() || c.NotAfter.Before(a.Until) {
			a.Until = c.NotAfter
		}
	}
	if len(a.certificates) == 0 {
		return Authority{}, fmt.Errorf("%w: no certificate", ErrPEM)
	}
	return a, nil
}

// Authorities are all that are in force.
func (j *Judge) Authorities() []Authority { return j.shelf.Load().authorities }

// Add keeps the authorities of a vendor and puts them in force. The same ones
// again change nothing. Errors wrap ErrPEM, ErrWeak or ErrVendor.
func (j *Judge) Add(vendor string, text []byte) (Authority, error) {
	if !isVendor.MatchString(vendor) || vendor == Own {
		return Authority{}, fmt.Errorf("%w: %q", ErrVendor, vendor)
	}
	if len(text) > maxPEM {
		return Authority{}, fmt.Errorf("%w: %d bytes, at most %d", ErrPEM, len(text), maxPEM)
	}
	j.changes.Lock()
	defer j.changes.Unlock()
	if len(j.Authorities()) >= maxAuthorities {
		return Authority{}, fmt.Errorf("%w: there are %d already, which is the most", ErrPEM, maxAuthorities)
	}
	sum := sha256.Sum256(bytes.TrimSpace(text))
	a, err := parse(vendor+"."+hex.EncodeToString(sum[:6]), text)
	if err != nil {
		return Authority{}, err
	}
	if err := os.MkdirAll(j.folder, 0o700); err != nil {
		return Authority{}, err
	}
	if err := writeWhole(filepath.Join(j.folder, a.ID+".pem"), text); err != nil {
		return Authority{}, err
	}
	return a, j.read(nil)
}

// Remove takes an authority away; its phones' certificates prove nothing from
// then on. Errors wrap ErrNone.
func (j *Judge) Remove(id string) error {
	j.changes.Lock()
	defer j.changes.Unlock()
	for _, a := range j.Authorities() {
		if a.ID != id {
			continue
		}
		if err := os.Remove(filepath.Join(j.folder, id+".pem")); err != nil {
			return err
		}
		return j.read(nil)
	}
	return fmt.Errorf("%w: %q", ErrNone, id)
}

// writeWhole writes a file whole or not at all.
func writeWhole(path string, text []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), "*.new")
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}
