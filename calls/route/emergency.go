package route

import (
	"slices"
	"strings"

	"cradle/directory"
)

// emergency routes an emergency number of the phone's site by the site's
// route. It is asked before anything else: every phone may, whoever sits
// there. False: not an emergency number.
func (p *Plan) emergency(d Directory, from Caller) bool {
	site := d.Site(from.Device.Site)
	if site == nil || !slices.Contains(site.Emergency, p.To) {
		return false
	}
	p.Emergency = true
	p.Location = location(site, from.Device)
	p.because("%s is an emergency number of site %s", p.To, site.Name)
	if site.EmergencyRoute == "" {
		p.nowhere("site " + site.Name + " has no emergency route")
		return true
	}
	p.Callee = d.ExtensionByNumber(from.Device.Organization, site.EmergencyRoute)
	if p.Callee == nil {
		p.nowhere("the emergency route " + site.EmergencyRoute + " of site " + site.Name + " does not exist")
		return true
	}
	if p.ring(d, from); len(p.Targets) == 0 {
		p.nowhere("no phone rings for the emergency route " + site.EmergencyRoute + " of site " + site.Name)
	}
	return true
}

func (p *Plan) nowhere(why string) {
	p.Alarm = "emergency call could not be placed: " + why
	p.refuse(503, "Service Unavailable", "%s", why)
}

// location says in words where a phone stands.
func location(site *directory.Site, device *directory.Device) string {
	words := []string{site.Name}
	for _, said := range []string{device.Room, device.Name} {
		if said != "" {
			words = append(words, said)
		}
	}
	return strings.Join(append(words, "phone "+device.MAC.Colons()), ", ")
}
