package live

import (
	"context"

	"cradle/directory"
	"cradle/provisioning/teach"
)

// Teaching makes models of one's own of what phones sent.
type Teaching interface {
	// TryLesson says what would be taught at an organization, Teach does it and
	// gives a device that model where one is named; provisioning.ErrNotTaught: the
	// lesson has problems.
	TryLesson(org directory.ID, seen teach.Evidence, wish teach.Wish) (teach.Lesson, error)
	Teach(ctx context.Context, by directory.Actor, org directory.ID, seen teach.Evidence, wish teach.Wish, device directory.ID) (teach.Lesson, *directory.Lesson, error)
	// EvidenceOf is what a phone that is a device already sent.
	EvidenceOf(mac directory.MAC) teach.Evidence
	// Unteach forgets one; directory.ErrNotFound, ErrInUse.
	Unteach(ctx context.Context, by directory.Actor, id directory.ID) error
}
