package api

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"cradle/directory"
	"cradle/provisioning"
	"cradle/provisioning/catalog"
	"cradle/provisioning/onboard"
	"cradle/provisioning/teach"
	"cradle/ui/access"
)

// TeachFields is what may be said of a model to be taught; what is absent is
// derived from what the phone sent. It is exported only because the library that
// makes the document does not look into embedded types that are not.
type TeachFields struct {
	DryRun    bool        `json:"dry_run,omitempty" doc:"Only say what would be taught."`
	Vendor    string      `json:"vendor,omitempty" maxLength:"100" doc:"Folder or name of one in the catalogue, or a new name."`
	Label     string      `json:"label,omitempty" maxLength:"100" doc:"What people call the model."`
	Lines     int         `json:"lines,omitempty" minimum:"0" maximum:"1000"`
	Like      string      `json:"like,omitempty" maxLength:"100" doc:"The model of the catalogue whose settings its own are like."`
	Template  string      `json:"template,omitempty" maxLength:"200000" doc:"A text of its own; in place of that of like, where it is given."`
	Waiting   string      `json:"waiting,omitempty" maxLength:"200000" doc:"What a phone gets that nobody has approved; absent: the template without the lines that name secrets."`
	Format    string      `json:"format,omitempty" maxLength:"20" doc:"Of the template, without like."`
	UserAgent string      `json:"user_agent_rule,omitempty" maxLength:"400" doc:"Pattern (RE2) of its User-Agent, from ^ to $; groups: model, version, mac."`
	Says      string      `json:"says,omitempty" maxLength:"100" doc:"The name it gives itself in its User-Agent."`
	Files     []teachFile `json:"files,omitempty" maxItems:"16" nullable:"false"`
	Prefix    string      `json:"mac_prefix,omitempty" maxLength:"11" doc:"6 to 11 hexadecimal digits; -: none."`
	OnlyTFTP  bool        `json:"only_tftp,omitempty" doc:"It knows no other door, so it gets its secrets by TFTP."`
}

type teachFile struct {
	Name string       `json:"name" minLength:"1" maxLength:"200" example:"{mac}.cfg"`
	Kind catalog.Kind `json:"kind" enum:"device,absent" doc:"device: the phone's own; absent: it need not have it."`
}

type strangerTeach struct {
	Body struct {
		MAC    string `json:"mac,omitempty" maxLength:"17" doc:"Of the stranger; where it has none, its address and User-Agent."`
		Source string `json:"source,omitempty" maxLength:"64"`
		Agent  string `json:"user_agent,omitempty" maxLength:"512"`
		TeachFields
	}
}

type deviceTeach struct {
	ID   directory.ID `path:"id" maxLength:"64"`
	Body struct{ TeachFields }
}

// lessonView is a model as it was taught, or would be.
type lessonView struct {
	ID        directory.ID  `json:"id,omitempty" doc:"Of the taught model; absent: nothing was written."`
	Model     string        `json:"model"`
	Label     string        `json:"label"`
	Vendor    string        `json:"vendor"`
	NewVendor bool          `json:"new_vendor"`
	Folder    string        `json:"folder" doc:"In the catalogue of one's own."`
	Lines     int           `json:"lines"`
	Like      string        `json:"like"`
	Format    string        `json:"format"`
	Files     []teachFile   `json:"files" nullable:"false"`
	Inherited bool          `json:"inherited" doc:"The files are those of the model it is like."`
	UserAgent string        `json:"user_agent_rule" doc:"Empty: its vendor's own serve, or it sends none."`
	Says      string        `json:"says"`
	Prefix    string        `json:"mac_prefix"`
	OnlyTFTP  bool          `json:"only_tftp"`
	Also      []string      `json:"also" nullable:"false" doc:"Models of the catalogue whose User-Agents the pattern matches too."`
	Notes     []string      `json:"notes" nullable:"false"`
	Problems  []problemView `json:"problems" nullable:"false"`
}

type problemView struct {
	Field string `json:"field" doc:"As in the input; empty: the model as a whole."`
	Line  int    `json:"line" doc:"Of a text; 0: as a whole."`
	Text  string `json:"text"`
}

