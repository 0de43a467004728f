package provisioning

import (
	"crypto/sha256"
	"encoding/hex"
	"hash/maphash"
	"sync/atomic"

	"cradle/directory"
	"cradle/provisioning/catalog"
	"cradle/provisioning/settings"
)

// Bounds of the cache of rendered files.
const (
	cacheSlots = 1 << 16
	cacheBytes = 128 << 20 // all bodies together, about: ten thousand phones of 12 KB
	cacheFile  = 64 << 10  // longer files are rendered each time
)

// cacheKey names one rendering.
type cacheKey struct {
	device directory.ID // empty: a common file
	site   directory.ID // of the asker, for common files
	model  *catalog.Model
	file   *catalog.File
	book   string // the phonebook, of files that are one
	mode   settings.Mode
	wipe   bool
	base   string // URL and host in it
}

// cached is one finished rendering.
type cached struct {
	key cacheKey
	// print is the fingerprint of all it was made from; asOf the newest directory
	// revision at which it was found to hold still.
	print uint64
	asOf  atomic.Uint64
	body  []byte
	etag  string
	left  string // settings by hand that it could not hold, as in Step
}

// cache holds the last renderings: one slot for each hash, overwritten freely,
// bounded in bytes, without a lock.
type cache struct {
	seed  maphash.Seed
	slots [cacheSlots]atomic.Pointer[cached]
	bytes atomic.Int64
	hand  atomic.Uint64
}

func newCache() *cache { return &cache{seed: maphash.MakeSeed()} }

func (c *cache) slot(k cacheKey) *atomic.Pointer[cached] {
	return &c.slots[maphash.Comparable(c.seed, k)%cacheSlots]
}

// get gives the rendering of a key if what it was made from is still so.
func (c *cache) get(k cacheKey, revision uint64, fingerprint func() uint64) *cached {
	e := c.slot(k).Load()
	if e == nil || e.key != k {
		return nil
	}
	if e.asOf.Load() == revision {
		return e
	}
	if fingerprint() != e.print {
		return nil
	}
	e.asOf.Store(revision)
	return e
}

func (c *cache) put(e *cached) {
	if len(e.body) > cacheFile {
		return
	}
	c.bytes.Add(int64(len(e.body)))
	if old := c.slot(e.key).Swap(e); old != nil {
		c.bytes.Add(-int64(len(old.body)))
	}
	for range cacheSlots {
		if c.bytes.Load() <= cacheBytes {
			return
		}
		if old := c.slots[c.hand.Add(1)%cacheSlots].Swap(nil); old != nil {
			c.bytes.Add(-int64(len(old.body)))
		}
	}
}

// clear forgets everything.
func (c *cache) clear() {
	for i := range c.slots {
		if old := c.slots[i].Swap(nil); old != nil {
			c.bytes.Add(-int64(len(old.body)))
		}
	}
}

// etag is a strong validator of a body.
func etag(body []byte) string {
	sum := sha256.Sum256(body)
	return `"` + hex.EncodeToString(sum[:12]) + `"`
}
