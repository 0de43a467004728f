package kv

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
)

// An envelope is a stored value: one byte that tells the form, the CRC-32C
// (RFC 3720 appendix B.4) of key and payload in four bytes, big-endian, and the
// payload. The key is part of the sum, so that a value that ended up under
// another key is found out too.
const (
	envelopeForm = 1
	envelopeHead = 5
)

// Seal wraps a payload for storage under key.
func Seal(key string, payload []byte) []byte {
	value := make([]byte, envelopeHead+len(payload))
	value[0] = envelopeForm
	binary.BigEndian.PutUint32(value[1:], checksum(key, payload))
	copy(value[envelopeHead:], payload)
	return value
}

// Unseal gives the payload of a stored value; it shares the value's memory. A
// value that does not match its checksum gives ErrDamaged with the key.
func Unseal(key string, value []byte) ([]byte, error) {
	if len(value) < envelopeHead {
		return nil, fmt.Errorf("value of key %q: %w: only %d bytes", key, ErrDamaged, len(value))
	}
	if value[0] != envelopeForm {
		return nil, fmt.Errorf("value of key %q: %w: unknown form %d", key, ErrDamaged, value[0])
	}
	payload := value[envelopeHead:]
	if binary.BigEndian.Uint32(value[1:]) != checksum(key, payload) {
		return nil, fmt.Errorf("value of key %q: %w: checksum does not match", key, ErrDamaged)
	}
	return payload, nil
}

func checksum(key string, payload []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli) // made once by the library
	return crc32.Update(crc32.Checksum([]byte(key), table), table, payload)
}
