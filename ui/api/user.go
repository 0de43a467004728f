package api

import (
	"context"
	"strings"

	"cradle/directory"
	"cradle/ui/access"
)

// userView is a person; passwords are never shown in any form.
type userView struct {
	ID          directory.ID   `json:"id"`
	Revision    uint64         `json:"revision"`
	Email       string         `json:"email"`
	FirstName   string         `json:"first_name"`
	LastName    string         `json:"last_name"`
	Role        directory.Role `json:"role"`
	Portal      bool           `json:"portal" doc:"May log in to the portal."`
	HasPassword bool           `json:"has_password"`
}

// UserFields is what may be set of one; it is exported only because the library
// that makes the document does not look into embedded types that are not.
type UserFields struct {
	FirstName *string         `json:"first_name,omitempty" maxLength:"200"`
	LastName  *string         `json:"last_name,omitempty" maxLength:"200"`
	Role      *directory.Role `json:"role,omitempty" enum:"owner,admin,operator,user"`
	Portal    *bool           `json:"portal,omitempty"`
	Password  *string         `json:"password,omitempty" maxLength:"1024" doc:"At least 12 characters; ends all sessions of the user."`

	hash directory.Hash // of Password, made before the transaction
}

// prepare hashes the password, which takes longer than a transaction should.
func (f *UserFields) prepare(ctx context.Context, a *API) error {
	if f.Password == nil {
		return nil
	}
	if err := access.GoodPassword(*f.Password); err != nil {
		return wrong("body.password", err.Error())
	}
	hash, err := a.Directory.HashPassword(ctx, *f.Password)
	f.hash = hash
	return err
}

type userCreate struct {
	Email string `json:"email" minLength:"3" maxLength:"254"`
	UserFields
}

type userPatch struct {
	Revised
	Email *string `json:"email,omitempty" minLength:"3" maxLength:"254"`
	UserFields
}

func userRoutes(a *API) {
	resource[directory.User, userView, userCreate, userPatch]{
		name: "user", path: "/users", read: access.UsersRead, write: access.UsersWrite,
		all: (*directory.Snapshot).Users, get: (*directory.Snapshot).User,
		organization: func(u *directory.User) directory.ID { return u.Organization },
		id:           func(u *directory.User) directory.ID { return u.ID },
		key:          func(u *directory.User) string { return u.Email },
		view:         func(_ *directory.Snapshot, u *directory.User) userView { return viewUser(u) },
		create:       createUser, patch: patchUser, remove: removeUser,
	}.routes(a)
}

func viewUser(u *directory.User) userView {
	return userView{ID: u.ID, Revision: u.Revision, Email: u.Email, FirstName: u.FirstName, LastName: u.LastName,
		Role: u.Role, Portal: u.Portal, HasPassword: u.PasswordHash != ""}
}

func createUser(tx *directory.Tx, c *access.Caller, org directory.ID, in *userCreate) (directory.ID, error) {
	u := &directory.User{Organization: org, Email: strings.ToLower(in.Email), Role: directory.RoleUser}
	err := changeUser(tx, c, u, &in.UserFields)
	return u.ID, err
}

func patchUser(tx *directory.Tx, c *access.Caller, u *directory.User, in *userPatch) error {
	if err := mayTouch(c, u.Role); err != nil {
		return err
	}
	in.of(&u.Revision)
	if in.Email != nil {
		u.Email = strings.ToLower(*in.Email)
	}
	return changeUser(tx, c, u, &in.UserFields)
}

func changeUser(tx *directory.Tx, c *access.Caller, u *directory.User, in *UserFields) error {
	set(&u.FirstName, in.FirstName)
	set(&u.LastName, in.LastName)
	set(&u.Role, in.Role)
	set(&u.Portal, in.Portal)
	if in.hash != "" {
		u.PasswordHash = in.hash
	}
	if err := mayTouch(c, u.Role); err != nil {
		return err
	}
	return tx.PutUser(u)
}

func removeUser(tx *directory.Tx, c *access.Caller, u *directory.User) error {
	if err := mayTouch(c, u.Role); err != nil {
		return err
	}
	return tx.DeleteUser(u.ID)
}

// mayTouch guards owners: only who may change owners makes one, changes one or
// takes the role away.
func mayTouch(c *access.Caller, role directory.Role) error {
	if role == directory.RoleOwner && !c.May(access.OwnersWrite) {
		return forbidden(access.OwnersWrite, "only an owner may change owners")
	}
	return nil
}
