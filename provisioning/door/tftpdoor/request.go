package tftpdoor

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strconv"
	"strings"
)

// Opcodes and error codes (RFC 1350, 5; RFC 2347).
const (
	opRead  = 1
	opWrite = 2
	opData  = 3
	opAck   = 4
	opError = 5
	opOack  = 6

	codeNotFound = 1
	codeAccess   = 2
	codeIllegal  = 4
)

// Bounds of a request. RFC 2347 allows 512 bytes.
const (
	maxRequest = 512
	minBlock   = 512
	maxBlock   = 1428 // an Ethernet frame less IPv6, UDP, TFTP and room for tunnels
)

var (
	errWrite = errors.New("write request")
	errMode  = errors.New("unknown mode")
	errBad   = errors.New("no request")
)

// request is a read request as far as it is honoured.
type request struct {
	file  string
	mode  string // "octet" or "netascii"
	block int    // asked block size, 512 to 1428; 0: not asked
	size  bool   // the size was asked for
}

// parse reads a request. Modes and option names count in any letter case;
// options that are not honoured are left out, as RFC 2347 wants.
func parse(p []byte) (request, error) {
	if len(p) < 4 || len(p) > maxRequest {
		return request{}, errBad
	}
	switch binary.BigEndian.Uint16(p) {
	case opRead:
	case opWrite:
		return request{}, errWrite
	default:
		return request{}, errBad
	}
	fields := bytes.Split(bytes.TrimSuffix(p[2:], []byte{0}), []byte{0})
	if len(fields) < 2 || !plain(fields[0]) {
		return request{}, errBad
	}
	r := request{file: string(fields[0]), mode: strings.ToLower(string(fields[1]))}
	if r.mode != "octet" && r.mode != "netascii" {
		return request{}, errMode
	}
	for o := fields[2:]; len(o) >= 2; o = o[2:] {
		r.option(string(o[0]), string(o[1]))
	}
	return r, nil
}

func (r *request) option(name, value string) {
	switch strings.ToLower(name) {
	case "blksize":
		n, err := strconv.Atoi(value)
		if err == nil && n >= minBlock && r.block == 0 {
			r.block = min(n, maxBlock)
		}
	case "tsize":
		r.size = true
	}
}

// bytes is the clean request that the library is given.
func (r *request) bytes() []byte {
	b := append([]byte{0, opRead}, r.file...)
	b = append(append(append(b, 0), r.mode...), 0)
	if r.block != 0 {
		b = append(strconv.AppendInt(append(b, "blksize\x00"...), int64(r.block), 10), 0)
	}
	if r.size {
		b = append(b, "tsize\x000\x00"...)
	}
	return b
}

// plain tells whether a name is not empty and has no control characters.
func plain(name []byte) bool {
	for _, c := range name {
		if c < ' ' || c == 0x7f {
			return false
		}
	}
	return len(name) > 0
}

// refusal is an ERROR datagram with one of our fixed texts.
func refusal(code byte, text string) []byte {
	return append(append([]byte{0, opError, 0, code}, text...), 0)
}

// blockSize reads the block size from an OACK; 512 where it says none.
func blockSize(oack []byte) int {
	fields := bytes.Split(oack[2:], []byte{0})
	for ; len(fields) >= 2; fields = fields[2:] {
		if string(fields[0]) == "blksize" {
			if n, err := strconv.Atoi(string(fields[1])); err == nil {
				return n
			}
		}
	}
	return minBlock
}
