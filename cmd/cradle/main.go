// Command cradle is the phone system: it serves, is set up, takes and gives its
// configuration as one file, and checks its own store.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/alecthomas/kong"
)

// version is set at build time.
var version = "dev" //nolint:gochecknoglobals // written by the linker, read once

// commandLine lists the commands. Each has a file of its own.
type commandLine struct {
	Serve   serveCommand   `cmd:"" help:"Run the appliance."`
	Setup   setupCommand   `cmd:"" help:"Do the set-up wizard unattended."`
	Apply   applyCommand   `cmd:"" help:"Make the directory match a file."`
	Export  exportCommand  `cmd:"" help:"Print the directory in the form that apply takes."`
	Check   checkCommand   `cmd:"" help:"Check the store's integrity and the seats' invariants."`
	Version versionCommand `cmd:"" help:"Print the version."`
}

// console is what a command prints to.
type console struct {
	out, err io.Writer
}

// refusal is a failure whose text is for the person at the terminal.
type refusal struct{ text string }

func (r refusal) Error() string { return r.text }

func refuse(format string, a ...any) error { return refusal{fmt.Sprintf(format, a...)} }

func main() { os.Exit(run(os.Args[1:], console{os.Stdout, os.Stderr})) }

// run is the whole program: 0 done, 1 refused or failed, 2 wrong usage.
func run(args []string, c console) (status int) {
	var cl commandLine
	exited := -1
	p, err := kong.New(&cl,
		kong.Name("cradle"),
		kong.Description("A phone system whose first thought is the phone on the desk."),
		kong.Writers(c.out, c.err),
		kong.Exit(func(code int) { exited = code }),
		kong.UsageOnError(),
	)
	if err != nil {
		fmt.Fprintln(c.err, "cradle:", err)
		return 1
	}
	ctx, err := p.Parse(args)
	if exited >= 0 {
		return exited
	}
	if err != nil {
		fmt.Fprintf(c.err, "cradle: %v (see cradle --help)\n", err)
		return 2
	}
	if err := ctx.Run(c); err != nil {
		var usage usageError
		fmt.Fprintln(c.err, "cradle:", err)
		if errors.As(err, &usage) {
			return 2
		}
		return 1
	}
	return 0
}

// usageError is a mistake in how a command was called.
type usageError struct{ text string }

func (u usageError) Error() string { return u.text }
