package leg

import "github.com/emiago/sipgo/sip"

// phrases are the reason phrases of RFC 3261 section 21 we use.
var phrases = map[int]string{
	sip.StatusTrying: "Trying", sip.StatusRinging: "Ringing", 181: "Call Is Being Forwarded", 182: "Queued", sip.StatusSessionInProgress: "Session Progress",
	sip.StatusOK: "OK", sip.StatusBadRequest: "Bad Request", sip.StatusForbidden: "Forbidden", sip.StatusNotFound: "Not Found",
	sip.StatusRequestTimeout: "Request Timeout", sip.StatusUnsupportedMediaType: "Unsupported Media Type", 469: "Bad Info Package",
	sip.StatusTemporarilyUnavailable: "Temporarily Unavailable", sip.StatusCallTransactionDoesNotExists: "Call Does Not Exist",
	sip.StatusLoopDetected: "Loop Detected", sip.StatusTooManyHops: "Too Many Hops", sip.StatusAddressIncomplete: "Address Incomplete", sip.StatusBusyHere: "Busy Here",
	sip.StatusRequestTerminated: "Request Terminated", sip.StatusNotAcceptableHere: "Not Acceptable Here", sip.StatusRequestPending: "Request Pending",
	sip.StatusInternalServerError: "Server Internal Error", sip.StatusServiceUnavailable: "Service Unavailable", sip.StatusGlobalDecline: "Decline",
}

// reasonOf is the reason phrase of a status.
func reasonOf(status int) string {
	if p, ok := phrases[status]; ok {
		return p
	}
	switch {
	case status < 200:
		return "Progress"
	case status < 300:
		return "OK"
	}
	return "Failed"
}

// Phrase is the reason phrase of a status, for other answers than ours.
func Phrase(status int) string { return reasonOf(status) }
