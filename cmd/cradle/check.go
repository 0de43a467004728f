package main

import (
	"context"
	"encoding/json"
	"fmt"
)

type checkCommand struct {
	Data string `help:"Data folder to check, also beside a running appliance." default:"./data" placeholder:"DIR"`
	JSON bool   `help:"Print one JSON document."`
}

// Run reads every value and prints each fault; any fault is exit status 1.
func (k checkCommand) Run(c console) error {
	ctx := context.Background()
	d, done, err := readStore(ctx, k.Data, quiet(c))
	if err != nil {
		return err
	}
	defer done()
	report, err := d.Check(ctx)
	if err != nil {
		return refuse("the check broke off: %v", err)
	}
	if k.JSON {
		if err := json.NewEncoder(c.out).Encode(report); err != nil {
			return err
		}
	} else {
		for _, f := range report.Findings {
			fmt.Fprintf(c.out, "%s: %s\n", f.Key, f.Fault)
		}
		fmt.Fprintf(c.out, "%d keys and %d audit entries read, %d faults\n", report.Keys, report.Audit, len(report.Findings))
	}
	if n := len(report.Findings); n > 0 {
		return refuse("%d faults found in %s", n, k.Data)
	}
	return nil
}
