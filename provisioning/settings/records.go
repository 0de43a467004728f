package settings

import "cradle/directory"

// wishes are the keys that the administrator and the person at line 1 want, and
// the layer of the former.
func (p *phone) wishes() (layout, personal []Wish, from Layer) { return nil, nil, FromDefault }

// modules is how many expansion modules are attached.
func (p *phone) modules() int { return 0 }

// department is the extensions' department.
func department(*directory.Extension) string { return "" }