// taughtView is a model of one's own that was taught.
type taughtView struct {
	ID       directory.ID `json:"id"`
	Model    string       `json:"model"`
	Label    string       `json:"label"`
	Folder   string       `json:"folder"`
	At       time.Time    `json:"at"`
	By       string       `json:"by" doc:"Empty for who does not run the appliance."`
	Phones   int          `json:"phones" doc:"Of one's organization, that are of it."`
	Agents   []string     `json:"user_agent_rules" nullable:"false" doc:"Patterns of their User-Agents; none: those of the vendor serve."`
	Prefixes []string     `json:"mac_prefixes" nullable:"false"`
	Files    []string     `json:"files" nullable:"false" doc:"They ask for; none: those of the model it is like."`
}

func teachRoutes(a *API) {
	errs := []int{http.StatusNotFound, http.StatusConflict}
	route(a, operation{method: http.MethodPost, path: "/strangers/teach", permission: access.TemplatesWrite,
		summary: "Make a model of a phone that nobody recognised", errors: errs}, a.teachStranger)
	route(a, operation{method: http.MethodPost, path: "/devices/{id}/teach", permission: access.TemplatesWrite,
		summary: "Make a model of a phone of which only the vendor is known", errors: errs}, a.teachDevice)
	route(a, operation{method: http.MethodGet, path: "/taught-models", permission: access.TemplatesRead,
		summary: "Models that were taught", errors: []int{http.StatusNotFound}}, a.listTaught)
	route(a, operation{method: http.MethodDelete, path: "/taught-models/{id}", permission: access.TemplatesWrite, status: http.StatusNoContent,
		summary: "Forget a taught model", errors: errs}, a.forgetTaught)
}

// mayTeach refuses those who do not run the appliance: a model is of every
// organization.
func (a *API) mayTeach(c *access.Caller) error {
	switch {
	case !c.Home:
		return ofApplianceOnly(access.TemplatesWrite)
	case a.Teaching == nil:
		return huma.NewError(http.StatusServiceUnavailable, "the phones' door is off")
	}
	return nil
}

func (a *API) teachStranger(ctx context.Context, c *access.Caller, in *strangerTeach) (*viewOutput[lessonView], error) {
	if err := a.mayTeach(c); err != nil {
		return nil, err
	}
	var mac directory.MAC
	if in.Body.MAC != "" {
		var err error
		if mac, err = directory.ParseMAC(in.Body.MAC); err != nil {
			return nil, wrong("body.mac", err.Error())
		}
	}
	snap := a.Directory.Snapshot()
	all := a.Onboarding.Strangers()
	i := slices.IndexFunc(all, func(s onboard.Stranger) bool {
		site := snap.Site(s.Site)
		mine := site != nil && c.Sees(site.Organization)
		return mine && (mac != "" && s.MAC == mac || mac == "" && s.MAC == "" && s.Source.String() == in.Body.Source && s.UserAgent == in.Body.Agent)
	})
	if i < 0 {
		return nil, notFound("stranger")
	}
	return a.teach(ctx, c, snap.Site(all[i].Site).Organization, provisioning.EvidenceFrom(all[i]), &in.Body.TeachFields, "")
}

func (a *API) teachDevice(ctx context.Context, c *access.Caller, in *deviceTeach) (*viewOutput[lessonView], error) {
	d, err := a.device(a.Directory.Snapshot(), c, in.ID)
	if err != nil {
		return nil, err
	}
	if err := a.mayTeach(c); err != nil {
		return nil, err
	}
	seen := a.Teaching.EvidenceOf(d.MAC)
	if len(seen.Files) == 0 && seen.UserAgent == "" {
		return nil, huma.NewError(http.StatusConflict, "the phone has sent nothing since the appliance was started: restart it first")
	}
	fields := in.Body.TeachFields
	fields.Vendor = cmp.Or(fields.Vendor, d.Vendor)
	return a.teach(ctx, c, d.Organization, seen, &fields, d.ID)
}

