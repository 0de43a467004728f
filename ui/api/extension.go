package api

import (
	"fmt"
	"time"

	"cradle/directory"
	"cradle/ui/access"
)

// extensionView is a short number and who is behind it. PINs and secret codes
// are never shown here.
type extensionView struct {
	ID             directory.ID       `json:"id"`
	Revision       uint64             `json:"revision"`
	Number         string             `json:"number"`
	Name           string             `json:"name"`
	Site           *nameAndID         `json:"site,omitempty"`
	User           *nameAndID         `json:"user,omitempty"`
	PIN            string             `json:"pin" enum:"none,default,chosen"`
	HotDesk        bool               `json:"hot_desk"`
	Virtualization virtualizationView `json:"virtualization"`
	Voicemail      voicemail          `json:"voicemail" doc:"Not in force yet."`
	Forward        forward            `json:"forward" doc:"Where calls go: numbers as dialled. Phones show and set it with their own keys; not in force yet."`
	DoNotDisturb   bool               `json:"do_not_disturb" doc:"Phones show and set it with their own keys; not in force yet."`
	SIP            extensionSIP       `json:"sip"`
	Keys           []keyForm          `json:"keys" nullable:"false" doc:"The person's own."`
	Department     string             `json:"department"`
	Server         string             `json:"server" doc:"Local SIP server; empty: the appliance."`
	ActivationTill *time.Time         `json:"activation_until,omitempty" doc:"Until when its activation key is good; none: there is none."`
	Sitting        []sittingAt        `json:"sitting" nullable:"false" doc:"The lines it rings at now."`
}

type virtualizationView struct {
	Allow     bool `json:"allow"`
	HasSecret bool `json:"has_secret"`
}

type voicemail struct {
	Enabled bool   `json:"enabled"`
	After   int    `json:"after,omitempty" minimum:"0" maximum:"3600"`
	Action  string `json:"action,omitempty" maxLength:"64"`
	Email   string `json:"email,omitempty" maxLength:"254"`
}

type forward struct {
	Always   string   `json:"always,omitempty" maxLength:"64"`
	Busy     string   `json:"busy,omitempty" maxLength:"64"`
	NoAnswer string   `json:"no_answer,omitempty" maxLength:"64"`
	After    int      `json:"no_answer_after,omitempty" minimum:"0" maximum:"600" doc:"Seconds; 0: as long as calls ring."`
	VIP      []string `json:"vip,omitempty" maxItems:"64" nullable:"false"`
}

type extensionSIP struct {
	MediaEncryption string   `json:"media_encryption,omitempty" enum:"none,sdes,dtls,sdes_dtls"`
	DTMF            string   `json:"dtmf,omitempty" enum:"rfc2833,info,inband,auto"`
	Codecs          []string `json:"codecs,omitempty" maxItems:"16" nullable:"false" enum:"opus,g722,pcma,pcmu,g729" doc:"Allowed codecs in order of preference, among those of the setting sip.codecs where a layer above says it; none: all of them."`
	PublishesState  bool     `json:"publishes_state,omitempty" doc:"Watchers of its presence hear what its phone publishes, and nothing else."`
	ForceMWI        bool     `json:"force_mwi,omitempty" doc:"Its phones are told of messages without having asked."`
}

// sittingAt is a phone line at which an extension rings.
type sittingAt struct {
	Device    directory.ID `json:"device"`
	PhoneID   string       `json:"phone_id"`
	Name      string       `json:"name"`
	Equipment string       `json:"equipment" doc:"Description of the phone."`
	Line      int          `json:"line"`
}

// ExtensionFields is what may be set of one; it is exported only because the library
// that makes the document does not look into embedded types that are not.
type ExtensionFields struct {
	Name           *string              `json:"name,omitempty" maxLength:"200"`
	Site           *string              `json:"site,omitempty" maxLength:"200" doc:"ID or name."`
	User           *string              `json:"user,omitempty" maxLength:"254" doc:"ID or e-mail address; empty: nobody's."`
	DefaultPIN     *string              `json:"default_pin,omitempty" maxLength:"10"`
	HotDesk        *bool                `json:"hot_desk,omitempty"`
	Virtualization *virtualizationInput `json:"virtualization,omitempty"`
	Voicemail      *voicemail           `json:"voicemail,omitempty"`
	Forward        *forward             `json:"forward,omitempty"`
	DoNotDisturb   *bool                `json:"do_not_disturb,omitempty"`
	SIP            *extensionSIP        `json:"sip,omitempty"`
	Keys           *[]keyForm           `json:"keys,omitempty" maxItems:"500"`
	Department     *string              `json:"department,omitempty" maxLength:"200"`
	Server         *string              `json:"server,omitempty" maxLength:"253" doc:"Local SIP server: host name or IP address; empty: the appliance."`
}

type virtualizationInput struct {
	Allow  *bool   `json:"allow,omitempty"`
	Secret *string `json:"secret,omitempty" maxLength:"8" doc:"4 to 8 digits; never shown again."`
}

type extensionCreate struct {
	Number string `json:"number" pattern:"^[0-9]{1,12}$"`
	ExtensionFields
}

type extensionPatch struct {
	Revised
	Number *string `json:"number,omitempty" pattern:"^[0-9]{1,12}$"`
	ExtensionFields
}

