package main

import (
	"encoding/json"
	"fmt"
	"runtime"
)

type versionCommand struct {
	JSON bool `help:"Print one JSON document."`
}

// Run prints the program's version and the Go release that built it.
func (v versionCommand) Run(c console) error {
	if v.JSON {
		return json.NewEncoder(c.out).Encode(map[string]string{"version": version, "go": runtime.Version()})
	}
	_, err := fmt.Fprintf(c.out, "cradle %s (%s)\n", version, runtime.Version())
	return err
}
