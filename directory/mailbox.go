package directory

import "iter"

// Mailbox counts the messages of an extension (RFC 3842): what a phone's lamp
// shows. The messages themselves are elsewhere.
type Mailbox struct {
	ID           ID
	Revision     uint64
	Organization ID
	Extension    ID // whose it is; one each
	// New and Old count voice messages, urgent ones among them; each 0 to maxMessages.
	New, Old             int
	UrgentNew, UrgentOld int
}

const maxMessages = 99999

func (m *Mailbox) table() table                         { return tMailbox }
func (m *Mailbox) head() (ID, uint64)                   { return m.ID, m.Revision }
func (m *Mailbox) setHead(id ID, rev uint64)            { m.ID, m.Revision = id, rev }
func (m *Mailbox) organization() ID                     { return m.Organization }
func (m *Mailbox) sortKey() string                      { return string(m.Extension) }
func (m *Mailbox) encode(*Keys) ([]byte, error)         { return encodePlain(m) }
func (m *Mailbox) decode(_ *Keys, _ ID, b []byte) error { return decodePlain(b, m) }
func (m *Mailbox) uniques() []unique                    { return []unique{{uMailbox, string(m.Extension)}} }

func (m *Mailbox) refs() []ref {
	return []ref{{to: m.Organization, t: tOrganization, as: refOrganization}, {to: m.Extension, t: tExtension, as: refMailbox}}
}

func (m *Mailbox) clone() record {
	c := *m
	return &c
}

func (m *Mailbox) check() error {
	for what, n := range map[string]int{"new": m.New, "old": m.Old, "urgent new": m.UrgentNew, "urgent old": m.UrgentOld} {
		if n < 0 || n > maxMessages {
			return invalid("%d %s messages are not 0 to %d", n, what, maxMessages)
		}
	}
	if m.UrgentNew > m.New || m.UrgentOld > m.Old {
		return invalid("a mailbox has more urgent messages than messages")
	}
	return nil
}

// Mailbox gives a mailbox by its own ID.
func (s *Snapshot) Mailbox(id ID) *Mailbox { return lookup[*Mailbox](s, tMailbox, id) }

// MailboxOf gives the mailbox of an extension, nil where it has none.
func (s *Snapshot) MailboxOf(ext ID) *Mailbox {
	return s.Mailbox(s.uniq[uMailbox].value(string(ext)))
}

// Mailboxes walks the mailboxes of an organization (empty: of all).
func (s *Snapshot) Mailboxes(org ID) iter.Seq[*Mailbox] { return list[*Mailbox](s, tMailbox, org) }

// PutMailbox creates or changes a mailbox. It is of its extension's organization.
func (tx *Tx) PutMailbox(m *Mailbox) error {
	if e := tx.Snapshot().Extension(m.Extension); e != nil {
		m.Organization = e.Organization
	}
	return tx.put(m)
}

// DeleteMailbox deletes a mailbox.
func (tx *Tx) DeleteMailbox(id ID) error { return tx.remove(tMailbox, id) }