func extensionRoutes(a *API) {
	extensions().routes(a)
	pinRoutes(a)
	activationRoutes(a)
}

func extensions() resource[directory.Extension, extensionView, extensionCreate, extensionPatch] {
	return resource[directory.Extension, extensionView, extensionCreate, extensionPatch]{
		name: "extension", path: "/extensions", read: access.ExtensionsRead, write: access.ExtensionsWrite,
		all: (*directory.Snapshot).Extensions, get: (*directory.Snapshot).Extension,
		organization: func(e *directory.Extension) directory.ID { return e.Organization },
		id:           func(e *directory.Extension) directory.ID { return e.ID },
		key:          extensionOrder, view: viewExtension, create: createExtension, patch: patchExtension,
		remove: func(tx *directory.Tx, _ *access.Caller, e *directory.Extension) error {
			return tx.DeleteExtension(e.ID)
		},
	}
}

// extensionOrder puts shorter numbers first, as in the directory's listing.
func extensionOrder(e *directory.Extension) string {
	return fmt.Sprintf("%02d%s", len(e.Number), e.Number)
}

func viewExtension(s *directory.Snapshot, e *directory.Extension) extensionView {
	v := extensionView{
		ID: e.ID, Revision: e.Revision, Number: e.Number, Name: e.Name,
		Site: siteRef(s, e.Site), User: userRef(s, e.User), PIN: pinState(e), HotDesk: e.HotDesk,
		Virtualization: viewVirtualization(e),
		Voicemail:      voicemail(e.Voicemail),
		Forward:        viewForward(e.Forward),
		DoNotDisturb:   e.DoNotDisturb,
		SIP:            extensionSIP(e.SIP),
		Keys:           viewKeys(e.Keys),
		Department:     e.Department,
		Server:         e.Server,
		Sitting:        []sittingAt{},
	}
	if e.Activation.Key != "" {
		v.ActivationTill = &e.Activation.Until
	}
	for _, at := range s.Rings(e.ID) {
		if d := s.Device(at.Device); d != nil {
			v.Sitting = append(v.Sitting, sittingAt{Device: d.ID, PhoneID: d.PhoneID, Name: d.Name, Equipment: d.Equipment, Line: at.Line})
		}
	}
	return v
}

// pinState tells which PIN is in force, never what it is.
func pinState(e *directory.Extension) string {
	switch {
	case e.PIN != "":
		return "chosen"
	case !e.DefaultPIN.Empty():
		return "default"
	}
	return "none"
}

func viewVirtualization(e *directory.Extension) virtualizationView {
	return virtualizationView{Allow: e.Virtualization.Allow, HasSecret: e.Virtualization.Secret != ""}
}

func viewForward(f directory.Forward) forward {
	return forward{Always: f.Always, Busy: f.Busy, NoAnswer: f.NoAnswer, After: f.NoAnswerAfter, VIP: f.VIP}
}

func createExtension(tx *directory.Tx, _ *access.Caller, org directory.ID, in *extensionCreate) (directory.ID, error) {
	e := &directory.Extension{Organization: org, Number: in.Number, HotDesk: true}
	err := changeExtension(tx, e, &in.ExtensionFields)
	return e.ID, err
}

func patchExtension(tx *directory.Tx, _ *access.Caller, e *directory.Extension, in *extensionPatch) error {
	in.of(&e.Revision)
	set(&e.Number, in.Number)
	return changeExtension(tx, e, &in.ExtensionFields)
}

func changeExtension(tx *directory.Tx, e *directory.Extension, in *ExtensionFields) error {
	s := tx.Snapshot()
	set(&e.Name, in.Name)
	set(&e.HotDesk, in.HotDesk)
	set(&e.DoNotDisturb, in.DoNotDisturb)
	set(&e.Department, in.Department)
	set(&e.Server, in.Server)
	setKeys(&e.Keys, in.Keys)
	if err := setRef(findSite, s, e.Organization, &e.Site, in.Site, "body.site"); err != nil {
		return err
	}
	if e.Site == "" {
		var err error
		if e.Site, err = onlySite(s, e.Organization); err != nil {
			return err
		}
	}
	if err := setRef(findUser, s, e.Organization, &e.User, in.User, "body.user"); err != nil {
		return err
	}
	if in.Voicemail != nil {
		e.Voicemail = directory.Voicemail(*in.Voicemail)
	}
	if in.Forward != nil {
		f := in.Forward
		e.Forward = directory.Forward{Always: f.Always, Busy: f.Busy, NoAnswer: f.NoAnswer, NoAnswerAfter: f.After, VIP: f.VIP}
	}
	if in.SIP != nil {
		e.SIP = directory.ExtensionSIP(*in.SIP)
	}
	if in.DefaultPIN != nil {
		e.DefaultPIN = directory.NewSecret(*in.DefaultPIN)
	}
	if in.Virtualization != nil {
		set(&e.Virtualization.Allow, in.Virtualization.Allow)
	}
	if err := tx.PutExtension(e); err != nil {
		return err
	}
	if in.Virtualization != nil && in.Virtualization.Secret != nil {
		return tx.SetVirtualizationSecret(e.ID, *in.Virtualization.Secret)
	}
	return nil
}
