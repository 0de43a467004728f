package provisioning

import (
	"bytes"
	"compress/flate"
	"container/list"
	"io"
	"sync"
	"time"

	"cradle/directory"
	"cradle/provisioning/catalog"
	"cradle/provisioning/settings"
)

// Bounds of what is remembered of fetched files.
const (
	fetchedBytes = 16 << 20 // texts, compressed, all together
	fetchedQueue = 1000     // texts to be made, each holding its snapshot; more are dropped and come again with the next fetch
	// fetchedPace is the least time between two of them: when a thousand phones
	// boot at once, what people may want to look at later can wait.
	fetchedPace = 4 * time.Millisecond
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

// keeper remembers what phones fetched. Their texts are rendered once more
// without secrets, off the answering path, and only when they changed.
type keeper struct {
	p      *Provisioning
	work   chan *visit
	stop   chan struct{}
	done   chan struct{}
	packer *flate.Writer // of run alone; a new one for each text is a megabyte to be cleared

	mu    sync.Mutex
	files map[fetchedKey]*list.Element // of *fetchedFile
	order *list.List                   // the oldest first
	bytes int
}

func newKeeper(p *Provisioning) *keeper {
	k := &keeper{p: p, work: make(chan *visit, fetchedQueue), stop: make(chan struct{}), done: make(chan struct{}),
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
		case v := <-k.work:
			k.keep(v)
		}
		select {
		case <-k.stop:
			return
		case <-pace.C:
		}
	}
}

// fetched notes that a phone got its own file in full; hash is that of its body.
func (k *keeper) fetched(v *visit, file *catalog.File, mode settings.Mode, hash string) {
	if file.Kind != catalog.Device || mode != settings.Full || v.device == nil {
		return
	}
	key := fetchedKey{v.device.ID, file.Name}
	k.mu.Lock()
	defer k.mu.Unlock()
	if e := k.files[key]; e != nil {
		f := e.Value.(*fetchedFile) //nolint:forcetypeassert // only these are in the list
		f.at = v.now
		k.order.MoveToBack(e)
		if f.hash == hash && (f.packed != nil || f.waits) {
			return
		}
		k.bytes -= len(f.packed)
		f.hash, f.packed, f.waits = hash, nil, false
	} else {
		k.files[key] = k.order.PushBack(&fetchedFile{key: key, at: v.now, hash: hash})
		k.trim()
	}
	again := *v
	again.file, again.looked = file, true
	select {
	case k.work <- &again:
		k.files[key].Value.(*fetchedFile).waits = true //nolint:forcetypeassert // only these are in the list
	default: // busy with others: the hash is known, the text comes with a later fetch
	}
}

// keep makes a file's text as it was fetched and packs it.
func (k *keeper) keep(v *visit) {
	defer func() {
		if fault := recover(); fault != nil {
			k.p.log.Error("remembering what a phone fetched", "fault", fault)
		}
	}()
	text, err := k.p.masked(v, v.file, nil)
	if err != nil {
		text = nil
	}
	var packed bytes.Buffer
	k.packer.Reset(&packed)
	_, _ = k.packer.Write(text) // a buffer takes all
	_ = k.packer.Close()
	k.mu.Lock()
	defer k.mu.Unlock()
	e := k.files[fetchedKey{v.device.ID, v.file.Name}]
	if e == nil {
		return
	}
	f := e.Value.(*fetchedFile) //nolint:forcetypeassert // only these are in the list
	f.waits = f.waits && f.hash != v.hash
	if f.packed == nil && f.hash == v.hash && err == nil {
		f.packed = packed.Bytes()
		k.bytes += len(f.packed)
		k.trim()
	}
}

// trim forgets the oldest while there is too much.
func (k *keeper) trim() {
	for k.bytes > fetchedBytes || k.order.Len() > 4*cacheSlots {
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
