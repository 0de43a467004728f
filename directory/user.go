package directory

import "strings"

// Role is what a person may do; the rights of each are in one table, ui/access.
type Role string

// The roles, from the most to the least powerful.
const (
	RoleOwner    Role = "owner"
	RoleAdmin    Role = "admin"
	RoleOperator Role = "operator"
	RoleUser     Role = "user"
)

// User is a person who may log in to the portal.
type User struct {
	ID           ID
	Revision     uint64
	Organization ID
	Email        string // unique in the appliance, lower case
	FirstName    string
	LastName     string
	Role         Role
	// Portal is off for a person until it is activated.
	Portal bool
	// PasswordHash is argon2id in PHC form; empty: no password, no log-in.
	PasswordHash Hash
}

// userRow is how a user is kept: the hash in clear, which nothing prints.
type userRow struct {
	*User
	PasswordHash string
}

func (u *User) table() table              { return tUser }
func (u *User) head() (ID, uint64)        { return u.ID, u.Revision }
func (u *User) setHead(id ID, rev uint64) { u.ID, u.Revision = id, rev }
func (u *User) organization() ID          { return u.Organization }
func (u *User) sortKey() string           { return emailKey(u.Email) }
func (u *User) uniques() []unique         { return []unique{{uEmail, emailKey(u.Email)}} }

func (u *User) refs() []ref {
	return []ref{{to: u.Organization, t: tOrganization, as: refOrganization}}
}

func (u *User) clone() record {
	c := *u
	c.Email = emailKey(u.Email)
	return &c
}

func (u *User) encode(*Keys) ([]byte, error) {
	return encodePlain(userRow{User: u, PasswordHash: string(u.PasswordHash)})
}

func (u *User) decode(_ *Keys, _ ID, b []byte) error {
	row := userRow{User: u}
	err := decodePlain(b, &row)
	u.PasswordHash = Hash(row.PasswordHash)
	return err
}

func emailKey(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// ownerWithPassword tells whether an owner can get into the portal: the mark of an
// appliance that is set up.
func (u *User) ownerWithPassword() bool { return u.Role == RoleOwner && u.PasswordHash != "" }

func (u *User) check() error {
	email := emailKey(u.Email)
	at := strings.LastIndexByte(email, '@')
	if at < 1 || at == len(email)-1 || strings.ContainsAny(email, " ,;<>\"") {
		return invalid("e-mail %q has not the form name@host", u.Email)
	}
	if u.PasswordHash != "" && !isPasswordHash(u.PasswordHash) {
		return invalid("password hash of %s is no argon2id hash in PHC form", email)
	}
	return firstError(
		checkText("e-mail", email, true), checkText("first name", u.FirstName, false), checkText("last name", u.LastName, false),
		checkOneOf("role", string(u.Role), string(RoleOwner), string(RoleAdmin), string(RoleOperator), string(RoleUser)))
}
