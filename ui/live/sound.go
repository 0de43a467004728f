package live

import "cradle/directory"

// Phrase is one sentence that is spoken.
type Phrase struct {
	Language, Name string
	Text           string // empty where only a file is there
	Replaced       bool
}

// Sounds is what callers hear of us. Files are WAV. Errors: directory.ErrNotFound for a phrase that does not exist or is
// not replaced, directory.ErrInvalid for a file that is no sound or too long.
type Sounds interface {
	Phrases() []Phrase
	Prompt(language, name string) ([]byte, error)
	ReplacePrompt(language, name string, wav []byte) error
	RestorePrompt(language, name string) error

	// Music is what an organization's parties hear on hold, and whether it is of its own.
	Music(organization directory.ID) (wav []byte, own bool)
	ReplaceMusic(organization directory.ID, wav []byte) error
	RestoreMusic(organization directory.ID) error
}
