// Package templates holds what phones read: one folder for each vendor, one
// for each family of models in it. Everything is data; this file only embeds it.
package templates

import (
	"embed"
	"io/fs"
)

// The golden files stay outside: nothing but tests reads them.
//
//go:embed devices/*/*.yaml devices/*/*/*.yaml devices/*/*/*.tmpl
var files embed.FS

// FS is the catalogue that is built in, with the vendors' folders at its root.
func FS() fs.FS {
	sub, err := fs.Sub(files, "devices")
	if err != nil {
		panic(err) // the path is a constant and embedded
	}
	return sub
}
