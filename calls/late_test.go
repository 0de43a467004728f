package calls

import (
	"bytes"
	"log/slog"
	"testing"
)

// What a late logger writes is what one that was in time would have written.
func TestLateLogger(t *testing.T) {
	var now, then bytes.Buffer
	plain := slog.HandlerOptions{Level: slog.LevelInfo, ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}}
	for b, log := range map[*bytes.Buffer]*slog.Logger{&now: slog.New(slog.NewTextHandler(&now, &plain)), &then: slog.New(late{Handler: slog.NewTextHandler(&then, &plain)})} {
		log = log.With("room", "calls")
		one, other := log.With("call", 1), log.With("call", 2)
		one.Info("a", "x", 1)
		other.With("device", "d").Warn("b")
		other.Debug("not told")
		one.WithGroup("g").With("y", 2).Info("c", "z", 3)
		if b.Len() == 0 {
			t.Fatal("nothing was written")
		}
	}
	if now.String() != then.String() {
		t.Errorf("late:\n%s\nin time:\n%s", then.String(), now.String())
	}
}
