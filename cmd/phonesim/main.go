// Command phonesim is simulated phones: they boot as each vendor's do, register
// with what they are given, call, and are called, from addresses of their own.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"cradle/registrar/siptest"
)

// commandLine lists the commands. Each has a file of its own.
type commandLine struct {
	JSON bool `name:"json" help:"Give the result as one JSON document."`

	Boot  bootCommand  `cmd:"" help:"Switch a phone on; it stays until it is ended by a signal."`
	Call  callCommand  `cmd:"" help:"One booted phone calls another; each must hear the other's tone."`
	Seat  seatCommand  `cmd:"" help:"A booted phone dials a seat code and enters a secret."`
	Storm stormCommand `cmd:"" help:"Switch on many phones at once."`

	Traffic trafficCommand `cmd:"" help:"Send the sound of many calls through a relay and measure what it costs."`
}

// console is where a command prints to.
type console struct {
	out, err io.Writer
	json     bool
}

// say prints a line for people; with JSON it goes beside the document.
func (c console) say(format string, a ...any) {
	to := c.out
	if c.json {
		to = c.err
	}
	fmt.Fprintf(to, format+"\n", a...)
}

// result prints a result: the document, or the line for people.
func (c console) result(document any, format string, a ...any) {
	if !c.json {
		c.say(format, a...)
		return
	}
	b, err := json.Marshal(document)
	if err != nil {
		fmt.Fprintln(c.err, "phonesim:", err)
		return
	}
	fmt.Fprintln(c.out, string(b))
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	status := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// run is the whole program: 0 what was asked happened, 1 it did not, 2 wrong usage.
func run(ctx context.Context, args []string, out, errs io.Writer) (status int) {
	var cl commandLine
	exited := -1
	p, err := kong.New(&cl, kong.Name("phonesim"), kong.Description("Simulated phones."), kong.Writers(out, errs),
		kong.Exit(func(code int) { exited = code }), kong.UsageOnError())
	if err != nil {
		fmt.Fprintln(errs, "phonesim:", err)
		return 1
	}
	parsed, err := p.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		fmt.Fprintln(errs, "phonesim:", err)
		return 2
	}
	c := console{out: out, err: errs, json: cl.JSON}
	parsed.BindTo(ctx, (*context.Context)(nil))
	parsed.Bind(c)
	if err := parsed.Run(); err != nil {
		c.failed(err)
		return 1
	}
	return 0
}

// failure is the document of what did not happen.
type failure struct {
	OK    bool   `json:"ok"`
	Error string `json:"error"`
	// Status is the SIP status where a SIP answer was the reason.
	Status int `json:"status,omitempty"`
}

func failureOf(err error) failure {
	f := failure{Error: err.Error()}
	var answer *siptest.StatusError
	var told *toldError
	switch {
	case errors.As(err, &answer):
		f.Status = answer.Msg.Status
	case errors.As(err, &told):
		f.Status = told.status
	}
	return f
}

func (c console) failed(err error) {
	if c.json {
		c.result(failureOf(err), "")
	}
	fmt.Fprintln(c.err, "phonesim:", err)
}
