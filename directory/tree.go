package directory

import (
	"iter"
	"strings"

	"github.com/tidwall/btree"
)

// tree is an ordered map that snapshots share: a copy costs nothing until the
// first write of a new epoch, which then copies only the nodes it touches. Only
// the writer's goroutine writes; epochs never repeat.
type tree[K interface{ ~string }, V any] struct {
	m     *btree.Map[K, V]
	epoch uint64
}

// treeDegree keeps nodes small, because each write copies the nodes on its way.
const treeDegree = 12

func (t *tree[K, V]) get(k K) (V, bool) {
	if t.m == nil {
		var zero V
		return zero, false
	}
	return t.m.Get(k)
}

// value is get without the flag.
func (t *tree[K, V]) value(k K) V {
	v, _ := t.get(k)
	return v
}

func (t *tree[K, V]) own(epoch uint64) *btree.Map[K, V] {
	switch {
	case t.m == nil:
		t.m = btree.NewMap[K, V](treeDegree)
	case t.epoch != epoch:
		t.m = t.m.Copy()
	}
	t.epoch = epoch
	return t.m
}

func (t *tree[K, V]) set(epoch uint64, k K, v V) { t.own(epoch).Set(k, v) }

func (t *tree[K, V]) remove(epoch uint64, k K) {
	if _, ok := t.get(k); ok {
		t.own(epoch).Delete(k)
	}
}

// prefixed walks the entries whose key has a prefix, in order.
func (t tree[K, V]) prefixed(prefix K) iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		if t.m == nil {
			return
		}
		t.m.Ascend(prefix, func(k K, v V) bool {
			return strings.HasPrefix(string(k), string(prefix)) && yield(k, v)
		})
	}
}

func (t tree[K, V]) len() int {
	if t.m == nil {
		return 0
	}
	return t.m.Len()
}
