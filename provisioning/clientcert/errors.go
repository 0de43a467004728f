package clientcert

import "errors"

// Why a certificate proves nothing. Each is wrapped with the value at fault.
var (
	ErrUnknown = errors.New("no authority that is known has signed it")
	ErrGeneric = errors.New("it is the same in many phones")
	ErrExpired = errors.New("it is not valid now")
	ErrWeak    = errors.New("its key or signature can be forged")
)

// Errors of the store of authorities.
var (
	ErrPEM    = errors.New("no certificate authority in PEM")
	ErrVendor = errors.New("no such vendor")
	ErrNone   = errors.New("no such authority")
)
