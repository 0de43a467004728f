package live

import (
	"context"
	"io"

	"cradle/directory"
)

// Firmware keeps the files that phones load; its errors are those of
// provisioning/firmware.
type Firmware interface {
	// Add reads a file to its end and makes its record.
	Add(ctx context.Context, by directory.Actor, f *directory.Firmware, body io.Reader) error
}
