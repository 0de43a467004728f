package catalog

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"cradle/provisioning/render"
)

// vendorYAML is the form of vendor.yaml.
type vendorYAML struct {
	Label       string   `yaml:"label"`
	Prefixes    []string `yaml:"mac_prefixes"`
	Agents      []string `yaml:"user_agents"`
	Format      string   `yaml:"format"`
	ContentType string   `yaml:"content_type"`
	Clear       string   `yaml:"clear"`
	Fallback    string   `yaml:"fallback"`
	Resync      struct {
		Resync string `yaml:"settings"`
		Reboot string `yaml:"reboot"`
	} `yaml:"notify"`
	PnP struct {
		Supported bool   `yaml:"supported"`
		Trust     bool   `yaml:"trust_event"`
		Path      string `yaml:"path"`
	} `yaml:"pnp"`
	Languages   map[string]string `yaml:"languages"`
	Zones       map[string]string `yaml:"time_zones"`
	DHCP        []dhcpYAML        `yaml:"dhcp"`
	Certificate *certificateYAML  `yaml:"certificate"`
}

func (y *vendorYAML) vendor(name string) (*Vendor, error) {
	v := &Vendor{
		Name: name, Label: y.Label, Format: render.Format(y.Format), ContentType: y.ContentType, Clear: y.Clear,
		Resync: Events{Resync: y.Resync.Resync, Reboot: y.Resync.Reboot},
		PnP:    PnP{Supported: y.PnP.Supported, Trust: y.PnP.Trust, Path: y.PnP.Path},
		Zones:  y.Zones, Languages: map[string]string{},
	}
	for tag, word := range y.Languages {
		v.Languages[strings.ToLower(tag)] = word
	}
	switch {
	case name != strings.ToLower(name):
		return nil, errors.New("the folder's name must be lower case")
	case v.Label == "":
		return nil, errors.New("label: is missing")
	case !v.Format.Valid():
		return nil, fmt.Errorf("format: %q is not one of %s, %s", y.Format, render.KeyValue, render.XML)
	case v.ContentType == "":
		return nil, errors.New("content_type: is missing")
	case v.Resync.Resync == "" || v.Resync.Reboot == "":
		return nil, errors.New("notify: settings and reboot must be given")
	}
	var err error
	if v.Prefixes, err = prefixes(y.Prefixes); err != nil {
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

func prefixes(list []string) ([]string, error) {
	var out []string
	for _, p := range list {
		low := strings.ToLower(p)
		if len(low) < 6 || len(low) > 11 || strings.Trim(low, "0123456789abcdef") != "" {
			return nil, fmt.Errorf("mac_prefixes: %q is not 6 to 11 hexadecimal digits", p)
		}
		out = append(out, low)
	}
	if len(out) == 0 {
		return nil, errors.New("mac_prefixes: none")
	}
	return out, nil
}

func agents(list []string) ([]Agent, error) {
	var out []Agent
	for i, s := range list {
		re, err := regexp.Compile(s)
		if err != nil {
			return nil, fmt.Errorf("user_agents[%d]: %w", i, err)
		}
		for _, group := range re.SubexpNames() {
			if group != "" && group != "model" && group != "version" && group != "mac" {
				return nil, fmt.Errorf("user_agents[%d]: group %q is none of model, version, mac", i, group)
			}
		}
		out = append(out, Agent{Pattern: re, Model: re.SubexpIndex("model"), Version: re.SubexpIndex("version"), MAC: re.SubexpIndex("mac")})
	}
	if len(out) == 0 {
		return nil, errors.New("user_agents: none")
	}
	return out, nil
}