func (a *API) teach(ctx context.Context, c *access.Caller, org directory.ID, seen teach.Evidence, in *TeachFields, device directory.ID) (*viewOutput[lessonView], error) {
	wish := teach.Wish{Vendor: in.Vendor, Label: in.Label, Lines: in.Lines, Like: in.Like, Template: in.Template, Waiting: in.Waiting, Format: in.Format,
		Agent: in.UserAgent, Says: in.Says, Prefix: in.Prefix, OnlyTFTP: in.OnlyTFTP}
	for _, f := range in.Files {
		wish.Files = append(wish.Files, teach.File(f))
	}
	if in.DryRun {
		l, err := a.Teaching.TryLesson(org, seen, wish)
		return &viewOutput[lessonView]{Body: viewLesson(&l)}, err
	}
	l, record, err := a.Teaching.Teach(ctx, actor(c), org, seen, wish, device)
	switch {
	case errors.Is(err, provisioning.ErrNotTaught) && len(l.Problems) > 0:
		return nil, notTaught(&l)
	case errors.Is(err, provisioning.ErrNotTaught), errors.Is(err, catalog.ErrInvalid):
		return nil, huma.NewError(http.StatusConflict, err.Error())
	case err != nil:
		return nil, err
	}
	v := viewLesson(&l)
	v.ID = record.ID
	return &viewOutput[lessonView]{Body: v}, nil
}

// teachInputs are the inputs behind the fields of a wish, where they are called
// otherwise.
var teachInputs = map[string]string{"agent": "user_agent_rule", "prefix": "mac_prefix"}

func inputOf(field string) string { return cmp.Or(teachInputs[field], field) }

// notTaught names the inputs at fault.
func notTaught(l *teach.Lesson) error {
	details := make([]error, 0, len(l.Problems))
	for _, p := range l.Problems {
		d := &huma.ErrorDetail{Message: p.Text}
		if p.Field != "" {
			d.Location = "body." + inputOf(p.Field)
		}
		details = append(details, d)
	}
	return huma.NewError(http.StatusUnprocessableEntity, l.Problems[0].Text, details...)
}

func viewLesson(l *teach.Lesson) lessonView {
	v := lessonView{
		Model: l.Model, Label: l.Label, Vendor: l.VendorLabel, NewVendor: l.NewVendor, Folder: l.Folder, Lines: l.Lines, Like: l.Like, Format: l.Format,
		Files: []teachFile{}, Inherited: l.Inherited, UserAgent: l.Agent, Says: l.Says, Prefix: l.Prefix, OnlyTFTP: l.OnlyTFTP,
		Also: list(l.Also), Notes: list(l.Notes), Problems: []problemView{},
	}
	for _, f := range l.Files {
		v.Files = append(v.Files, teachFile(f))
	}
	for _, p := range l.Problems {
		v.Problems = append(v.Problems, problemView{inputOf(p.Field), p.Line, p.Text})
	}
	return v
}

func (a *API) listTaught(_ context.Context, c *access.Caller, in *pageInput) (*pageOutput[taughtView], error) {
	org, err := in.organization(c)
	if err != nil {
		return nil, err
	}
	s := a.Directory.Snapshot()
	return cut(in, s.Lessons(), func(l *directory.Lesson) string { return l.Model }, func(l *directory.Lesson) taughtView {
		rules := teach.RulesIn(l.Files)
		v := taughtView{ID: l.ID, Model: l.Model, Label: l.Label, Folder: l.Folder, At: l.At, Phones: countOf(s.Devices(org), l.Model),
			Agents: list(rules.Agents), Prefixes: list(rules.Prefixes), Files: list(rules.Files)}
		if c.Home {
			v.By = l.By
		}
		return v
	})
}

func countOf(devices iter.Seq[*directory.Device], model string) (n int) {
	for d := range devices {
		if d.Model == model {
			n++
		}
	}
	return n
}

func (a *API) forgetTaught(ctx context.Context, c *access.Caller, in *idInput) (*none, error) {
	if err := a.mayTeach(c); err != nil {
		return nil, err
	}
	return nil, a.Teaching.Unteach(ctx, actor(c), in.ID)
}
