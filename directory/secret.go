package directory

import (
	"crypto/subtle"
	"fmt"
	"io"
	"log/slog"
)

// mask is what every secret looks like in logs, errors, documents and metrics.
const mask = "***"

// Secret is a text that must not leave by accident: fmt with any verb, JSON,
// YAML, text and slog all show ***. Only Reveal gives it. The text is held
// behind a pointer, so that fmt does not reach it in unexported fields either.
// The zero value is the empty secret.
type Secret struct{ text *string }

// NewSecret wraps a text.
func NewSecret(s string) Secret {
	if s == "" {
		return Secret{}
	}
	return Secret{text: &s}
}

// Reveal gives the text.
func (s Secret) Reveal() string {
	if s.text == nil {
		return ""
	}
	return *s.text
}

// Empty tells whether there is no text.
func (s Secret) Empty() bool { return s.text == nil }

// Equal compares two secrets in constant time (but for their length).
func (s Secret) Equal(t Secret) bool {
	return subtle.ConstantTimeCompare([]byte(s.Reveal()), []byte(t.Reveal())) == 1
}

// String gives ***.
func (s Secret) String() string { return mask }

// GoString gives ***.
func (s Secret) GoString() string { return mask }

// Format writes *** whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { io.WriteString(f, mask) } //nolint:errcheck // a fmt.State keeps its own errors

// MarshalJSON gives "***".
func (s Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + mask + `"`), nil }

// MarshalText gives ***; XML and other encoders use it.
func (s Secret) MarshalText() ([]byte, error) { return []byte(mask), nil }

// MarshalYAML gives ***.
func (s Secret) MarshalYAML() (any, error) { return mask, nil }

// LogValue gives ***.
func (s Secret) LogValue() slog.Value { return slog.StringValue(mask) }

// Hash is what is kept of a password (argon2id in PHC form) or of a PIN or
// secret code ("hmac:" with salt and sum). It prints *** like a Secret;
// string(h) gives it.
type Hash string

// String gives ***.
func (h Hash) String() string { return mask }

// GoString gives ***.
func (h Hash) GoString() string { return mask }

// Format writes *** whatever the verb.
func (h Hash) Format(f fmt.State, _ rune) { io.WriteString(f, mask) } //nolint:errcheck // a fmt.State keeps its own errors

// MarshalJSON gives "***".
func (h Hash) MarshalJSON() ([]byte, error) { return []byte(`"` + mask + `"`), nil }

// MarshalText gives ***.
func (h Hash) MarshalText() ([]byte, error) { return []byte(mask), nil }

// MarshalYAML gives ***.
func (h Hash) MarshalYAML() (any, error) { return mask, nil }

// LogValue gives ***.
func (h Hash) LogValue() slog.Value { return slog.StringValue(mask) }
