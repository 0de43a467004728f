package provisioning

import (
	"context"
	"slices"

	"cradle/directory"
)

// tokenBatch is how many tokens one transaction issues.
const tokenBatch = 256

// giveTokens issues tokens to approved devices that have none, so that an
// imported phone's first request need not wait for the disk. Phones that are not
// approved get theirs when they first ask: it belongs to who asked.
func (c *clerk) giveTokens(ctx context.Context, devices []*directory.Device) {
	var without []directory.ID
	for _, d := range devices {
		if wantsToken(d) {
			without = append(without, d.ID)
		}
	}
	for len(without) > 0 && ctx.Err() == nil {
		batch := without[:min(tokenBatch, len(without))]
		without = without[len(batch):]
		c.update(ctx, func(tx *directory.Tx) error {
			for _, id := range batch {
				if d := tx.Device(id); d == nil || !wantsToken(d) {
					continue
				}
				if _, err := tx.IssueToken(id); err != nil {
					return err
				}
			}
			return nil
		})
	}
}

func wantsToken(d *directory.Device) bool {
	return d.Token == "" && d.Step.Approved()
}

func allDevices(snap *directory.Snapshot) []*directory.Device {
	var all []*directory.Device
	for d := range snap.Devices("") {
		all = append(all, d)
	}
	return all
}

// expectOurs has phones asked for certificates once one of them has ours.
func (c *clerk) expectOurs(devices []*directory.Device) {
	if c.p.c.Certificates != nil && slices.ContainsFunc(devices, func(d *directory.Device) bool { return d.Issued != "" }) {
		c.p.c.Certificates.Issued()
	}
}

// changed are the devices of a batch of changes; all of them where the feed
// was too fast for us.
func (c *clerk) changed(batch []directory.Change) []*directory.Device {
	var out []*directory.Device
	for _, change := range batch {
		if change.Kind == directory.KindOverflow {
			return allDevices(c.p.c.Directory.Snapshot())
		}
		if d, is := change.New.(*directory.Device); is && d != nil {
			out = append(out, d)
		}
	}
	return out
}
