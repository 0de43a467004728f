package main

import (
	"errors"
	"fmt"

	"cradle/directory"
	"cradle/media/music"
	"cradle/media/prompt"
	"cradle/ui/live"
)

// liveSounds shows what callers hear of us.
type liveSounds struct {
	prompts *prompt.Library
	music   *music.Library
}

func (l liveSounds) Phrases() (all []live.Phrase) {
	for _, p := range l.prompts.Phrases() {
		all = append(all, live.Phrase(p))
	}
	return all
}

func (l liveSounds) Prompt(language, name string) ([]byte, error) {
	b, err := l.prompts.WAV(language, name)
	return b, asRecord(err)
}

func (l liveSounds) ReplacePrompt(language, name string, wav []byte) error {
	return asRecord(l.prompts.Replace(language, name, wav))
}

func (l liveSounds) RestorePrompt(language, name string) error {
	return asRecord(l.prompts.Restore(language, name))
}

func (l liveSounds) Music(org directory.ID) ([]byte, bool) {
	return l.music.WAV(string(org)), l.music.Own(string(org))
}

func (l liveSounds) ReplaceMusic(org directory.ID, wav []byte) error {
	return asRecord(l.music.Replace(string(org), wav))
}

func (l liveSounds) RestoreMusic(org directory.ID) error {
	return asRecord(l.music.Restore(string(org)))
}

// asRecord says an error of media in the words of the portal.
func asRecord(err error) error {
	switch {
	case errors.Is(err, prompt.ErrName), errors.Is(err, music.ErrNone):
		return fmt.Errorf("%w: %w", directory.ErrNotFound, err)
	case errors.Is(err, prompt.ErrSound), errors.Is(err, music.ErrSound):
		return fmt.Errorf("%w: %w", directory.ErrInvalid, err)
	}
	return err
}
