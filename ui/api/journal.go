package api

import (
	"context"
	"strings"
	"time"

	"cradle/ui/access"
)

// stepView is one thing a phone did while it came up.
type stepView struct {
	At          time.Time `json:"at"`
	Door        string    `json:"door" enum:"http,https,tftp,pnp"`
	File        string    `json:"file"`
	Status      int       `json:"status"`
	Bytes       int       `json:"bytes"`
	TookMS      float64   `json:"took_ms"`
	Source      string    `json:"source"`
	Vendor      string    `json:"vendor"`
	Model       string    `json:"model"`
	Firmware    string    `json:"firmware"`
	Sure        string    `json:"sure"`
	Rule        string    `json:"rule" doc:"Which rule refused, in plain words; empty: served."`
	TLS         string    `json:"tls,omitempty" doc:"TLS version; absent: none."`
	Suite       string    `json:"suite,omitempty" doc:"TLS cipher suite."`
	Certificate string    `json:"certificate,omitempty" doc:"What the certificate shown is worth; absent: none was shown."`
}

// journal lists a phone's last steps, the oldest first.
func (a *API) journal(_ context.Context, c *access.Caller, in *idInput) (*pageOutput[stepView], error) {
	d, err := a.device(a.Directory.Snapshot(), c, in.ID)
	if err != nil {
		return nil, err
	}
	out := &pageOutput[stepView]{Body: page[stepView]{Items: []stepView{}}}
	if a.Provisioning == nil {
		return out, nil
	}
	for _, s := range a.Provisioning.Steps(d.MAC) {
		out.Body.Items = append(out.Body.Items, stepView{
			At: s.At, Door: s.Door, File: hideToken(s.File), Status: s.Status, Bytes: s.Bytes,
			TookMS: float64(s.Took.Microseconds()) / 1000, Source: s.Source.String(), Vendor: s.Vendor,
			Model: s.Model, Firmware: s.Firmware, Sure: s.Sure, Rule: s.Rule,
			TLS: s.TLS, Suite: s.Suite, Certificate: s.Certificate,
		})
	}
	return out, nil
}

// hideToken masks the token in a tokenised path, "/p/~TOKEN/file": with it
// anybody gets what the phone gets.
func hideToken(file string) string {
	before, rest, found := strings.Cut(file, "~")
	if !found {
		return file
	}
	if _, after, more := strings.Cut(rest, "/"); more {
		return before + "~***/" + after
	}
	return before + "~***"
}
