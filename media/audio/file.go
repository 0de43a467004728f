package audio

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// WriteFile replaces a file whole: who reads it meanwhile gets the old one or the new one.
func WriteFile(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name()) //nolint:errcheck // the first error is the one to tell
	}
	return err
}

// ReadFiles reads sound files, by their names. One that cannot be used is passed over and told in the error.
func ReadFiles(files []string, sound func([]byte) ([]int16, error)) (map[string][]int16, error) {
	all, faults := map[string][]int16{}, []error(nil)
	for _, f := range files {
		b, err := os.ReadFile(f)
		var pcm []int16
		if err == nil {
			pcm, err = sound(b)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", f, err))
			continue
		}
		all[f] = pcm
	}
	return all, errors.Join(faults...)
}
