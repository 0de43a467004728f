package audio

import "errors"

// Sentinels; errors that wrap them name the value at fault.
var (
	ErrRate = errors.New("sample rate not supported")
	// ErrWAV means a file that is no WAV of PCM or G.711, or passes a limit.
	ErrWAV = errors.New("not a WAV file that can be used")
)
