package office

// Key is one programmable key; directory.Key says what its fields mean.
type Key struct {
	Module   int    `yaml:"module,omitempty" json:"module,omitempty"`
	Position int    `yaml:"position,omitempty" json:"position,omitempty"`
	Type     string `yaml:"type" json:"type"`
	Value    string `yaml:"value,omitempty" json:"value,omitempty"`
	Label    string `yaml:"label,omitempty" json:"label,omitempty"`
	Line     int    `yaml:"line,omitempty" json:"line,omitempty"`
	Rule     string `yaml:"rule,omitempty" json:"rule,omitempty"`
}

// Layout is found by its name.
type Layout struct {
	Name string `yaml:"name" json:"name"`
	Keys *[]Key `yaml:"keys,omitempty" json:"keys,omitempty"`
}

// Profile is found by its name.
type Profile struct {
	Name   string  `yaml:"name" json:"name"`
	Layout *string `yaml:"layout,omitempty" json:"layout,omitempty"` // name; "" is none
}

// Contact is found by whose it is and how it is called.
type Contact struct {
	Site      string           `yaml:"site,omitempty" json:"site,omitempty"`           // name, for a site's phonebook
	Extension string           `yaml:"extension,omitempty" json:"extension,omitempty"` // number, for one person's
	First     string           `yaml:"first,omitempty" json:"first,omitempty"`
	Last      string           `yaml:"last,omitempty" json:"last,omitempty"`
	Company   string           `yaml:"company,omitempty" json:"company,omitempty"`
	Email     *string          `yaml:"email,omitempty" json:"email,omitempty"`
	Numbers   *[]ContactNumber `yaml:"numbers,omitempty" json:"numbers,omitempty"`
	Speed     *string          `yaml:"speed,omitempty" json:"speed,omitempty"`
}

// ContactNumber is one number of a contact.
type ContactNumber struct {
	Kind   string `yaml:"kind,omitempty" json:"kind,omitempty"`
	Number string `yaml:"number" json:"number"`
}

// Template is found by its scope, model and file.
type Template struct {
	Scope    string            `yaml:"scope" json:"scope"`               // appliance, organization, site, device
	Of       string            `yaml:"of,omitempty" json:"of,omitempty"` // site's name, MAC
	Model    string            `yaml:"model" json:"model"`
	File     string            `yaml:"file" json:"file"`
	Name     *string           `yaml:"name,omitempty" json:"name,omitempty"`
	Active   *int              `yaml:"active,omitempty" json:"active,omitempty"`
	Previous *int              `yaml:"previous,omitempty" json:"previous,omitempty"`
	Share    *int              `yaml:"share,omitempty" json:"share,omitempty"` // percent
	Versions []TemplateVersion `yaml:"versions,omitempty" json:"versions,omitempty"`
}

// TemplateVersion has to be the same where there is one of that number, and the
// next one where there is none.
type TemplateVersion struct {
	Number  int            `yaml:"number" json:"number"`
	Text    string         `yaml:"text" json:"text"`
	Comment string         `yaml:"comment,omitempty" json:"comment,omitempty"`
	Tests   []TemplateTest `yaml:"tests,omitempty" json:"tests,omitempty"`
}

// TemplateTest is a condition a version has to meet.
type TemplateTest struct {
	Model  string `yaml:"model" json:"model"`
	Line   string `yaml:"line" json:"line"`
	Absent bool   `yaml:"absent,omitempty" json:"absent,omitempty"`
}
