package provisioning

import (
	"bytes"
	"compress/flate"
	"container/list"
	"io"
	"strings"
	"sync"
	"time"

	"cradle/directory"
	"cradle/provisioning/catalog"
	"cradle/provisioning/settings"
)

// Bounds of what is remembered of fetched files.
const (
	fetchedBytes = 16 << 20 // texts, compressed, all together
	fetchedFiles = 1 << 16  // of whose texts the hash is known
	fetchedQueue = 1 << 14  // texts to be made; more are dropped and come again with the next fetch
	// fetchedPace is the least time between two of them: when ten thousand phones
	// boot at once, what people may want to look at later can wait.
	fetchedPace = 20 * time.Millisecond
)

// Fetched is a file of its own that a phone last got in full.
type Fetched struct {
	At   time.Time
	Hash string // as in the journal
	// Text is what it held, secrets masked; nil: it is no longer kept.
	Text []byte
}

type fetchedKey struct {
	device directory.ID
	file   string
}

// fetchedFile is one such file; its text follows a little later.
type fetchedFile struct {
	key    fetchedKey
	at     time.Time
	hash   string
	packed []byte
	waits  bool // its text is being made
}

// awaited is a file that was given and whose text is still to be made. It holds
// no snapshot: a thousand of them would hold the records of a thousand moments.
type awaited struct {
	v    visit // of who fetched it
	key  fetchedKey
	base string // URL in it
	// print is the fingerprint of all that it was made from: what is another file
	// by the time its text is made is not remembered.
	print uint64
}

// keeper remembers what phones fetched. Their texts are rendered once more
// without secrets, off the answering path, and only when they changed.
type keeper struct {
	p      *Provisioning
	work   chan *awaited
	stop   chan struct{}
	done   chan struct{}
	packer *flate.Writer // of run alone; a new one for each text is a megabyte to be cleared

	mu    sync.Mutex
	files map[fetchedKey]*list.Element // of *fetchedFile
	order *list.List                   // the oldest first
	bytes int
}

func newKeeper(p *Provisioning) *keeper {
	k := &keeper{p: p, work: make(chan *awaited, fetchedQueue), stop: make(chan struct{}), done: make(chan struct{}),
		files: map[fetchedKey]*list.Element{}, order: list.New()}
	k.packer, _ = flate.NewWriter(nil, flate.BestSpeed) // the level is one there is
	go k.run()
	return k
}

func (k *keeper) close() {
	close(k.stop)
	<-k.done
}

func (k *keeper) run() {
	defer close(k.done)
	pace := time.NewTicker(fetchedPace)
	defer pace.Stop()
	for {
		select {
		case <-k.stop:
			return
		case a := <-k.work:
			if !k.keep(a) {
				continue
			}
		}
		select {
		case <-k.stop:
			return
		case <-pace.C:
		}
	}
}

// fetched notes that a phone got its own file in full, made so.
func (k *keeper) fetched(v *visit, file *catalog.File, mode settings.Mode, made *cached) {
	if file.Kind != catalog.Device || mode != settings.Full || v.device == nil {
		return
	}
	key := fetchedKey{v.device.ID, file.Name}
	k.mu.Lock()
	defer k.mu.Unlock()
	f := k.slot(key)
	f.at = v.now
	if f.hash == v.hash && (f.packed != nil || f.waits) {
		return
	}
	k.bytes -= len(f.packed)
	f.hash, f.packed = v.hash, nil
	a := &awaited{v: *v, key: key, base: made.key.base, print: made.print}
	a.v.file, a.v.looked, a.v.snap, a.v.TLS = file, true, nil, nil
	select {
	case k.work <- a:
		f.waits = true
	default: // busy with others: the hash is known, the text comes with a later fetch
		f.waits = false
	}
}

// slot gives what is remembered of a file, which is now the newest of all.
func (k *keeper) slot(key fetchedKey) *fetchedFile {
	if e := k.files[key]; e != nil {
		k.order.MoveToBack(e)
		return e.Value.(*fetchedFile) //nolint:forcetypeassert // only these are in the list
	}
	f := &fetchedFile{key: key}
	k.files[key] = k.order.PushBack(f)
	k.trim()
	return f
}

// awaits tells whether a text is still the one that is wanted.
func (k *keeper) awaits(a *awaited) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	e := k.files[a.key]
	return e != nil && e.Value.(*fetchedFile).hash == a.v.hash //nolint:forcetypeassert // only these are in the list
}

// keep makes a file's text as it was fetched and packs it; false: it was no work.
func (k *keeper) keep(a *awaited) (worked bool) {
	if !k.awaits(a) { // the phone has fetched another since
		return false
	}
	defer func() {
		if fault := recover(); fault != nil {
			k.p.log.Error("remembering what a phone fetched", "fault", fault)
		}
	}()
	text := k.text(a)
	var packed bytes.Buffer
	k.packer.Reset(&packed)
	_, _ = k.packer.Write(text) // a buffer takes all
	_ = k.packer.Close()
	k.mu.Lock()
	defer k.mu.Unlock()
	e := k.files[a.key]
	if e == nil {
		return true
	}
	f := e.Value.(*fetchedFile) //nolint:forcetypeassert // only these are in the list
	if f.hash != a.v.hash {
		return true
	}
	f.waits = false
	if f.packed == nil && text != nil {
		f.packed = packed.Bytes()
		k.bytes += len(f.packed)
		k.trim()
	}
	return true
}

// text renders a file without its secrets; nil: it would be another one by now.
func (k *keeper) text(a *awaited) []byte {
	v := &a.v
	v.snap = k.p.c.Directory.Snapshot()
	if v.device = v.snap.Device(a.key.device); v.device == nil {
		return nil
	}
	if v.site != nil {
		v.site = v.snap.Site(v.site.ID)
	}
	if k.p.fingerprint(v, v.file, settings.Full, a.base) != a.print { // a record has changed; has the file?
		body, err := k.p.render(v, v.file, settings.Full, a.base)
		if err != nil || strings.Trim(etag(body), `"`) != v.hash {
			return nil
		}
	}
	base, _, _ := strings.Cut(a.base, "~")
	values, _ := k.p.maker.Values(k.p.facts(v, v.file, settings.Full, base+"~***/", true))
	text, err := k.p.execute(nil, v, v.file, settings.Full, values)
	if err != nil {
		return nil
	}
	return text
}

// trim forgets the oldest while there is too much.
func (k *keeper) trim() {
	for k.bytes > fetchedBytes || k.order.Len() > fetchedFiles {
		e := k.order.Front()
		f := e.Value.(*fetchedFile) //nolint:forcetypeassert // only these are in the list
		k.bytes -= len(f.packed)
		delete(k.files, f.key)
		k.order.Remove(e)
	}
}

// Fetched is what a phone last got of one of its own files, named as in the
// model's data; false: nothing since the start.
func (p *Provisioning) Fetched(device directory.ID, file string) (Fetched, bool) {
	k := p.keeper
	k.mu.Lock()
	e := k.files[fetchedKey{device, file}]
	if e == nil {
		k.mu.Unlock()
		return Fetched{}, false
	}
	f := *e.Value.(*fetchedFile) //nolint:forcetypeassert // only these are in the list
	k.mu.Unlock()
	out := Fetched{At: f.at, Hash: f.hash}
	if f.packed != nil {
		out.Text, _ = io.ReadAll(flate.NewReader(bytes.NewReader(f.packed)))
	}
	return out, true
}
