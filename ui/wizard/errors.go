package wizard

import (
	"errors"
	"fmt"
)

// Sentinels of this room.
var (
	// ErrDone: the wizard has been done before.
	ErrDone = errors.New("the appliance is set up already")
	// ErrToken: a wrong setup token.
	ErrToken = errors.New("the setup token is wrong")
)

// FieldError is an input at fault, with its place in the document such as
// "extensions[0].number".
type FieldError struct {
	Location string
	Reason   string
	// File and Line are its place in the text; Line 0: not known.
	File string
	Line int
}

func (e *FieldError) Error() string {
	text := e.Reason
	if e.Location != "" {
		text = e.Location + ": " + text
	}
	if e.Line > 0 {
		text = fmt.Sprintf("%s:%d: %s", e.File, e.Line, text)
	}
	return text
}
