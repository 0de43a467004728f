package catalog

import (
	"errors"
	"fmt"
	"strings"
)

// vendorYAML is the form of vendor.yaml.
type vendorYAML struct {
	Label       string   `yaml:"label"`
	Prefixes    []string `yaml:"mac_prefixes"`
	Agents      []string `yaml:"user_agents"`
	Fallback    string   `yaml:"fallback"`
	dialectYAML `yaml:",inline"`
	PnP         struct {
		Supported bool   `yaml:"supported"`
		Trust     bool   `yaml:"trust_event"`
		Path      string `yaml:"path"`
	} `yaml:"pnp"`
	DHCP        []dhcpYAML       `yaml:"dhcp"`
	Certificate *certificateYAML `yaml:"certificate"`
}

func (y *vendorYAML) vendor(name string) (*Vendor, error) {
	v := &Vendor{
		Name: name, Label: y.Label,
		Resync: y.Notify.events(),
		PnP:    PnP{Supported: y.PnP.Supported, Trust: y.PnP.Trust, Path: y.PnP.Path},
	}
	switch {
	case name != strings.ToLower(name):
		return nil, errors.New("the folder's name must be lower case")
	case v.Label == "":
		return nil, errors.New("label: is missing")
	}
	if err := y.dialectYAML.check(); err != nil {
		return nil, err
	}
	var err error
	if v.Prefixes, err = prefixes("mac_prefixes", y.Prefixes); err != nil {
		return nil, err
	}
	if v.DHCP, err = dhcp(y.DHCP); err != nil {
		return nil, err
	}
	if v.Certificate, err = certificate(y.Certificate); err != nil {
		return nil, err
	}
	v.Agents, err = agents(y.Agents)
	return v, err
}

func prefixes(key string, list []string) ([]string, error) {
	var out []string
	for _, p := range list {
		low := strings.ToLower(p)
		if len(low) < minPrefix || len(low) > maxPrefix || strings.Trim(low, "0123456789abcdef") != "" {
			return nil, fmt.Errorf("%s: %q is not %d to %d hexadecimal digits", key, p, minPrefix, maxPrefix)
		}
		out = append(out, low)
	}
	return out, nil
}
