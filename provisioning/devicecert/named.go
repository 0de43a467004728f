package devicecert

import (
	"crypto/tls"
	"errors"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// folderName is the folder, inside the data folder, of certificates by other
// authorities for names of this machine: each a file *.pem with key and chain.
const folderName = "certificates"

// lookEvery is how old what is known of the folder may be.
const lookEvery = time.Second

// maxNamed bounds the files read, maxNamedSize the bytes of each.
const (
	maxNamed     = 64
	maxNamedSize = 1 << 20
)

// named are the certificates of the folder as its files are now. A file is read
// anew when it was replaced; one that cannot be used changes nothing.
type named struct {
	dir string
	log *slog.Logger

	mu     sync.Mutex
	looked time.Time
	files  map[string]namedFile
}

// namedFile is a file as it was read last; pair is the last good one, or nil.
type namedFile struct {
	size int64
	at   time.Time
	pair *tls.Certificate
}

// Named lets a certificate out of the folder "certificates" of the data folder be
// served, instead of one of ours, to whom it has the name for that it asked for
// (or the address it came to): such as one of a public authority, which browsers
// know. The files may be replaced while connections are open; the newest counts
// for new ones. Call it before the first connection.
func (a *Authority) Named(dataDir string, log *slog.Logger) {
	a.named = &named{dir: filepath.Join(dataDir, folderName), log: log}
}

// get is the certificate for a host that lasts longest, and that the peer can
// check; nil: there is none in force.
func (n *named) get(host string, hello *tls.ClientHelloInfo, now time.Time) *tls.Certificate {
	if n == nil || host == "" {
		return nil
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if now.Sub(n.looked) >= lookEvery || now.Before(n.looked) {
		n.looked = now
		n.look()
	}
	var best *tls.Certificate
	for _, f := range n.files {
		switch c := f.pair; {
		case c == nil || now.Before(c.Leaf.NotBefore) || now.After(c.Leaf.NotAfter) || c.Leaf.VerifyHostname(host) != nil || hello.SupportsCertificate(c) != nil:
		case best == nil || c.Leaf.NotAfter.After(best.Leaf.NotAfter):
			best = c
		}
	}
	return best
}

// look reads what is new in the folder and forgets what is no longer there.
func (n *named) look() {
	paths, _ := filepath.Glob(filepath.Join(n.dir, "*.pem")) // the pattern is right
	if len(paths) > maxNamed {
		n.log.Warn("too many certificates: the others are not served", "folder", n.dir, "served", maxNamed)
		paths = paths[:maxNamed]
	}
	before := n.files
	n.files = make(map[string]namedFile, len(paths))
	for _, path := range paths {
		info, err := os.Stat(path)
		known, ok := before[path]
		switch {
		case errors.Is(err, fs.ErrNotExist): // gone since it was listed
		case ok && err == nil && info.Size() == known.size && info.ModTime().Equal(known.at):
			n.files[path] = known
		case err != nil:
			n.files[path] = known
		default:
			n.files[path] = n.read(path, info, known)
		}
	}
	for path := range maps.Keys(before) {
		if _, ok := n.files[path]; !ok {
			n.log.Info("a certificate is no longer served", "file", path)
		}
	}
}

// read takes key and chain out of a file; where they are not right, what was
// known stays.
func (n *named) read(path string, info fs.FileInfo, known namedFile) namedFile {
	f := namedFile{size: info.Size(), at: info.ModTime(), pair: known.pair}
	if info.Size() > maxNamedSize {
		n.log.Warn("a certificate is not served: the file is too large", "file", path)
		return f
	}
	text, err := os.ReadFile(path)
	if err == nil {
		var pair tls.Certificate
		if pair, err = tls.X509KeyPair(text, text); err == nil {
			f.pair = &pair
			n.log.Info("a certificate is served", "file", path, "names", pair.Leaf.DNSNames, "ends", pair.Leaf.NotAfter)
			return f
		}
	}
	n.log.Warn("a certificate cannot be read; the one before is served on", "file", path, "error", err)
	return f
}
