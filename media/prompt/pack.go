//go:build ignore

// pack encodes a folder of WAV files (16 kHz, 16 bit, mono) as G.722 files in another: pack FROM TO.
package main

import (
	"log"
	"os"
	"path/filepath"
	"strings"

	"cradle/media/audio"
	"cradle/media/codec"
)

func main() {
	files, err := filepath.Glob(filepath.Join(os.Args[1], "*.wav"))
	if err != nil {
		log.Fatal(err)
	}
	for _, file := range files {
		f, err := os.ReadFile(file)
		if err != nil {
			log.Fatal(err)
		}
		pcm, err := audio.ReadWAV(f)
		if err != nil {
			log.Fatal(file, ": ", err)
		}
		var e codec.Encoder
		e.Reset(codec.G722)
		pcm = append(pcm, make([]int16, len(pcm)%2)...)
		name := strings.TrimSuffix(filepath.Base(file), ".wav") + ".g722"
		if err := os.WriteFile(filepath.Join(os.Args[2], name), e.Append(nil, pcm), 0o644); err != nil {
			log.Fatal(err)
		}
	}
}
