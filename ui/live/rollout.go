package live

import (
	"context"

	"cradle/directory"
	"cradle/provisioning/rollout"
)

// Rollouts brings changes to phones step by step; its errors are those of
// provisioning/rollout and of the directory.
type Rollouts interface {
	Start(ctx context.Context, by directory.Actor, r *directory.Rollout) error
	Pause(ctx context.Context, by directory.Actor, id directory.ID) error
	Resume(ctx context.Context, by directory.Actor, id directory.ID) error
	Stop(ctx context.Context, by directory.Actor, id directory.ID) error
	Count(r *directory.Rollout) rollout.Count
}
