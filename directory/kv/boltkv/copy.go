package boltkv

import (
	"io"

	bolt "go.etcd.io/bbolt"
)

// Copy writes the whole file as it is at one instant, while others go on
// reading and writing. What arrives opens as a store of its own.
func (e *Engine) Copy(w io.Writer) (err error) {
	defer watch().broken(&err)
	return e.db.View(func(tx *bolt.Tx) error {
		_, err := tx.WriteTo(w)
		return err
	})
}
