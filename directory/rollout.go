package directory

import (
	"iter"
	"slices"
	"time"
)

// Rollout brings a change to phones step by step.
type Rollout struct {
	ID           ID
	Revision     uint64
	Organization ID     // empty: the appliance
	Kind         string // template or firmware
	Subject      ID     // the template or the firmware
	Target       string // the version it brings
	Models       []string
	Site         ID    // empty: all sites
	Stages       []int // rising percents of phones, the last 100
	Stage        int   // index of the stage that is under way
	State        string
	Reason       string // why it stopped
	Started      time.Time
	Moved        time.Time // when the stage began
	Least        int       // percent of phones that must be registered again, 1 to 100
	Soak         int       // seconds a stage stays before the next
}

// The states of a roll-out.
const (
	RolloutRunning = "running"
	RolloutPaused  = "paused"
	RolloutStopped = "stopped"
	RolloutDone    = "done"
)

// defaultLeast is the percent of phones that must be registered again where a
// roll-out names none.
const defaultLeast = 90

const (
	maxStages = 20
	maxSoak   = 30 * 24 * 3600
)

func (r *Rollout) table() table                         { return tRollout }
func (r *Rollout) head() (ID, uint64)                   { return r.ID, r.Revision }
func (r *Rollout) setHead(id ID, rev uint64)            { r.ID, r.Revision = id, rev }
func (r *Rollout) organization() ID                     { return r.Organization }
func (r *Rollout) encode(*Keys) ([]byte, error)         { return encodePlain(r) }
func (r *Rollout) decode(_ *Keys, _ ID, b []byte) error { return decodePlain(b, r) }
func (r *Rollout) sortKey() string                      { return r.Started.UTC().Format(time.RFC3339) }
func (r *Rollout) uniques() []unique                    { return nil }

func (r *Rollout) refs() []ref {
	subject := tTemplate
	if r.Kind == "firmware" {
		subject = tFirmware
	}
	refs := []ref{{to: r.Subject, t: subject, as: refSubject}}
	if r.Organization != "" {
		refs = append(refs, ref{to: r.Organization, t: tOrganization, as: refOrganization})
	}
	if r.Site != "" {
		refs = append(refs, ref{to: r.Site, t: tSite, as: refSite})
	}
	return refs
}

func (r *Rollout) clone() record {
	c := *r
	c.Models = slices.Clone(r.Models)
	c.Stages = slices.Clone(r.Stages)
	return &c
}

func (r *Rollout) check() error {
	if r.Kind != "template" && r.Kind != "firmware" {
		return invalid("kind %q of a roll-out is neither template nor firmware", r.Kind)
	}
	if err := checkStages(r.Stages); err != nil {
		return err
	}
	switch {
	case r.Stage < 0 || r.Stage >= len(r.Stages):
		return invalid("stage %d of a roll-out is not 0 to %d", r.Stage, len(r.Stages)-1)
	case r.Least < 1 || r.Least > 100:
		return invalid("least %d of a roll-out is not 1 to 100 percent", r.Least)
	case r.Soak < 0 || r.Soak > maxSoak:
		return invalid("soak %d of a roll-out is not 0 to %d seconds", r.Soak, maxSoak)
	case r.State == "":
		return invalid("roll-out has no state")
	}
	for _, m := range r.Models {
		if err := checkName("model", m); err != nil {
			return err
		}
	}
	return firstError(
		checkText("target", r.Target, true), checkText("reason", r.Reason, false),
		checkOneOf("state", r.State, RolloutRunning, RolloutPaused, RolloutStopped, RolloutDone))
}

func checkStages(stages []int) error {
	if len(stages) < 1 || len(stages) > maxStages || stages[len(stages)-1] != 100 {
		return invalid("stages %v are not 1 to %d percents that end with 100", stages, maxStages)
	}
	before := 0
	for _, p := range stages {
		if p <= before {
			return invalid("stages %v do not rise", stages)
		}
		before = p
	}
	return nil
}

// Rollout gives a roll-out.
func (s *Snapshot) Rollout(id ID) *Rollout { return lookup[*Rollout](s, tRollout, id) }

// Rollouts walks the roll-outs of an organization (empty: of all, with the
// appliance's), the oldest first.
func (s *Snapshot) Rollouts(org ID) iter.Seq[*Rollout] { return list[*Rollout](s, tRollout, org) }

// PutRollout creates or changes a roll-out. A new one runs from now, and needs 90
// percent of its phones registered again, where it does not say otherwise.
func (tx *Tx) PutRollout(r *Rollout) error {
	c := *r
	if c.State == "" {
		c.State = RolloutRunning
	}
	if c.Least == 0 {
		c.Least = defaultLeast
	}
	if c.Started.IsZero() {
		c.Started, c.Moved = tx.now, tx.now
	}
	if err := tx.put(&c); err != nil {
		return err
	}
	tx.remember(r)
	*r = c
	return nil
}

// DeleteRollout deletes a roll-out; what it changed stays so.
func (tx *Tx) DeleteRollout(id ID) error { return tx.remove(tRollout, id) }
