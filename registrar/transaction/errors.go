package transaction

import "errors"

// Errors of Respond and Request, and what a request without an answer ends with.
var (
	ErrTimeout   = errors.New("no answer came in time")           // RFC 3261 timers B and F
	ErrTransport = errors.New("the message could not be sent")    // or its connection is gone
	ErrEnded     = errors.New("the transaction is over")          // or the layer is closing
	ErrCancelled = errors.New("the request was cancelled")        // and takes no answer but a refusal
	ErrKnown     = errors.New("there is a transaction like this") // the branch is not new
	ErrMalformed = errors.New("malformed request")
)
