package main

import (
	"fmt"
	"path/filepath"

	"cradle/directory/blob"
	"cradle/provisioning/catalog"
	"cradle/provisioning/firmware"
)

// blobFolder is where a data folder keeps its large files.
const blobFolder = "blobs"

// openFirmware opens the files that phones load.
func (a *appliance) openFirmware(shelf catalog.Source) error {
	blobs, err := blob.Open(filepath.Join(a.settings.Data, blobFolder), blob.Options{})
	if err != nil {
		return refuse("the large files in %s cannot be opened: %v", a.settings.Data, err)
	}
	a.firmware, err = firmware.New(firmware.Config{Directory: a.store.Directory, Catalog: shelf, Blobs: blobs, Log: a.log})
	if err != nil {
		return fmt.Errorf("firmware: %w", err)
	}
	a.closing("firmware", a.firmware.Close)
	return nil
}
