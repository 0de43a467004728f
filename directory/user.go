package directory

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
