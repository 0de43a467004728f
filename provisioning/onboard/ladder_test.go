package onboard

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"cradle/directory"
	"cradle/provisioning/settings"
)

// TestLadder has one line for each rule of the ladder.
func TestLadder(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	here, there := netip.MustParseAddr("10.0.0.5"), netip.MustParseAddr("10.0.0.6")
	const none = settings.Mode(255)
	day := 24 * time.Hour
	for _, c := range []struct {
		name string
		step directory.Step
		edit func(*Case)
		want settings.Mode // none: refused
		rule string        // part of the rule
	}{
		{"seen, the first asker", "seen", func(c *Case) { c.FirstAsker = true }, settings.Bootstrap, "first"},
		{"seen, its token", "seen", func(c *Case) { c.Token = true }, settings.Bootstrap, "token"},
		{"seen, a second asker", "seen", func(*Case) {}, none, "another address"},
		{"seen, its token from outside", "seen", func(c *Case) { c.Token, c.Inside = true, false }, none, "outside"},
		{"lobby, the first asker", "lobby", func(c *Case) { c.FirstAsker = true }, settings.Lobby, "first"},
		{"lobby, its token", "lobby", func(c *Case) { c.Token = true }, settings.Lobby, "token"},
		{"lobby, a second asker", "lobby", func(*Case) {}, none, "another address"},
		{"lobby over TFTP", "lobby", func(c *Case) { c.FirstAsker, c.TFTP = true, true }, settings.Bootstrap, "without secrets"},
		{"lobby over TFTP in full", "lobby", func(c *Case) { c.FirstAsker, c.TFTP, c.TFTPPolicy = true, true, "full" }, settings.Bootstrap, "without secrets"},
		{"approved, its token", "approved", func(c *Case) { c.Token = true }, settings.Full, "token"},
		{"approved, its token from outside", "approved", func(c *Case) { c.Token, c.Inside = true, false }, settings.Full, "token"},
		{"approved, no token, in the window", "approved", func(*Case) {}, settings.Full, "not registered yet"},
		{"approved, no token, outside", "approved", func(c *Case) { c.Inside = false }, none, "outside"},
		{"approved, no token, window's last instant", "approved", func(c *Case) { c.Device.Approved = now.Add(-day + 1) }, settings.Full, "not registered"},
		{"approved, no token, window over", "approved", func(c *Case) { c.Device.Approved = now.Add(-day) }, none, "window"},
		{"approved, a lobby registration does not count", "approved", func(c *Case) { c.Registered = Registration{now.Add(-2 * time.Hour), there, true} }, settings.Full, "not registered"},
		{"approved, registered in the same second", "approved", func(c *Case) {
			c.Device.Approved = now.Add(-time.Hour + 600*time.Millisecond)
			c.Registered = Registration{now.Add(-time.Hour), there, true}
		}, none, "another address"},
		{"approved, registered, in the grace", "approved", func(c *Case) {
			c.Registered, c.First = Registration{now, there, true}, now.Add(-10*time.Minute)
		}, settings.Full, "just now"},
		{"approved, registered, grace over", "approved", func(c *Case) {
			c.Registered, c.First = Registration{now, there, true}, now.Add(-10*time.Minute-1)
		}, none, "another address"},
		{"approved, registered, nobody saw when", "approved", func(c *Case) { c.Registered = Registration{now, there, true} }, none, "another address"},
		{"approved, from the registered address", "approved", func(c *Case) { c.Registered = Registration{now.Add(-time.Minute), here, true} }, settings.Full, "registered from"},
		{"approved, from the last registration's address", "approved", func(c *Case) { c.Registered = Registration{now.Add(-time.Minute), here, false} }, settings.Full, "registered from"},
		{"registered address, but outside", "approved", func(c *Case) { c.Registered, c.Inside = Registration{now, here, true}, false }, none, "outside"},
		{"token step, its token", "token", func(c *Case) { c.Token = true }, settings.Full, "token"},
		{"token step, no token", "token", func(*Case) {}, none, "another address"},
		{"token step, registered address", "token", func(c *Case) { c.Registered = Registration{now.Add(-9 * time.Hour), here, false} }, settings.Full, "registered from"},
		{"approved over TFTP", "approved", func(c *Case) { c.TFTP = true }, settings.Bootstrap, "without secrets"},
		{"approved over TFTP, token", "approved", func(c *Case) { c.TFTP, c.Token = true, true }, settings.Bootstrap, "without secrets"},
		{"approved over TFTP in full", "token", func(c *Case) { c.TFTP, c.TFTPPolicy = true, "full" }, settings.Full, "TFTP in full"},
		{"approved over TFTP in full, outside", "token", func(c *Case) { c.TFTP, c.TFTPPolicy, c.Inside = true, "full", false }, none, "outside"},
		{"TFTP in full with token from outside", "token", func(c *Case) { c.TFTP, c.TFTPPolicy, c.Inside, c.Token = true, "full", false, true }, settings.Bootstrap, "without secrets"},
		{"TFTP off", "approved", func(c *Case) { c.TFTP, c.TFTPPolicy, c.Token = true, "off", true }, none, "nothing over TFTP"},
		{"a model that knows nothing else", "token", func(c *Case) { c.TFTP, c.OnlyTFTP = true, true }, settings.Full, "TFTP in full"},
		{"seen, its certificate", "seen", func(c *Case) { c.Certificate = true }, settings.Bootstrap, "certificate"},
		{"seen, its certificate from outside", "seen", func(c *Case) { c.Certificate, c.Inside = true, false }, none, "outside"},
		{"lobby, its certificate", "lobby", func(c *Case) { c.Certificate = true }, settings.Lobby, "certificate"},
		{"approved, its certificate", "approved", func(c *Case) { c.Certificate = true }, settings.Full, "certificate"},
		{"approved, its certificate from outside", "token", func(c *Case) { c.Certificate, c.Inside = true, false }, settings.Full, "certificate"},
		{"certificate step, nothing shown", "certificate", func(*Case) {}, none, "another address"},
		{"certificate step, nothing shown, outside", "certificate", func(c *Case) { c.Inside = false }, none, "outside"},
		{"certificate step, its certificate", "certificate", func(c *Case) { c.Certificate = true }, settings.Full, "certificate"},
		{"certificate step over TFTP in full", "certificate", func(c *Case) { c.TFTP, c.TFTPPolicy = true, "full" }, settings.Full, "TFTP in full"},
		{"disabled, its certificate", "certificate", func(c *Case) { c.Device.Disabled, c.Certificate = true, true }, none, "disabled"},
		{"disabled", "approved", func(c *Case) { c.Device.Disabled, c.Token = true, true }, none, "disabled"},
		{"disabled and seen", "seen", func(c *Case) { c.Device.Disabled, c.FirstAsker = true, true }, none, "disabled"},
		{"no step", "", func(c *Case) { c.Token = true }, none, "no known step"},
	} {
		k := Case{
			Device: &directory.Device{Step: c.step, Approved: now.Add(-time.Hour)}, Now: now, Source: here, Inside: true,
			TFTPPolicy: directory.TFTPBootstrap, Window: day, Grace: 10 * time.Minute,
		}
		c.edit(&k)
		g := Decide(k)
		if g.Serve != (c.want != none) || g.Serve && g.Mode != c.want || !strings.Contains(g.Rule, c.rule) {
			t.Errorf("%s: %+v, want mode %d and a rule with %q", c.name, g, c.want, c.rule)
		}
		if g.Conflict != (strings.Contains(c.name, "second asker")) {
			t.Errorf("%s: conflict %v", c.name, g.Conflict)
		}
	}
}
