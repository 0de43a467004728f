package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"
)

// maxAnswer bounds what a command reads from an appliance: an export of 10,000
// phones is about 10 MB.
const maxAnswer = 256 << 20

// running is the appliance that a command talks to over its API.
type running struct {
	URL   string `help:"Address of a running appliance." env:"CRADLE_URL" placeholder:"URL"`
	Token string `help:"API token, or the set-up token for setup." env:"CRADLE_TOKEN" placeholder:"TOKEN"`
}

// call does one request. A problem document becomes its one-line text.
func (r running) call(ctx context.Context, method, path, contentType string, body []byte, into any) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimRight(r.URL, "/")+path, bytes.NewReader(body))
	if err != nil {
		return usageError{fmt.Sprintf("--url %q: %v", r.URL, err)}
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if r.Token != "" {
		req.Header.Set("Authorization", "Bearer "+r.Token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return refuse("the appliance at %s cannot be reached: %v", r.URL, err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return refuse("the appliance at %s broke off: %v", r.URL, err)
	}
	if res.StatusCode >= 300 {
		return problem(res.StatusCode, answer)
	}
	if into == nil || len(answer) == 0 {
		return nil
	}
	return json.Unmarshal(answer, into)
}

// problem reads an RFC 9457 document.
func problem(status int, body []byte) error {
	var p struct {
		Title, Detail string
		Errors        []struct{ Location, Message string }
	}
	if json.Unmarshal(body, &p) != nil || p.Title == "" {
		return refuse("the appliance answered %d", status)
	}
	text := p.Title
	if p.Detail != "" {
		text = p.Detail
	}
	for _, e := range p.Errors {
		text += "; " + strings.TrimSpace(e.Location+" "+e.Message)
	}
	return refuse("%s", text)
}
