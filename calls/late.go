package calls

import (
	"context"
	"log/slog"
	"slices"
)

// late puts the attributes of a logger into words when something is logged, and
// not before: a call has a logger of its own, and most calls say one thing.
type late struct {
	slog.Handler
	attrs []slog.Attr
}

// WithAttrs keeps what it is given.
func (l late) WithAttrs(attrs []slog.Attr) slog.Handler {
	return late{l.Handler, append(slices.Clip(l.attrs), attrs...)}
}

// WithGroup can wait no longer: what comes after it belongs to the group.
func (l late) WithGroup(name string) slog.Handler {
	return l.Handler.WithAttrs(l.attrs).WithGroup(name)
}

// Handle writes a line.
func (l late) Handle(ctx context.Context, r slog.Record) error {
	return l.Handler.WithAttrs(l.attrs).Handle(ctx, r)
}
