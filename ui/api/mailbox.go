package api

import (
	"cradle/directory"
	"cradle/ui/access"
)

// mailboxView counts the messages of an extension.
type mailboxView struct {
	ID        directory.ID `json:"id"`
	Revision  uint64       `json:"revision"`
	Extension string       `json:"extension" doc:"Its number."`
	New       int          `json:"new"`
	Old       int          `json:"old"`
	UrgentNew int          `json:"urgent_new"`
	UrgentOld int          `json:"urgent_old"`
}

// MailboxFields is what may be set of one; it is exported only because the library
// that makes the document does not look into embedded types that are not.
type MailboxFields struct {
	New       *int `json:"new,omitempty" minimum:"0" maximum:"99999"`
	Old       *int `json:"old,omitempty" minimum:"0" maximum:"99999"`
	UrgentNew *int `json:"urgent_new,omitempty" minimum:"0" maximum:"99999" doc:"Of the new ones."`
	UrgentOld *int `json:"urgent_old,omitempty" minimum:"0" maximum:"99999" doc:"Of the old ones."`
}

type mailboxCreate struct {
	Extension string `json:"extension" minLength:"1" maxLength:"64" doc:"ID or number."`
	MailboxFields
}

type mailboxPatch struct {
	Revised
	MailboxFields
}

func mailboxRoutes(a *API) {
	resource[directory.Mailbox, mailboxView, mailboxCreate, mailboxPatch]{
		name: "mailbox", path: "/mailboxes", read: access.MailboxesRead, write: access.MailboxesWrite,
		all: (*directory.Snapshot).Mailboxes, get: (*directory.Snapshot).Mailbox,
		organization: func(m *directory.Mailbox) directory.ID { return m.Organization },
		id:           func(m *directory.Mailbox) directory.ID { return m.ID },
		key:          func(m *directory.Mailbox) string { return string(m.Extension) },
		view:         viewMailbox, create: createMailbox,
		patch: func(tx *directory.Tx, _ *access.Caller, m *directory.Mailbox, in *mailboxPatch) error {
			in.of(&m.Revision)
			return changeMailbox(tx, m, &in.MailboxFields)
		},
		remove: func(tx *directory.Tx, _ *access.Caller, m *directory.Mailbox) error { return tx.DeleteMailbox(m.ID) },
	}.routes(a)
}

func viewMailbox(s *directory.Snapshot, m *directory.Mailbox) mailboxView {
	return mailboxView{ID: m.ID, Revision: m.Revision, Extension: extensionNumber(s, m.Extension), New: m.New, Old: m.Old,
		UrgentNew: m.UrgentNew, UrgentOld: m.UrgentOld}
}

func createMailbox(tx *directory.Tx, _ *access.Caller, org directory.ID, in *mailboxCreate) (directory.ID, error) {
	m := &directory.Mailbox{Organization: org}
	if err := setRef(findExtension, tx.Snapshot(), org, &m.Extension, &in.Extension, "body.extension"); err != nil {
		return "", err
	}
	err := changeMailbox(tx, m, &in.MailboxFields)
	return m.ID, err
}

func changeMailbox(tx *directory.Tx, m *directory.Mailbox, in *MailboxFields) error {
	set(&m.New, in.New)
	set(&m.Old, in.Old)
	set(&m.UrgentNew, in.UrgentNew)
	set(&m.UrgentOld, in.UrgentOld)
	return tx.PutMailbox(m)
}
