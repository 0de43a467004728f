package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"cradle/directory"
)

// ownerLeft refuses a change after which nobody could administer the
// appliance any more: somewhere an owner who can log in must remain, and the
// organization that was touched keeps one if it had any.
func ownerLeft(s *directory.Snapshot, _ directory.ID) error {
	for u := range s.Users("") {
		if u.Role == directory.RoleOwner && u.Portal && u.PasswordHash != "" {
			return nil
		}
	}
	return huma.NewError(http.StatusConflict, "this is the last owner who can log in")
}
