package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"cradle/directory"
	"cradle/provisioning/settings"
	"cradle/ui/access"
)

// auditView is one change of one record; secrets are masked in it.
type auditView struct {
	Sequence uint64         `json:"sequence"`
	Revision uint64         `json:"revision"`
	At       time.Time      `json:"at"`
	ByKind   string         `json:"by_kind" doc:"user, system, setup, import, phone, token"`
	By       string         `json:"by"`
	Kind     directory.Kind `json:"kind" doc:"Kind of record."`
	ID       directory.ID   `json:"id"`
	Action   string         `json:"action" enum:"created,changed,deleted"`
	Before   map[string]any `json:"before,omitempty"`
	After    map[string]any `json:"after,omitempty"`
	Hash     string         `json:"hash" doc:"Over this entry and the hash before."`
}

// auditScan bounds how many entries one request reads to fill its page.
const auditScan = 5000

func auditRoutes(a *API) {
	route(a, operation{method: http.MethodGet, path: "/audit", permission: access.AuditRead,
		summary: "What was changed, the newest first", errors: []int{http.StatusNotFound}}, a.listAudit)
}

func (a *API) listAudit(ctx context.Context, c *access.Caller, in *pageInput) (*pageOutput[auditView], error) {
	org, err := in.organization(c)
	if err != nil {
		return nil, err
	}
	after, err := openCursor(in.Cursor)
	if err != nil {
		return nil, err
	}
	before, err := strconv.ParseUint(after, 10, 64)
	if err != nil && after != "" {
		return nil, wrong("query.cursor", "this is no cursor of ours")
	}
	all := c.Everywhere && in.Organization == ""
	snap := a.Directory.Snapshot()
	out := &pageOutput[auditView]{Body: page[auditView]{Items: []auditView{}}}
	for range auditScan / in.Limit {
		entries, err := a.Directory.Audit(ctx, in.Limit, before)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if before = e.Sequence; all || auditOf(snap, e) == org {
				out.Body.Items = append(out.Body.Items, viewAudit(e))
			}
			if len(out.Body.Items) == in.Limit {
				out.Body.Next = nextAudit(before)
				return out, nil
			}
		}
		if len(entries) < in.Limit {
			return out, nil
		}
	}
	out.Body.Next = nextAudit(before)
	return out, nil
}

// nextAudit is the cursor behind an entry; none behind the first of all.
func nextAudit(sequence uint64) string {
	if sequence <= 1 {
		return ""
	}
	return cursor(strconv.FormatUint(sequence, 10))
}

// auditOf is the organization of the record an entry tells of; empty where it
// cannot be known any more: only who sees all organizations is shown that.
func auditOf(s *directory.Snapshot, e directory.AuditEntry) directory.ID {
	if e.Kind == directory.KindOrganization {
		return e.ID
	}
	for _, side := range []json.RawMessage{e.After, e.Before} {
		var named struct{ Organization directory.ID }
		if json.Unmarshal(side, &named) == nil && named.Organization != "" {
			return named.Organization
		}
	}
	switch e.Kind {
	case directory.KindSite:
		return organizationOf(s.Site(e.ID), func(r *directory.Site) directory.ID { return r.Organization })
	case directory.KindUser:
		return organizationOf(s.User(e.ID), func(r *directory.User) directory.ID { return r.Organization })
	case directory.KindExtension:
		return organizationOf(s.Extension(e.ID), func(r *directory.Extension) directory.ID { return r.Organization })
	case directory.KindNumber:
		return organizationOf(s.Number(e.ID), func(r *directory.Number) directory.ID { return r.Organization })
	case directory.KindDevice:
		return organizationOf(s.Device(e.ID), func(r *directory.Device) directory.ID { return r.Organization })
	case directory.KindCode:
		return organizationOf(s.Code(e.ID), func(r *directory.Code) directory.ID { return r.Organization })
	case directory.KindLayout:
		return organizationOf(s.Layout(e.ID), func(r *directory.Layout) directory.ID { return r.Organization })
	case directory.KindProfile:
		return organizationOf(s.Profile(e.ID), func(r *directory.Profile) directory.ID { return r.Organization })
	case directory.KindContact:
		return organizationOf(s.Contact(e.ID), func(r *directory.Contact) directory.ID { return r.Organization })
	case directory.KindTemplate:
		return organizationOf(s.Template(e.ID), func(r *directory.Template) directory.ID { return r.Organization })
	case directory.KindFirmware:
		return organizationOf(s.Firmware(e.ID), func(r *directory.Firmware) directory.ID { return r.Organization })
	case directory.KindMailbox:
		return organizationOf(s.Mailbox(e.ID), func(r *directory.Mailbox) directory.ID { return r.Organization })
	case directory.KindRollout:
		return organizationOf(s.Rollout(e.ID), func(r *directory.Rollout) directory.ID { return r.Organization })
	}
	return ""
}

func organizationOf[R any](r *R, of func(*R) directory.ID) directory.ID {
	if r == nil {
		return ""
	}
	return of(r)
}

func viewAudit(e directory.AuditEntry) auditView {
	v := auditView{Sequence: e.Sequence, Revision: e.Revision, At: e.At, ByKind: e.By.Kind, By: e.By.Name,
		Kind: e.Kind, ID: e.ID, Action: e.Action, Hash: e.Hash}
	// Entries hold JSON objects; what is none is left out.
	_ = json.Unmarshal(e.Before, &v.Before)
	_ = json.Unmarshal(e.After, &v.After)
	if e.Kind == directory.KindSetting {
		veilSetting(e.ID, v.Before)
		veilSetting(e.ID, v.After)
	}
	return v
}

// veilSetting masks the value of a setting that people should not read. Its ID is
// the scope's kind, the scope's ID and the name, with slashes between.
func veilSetting(id directory.ID, record map[string]any) {
	parts := strings.SplitN(string(id), "/", 3)
	if value, is := record["Value"].(string); is {
		record["Value"] = settings.Shown(parts[len(parts)-1], value)
	}
}
