package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"cradle/directory"
	"cradle/directory/blob"
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
	faults, err := blobFaults(ctx, k.Data, d.Snapshot())
	if err != nil {
		return refuse("the check broke off: %v", err)
	}
	report.Findings = append(report.Findings, faults...)
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

// blobFaults reads the large files, and looks for those that records name.
func blobFaults(ctx context.Context, data string, snap *directory.Snapshot) (faults []directory.Finding, err error) {
	var damaged []string
	folder := filepath.Join(data, blobFolder)
	if _, err := os.Stat(folder); err == nil {
		if damaged, err = blob.Check(ctx, folder); err != nil {
			return nil, err
		}
	}
	for _, sum := range damaged {
		faults = append(faults, directory.Finding{Key: filepath.Join(blobFolder, sum), Fault: "its content is not what its name says"})
	}
	for f := range snap.Firmwares("") {
		if _, err := os.Stat(filepath.Join(folder, f.SHA256)); err != nil {
			faults = append(faults, directory.Finding{Key: "firmware/" + string(f.ID), Fault: "the file " + f.File + " is missing"})
		} else if slices.Contains(damaged, f.SHA256) {
			faults = append(faults, directory.Finding{Key: "firmware/" + string(f.ID), Fault: "the file " + f.File + " is damaged"})
		}
	}
	return faults, nil
}
