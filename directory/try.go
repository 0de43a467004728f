package directory

import "slices"

// Try takes some steps of a transaction, all of them or none: when they fail,
// what they wrote is taken back, and the transaction goes on as it was before.
func (tx *Tx) Try(steps func() error) error {
	before, broken := tx.Snapshot(), tx.broken
	writes, changes, heads := len(tx.writes), len(tx.changes), len(tx.heads)
	err := steps()
	if err == nil {
		return nil
	}
	for _, h := range slices.Backward(tx.heads[heads:]) {
		h.rec.setHead(h.id, h.rev)
	}
	*tx.work = *before
	tx.frozen, tx.epoch, tx.broken = before, tx.d.nextEpoch(), broken
	tx.writes, tx.changes, tx.heads = tx.writes[:writes], tx.changes[:changes], tx.heads[:heads]
	return err
}
