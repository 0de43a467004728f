package rollout

import (
	"testing"
	"time"

	"cradle/directory"
)

func TestJudge(t *testing.T) {
	begun := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	r := &directory.Rollout{Stages: []int{10, 100}, Least: 90, Soak: 600, Moved: begun}
	for _, c := range []struct {
		name  string
		after time.Duration
		count Count
		want  verdict
	}{
		{"too early, whatever happens", 599 * time.Second, Count{Failed: 10}, wait},
		{"all back", 600 * time.Second, Count{Done: 10}, goOn},
		{"just enough", time.Hour, Count{Done: 9, Failed: 1}, goOn},
		{"one too few", time.Hour, Count{Done: 8, Failed: 2}, stop},
		{"too few, though some wait", time.Hour, Count{Done: 1, Waiting: 7, Failed: 2}, stop},
		{"some wait", time.Hour, Count{Done: 9, Waiting: 1}, wait},
		{"some wait for ever", 26 * time.Hour, Count{Done: 9, Waiting: 1}, goOn},
		{"all are off", time.Hour, Count{Off: 3}, wait},
		{"nobody is in the stage", time.Hour, Count{}, goOn},
	} {
		if got, why := judge(r, c.count, begun.Add(c.after)); got != c.want {
			t.Errorf("%s: %v %s", c.name, got, why)
		}
	}
}
