package catalog

import "slices"

// Owner is who has a MAC prefix: a vendor, or one model of it.
type Owner struct {
	Vendor *Vendor
	Model  *Model // nil: any of its models
}

// The lengths of MAC prefixes, in hexadecimal digits.
const (
	minPrefix = 6
	maxPrefix = 11
)

func (c *Catalog) own(v *Vendor) {
	add := func(prefix string, o Owner) {
		if !slices.Contains(c.owners[prefix], o) {
			c.owners[prefix] = append(c.owners[prefix], o)
		}
	}
	for _, p := range v.Prefixes {
		add(p, Owner{Vendor: v})
	}
	for _, f := range v.Families {
		for _, m := range f.Models {
			for _, p := range m.Prefixes {
				add(p, Owner{v, m})
			}
		}
	}
}

// Owners are those whose MAC prefix fits, of the longest that fits; one prefix
// may have several. The MAC is in lower case, without separators.
func (c *Catalog) Owners(mac string) []Owner {
	for n := min(maxPrefix, len(mac)); n >= minPrefix; n-- {
		if owners := c.owners[mac[:n]]; owners != nil {
			return owners
		}
	}
	return nil
}
