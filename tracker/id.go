package tracker

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// ID names a session, a cell execution or a journal: 128 random bits, written as 32 hexadecimal
// digits. Random, so that a few leading digits are enough to tell one from another.
type ID [16]byte

// NewID returns a fresh ID.
func NewID() ID {
	var id ID
	_, _ = rand.Read(id[:]) // crypto/rand never fails since Go 1.24
	return id
}

// ParseID parses the 32 digits that String writes.
func ParseID(s string) (ID, error) {
	var id ID
	if b, err := hex.DecodeString(s); err != nil || len(b) != len(id) {
		return id, fmt.Errorf("parse id %q: want 32 hexadecimal digits", s)
	}
	_, err := hex.Decode(id[:], []byte(s))
	return id, err
}

// String returns the id in full, the empty string for the zero ID.
func (id ID) String() string {
	if id.IsZero() {
		return ""
	}
	return hex.EncodeToString(id[:])
}

// Short returns the eight leading digits, for people.
func (id ID) Short() string { return id.String()[:min(8, len(id.String()))] }

// IsZero reports whether id names nothing.
func (id ID) IsZero() bool { return id == ID{} }

// MarshalText writes the id as String does.
func (id ID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (id *ID) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*id = ID{}
		return nil
	}
	*id, err = ParseID(string(b))
	return err
}

// Digest is the SHA-256 of some bytes: their only name in the ledger, written "sha256:" and 64
// hexadecimal digits.
type Digest [sha256.Size]byte

// DigestOf returns the digest of b.
func DigestOf(b []byte) Digest { return sha256.Sum256(b) }

// ParseDigest parses what String writes.
func ParseDigest(s string) (Digest, error) {
	var d Digest
	digits, ok := strings.CutPrefix(s, "sha256:")
	if !ok || len(digits) != hex.EncodedLen(len(d)) {
		return d, fmt.Errorf("parse digest %q: want sha256: and 64 hexadecimal digits", s)
	}
	if _, err := hex.Decode(d[:], []byte(digits)); err != nil {
		return d, fmt.Errorf("parse digest %q: %w", s, err)
	}
	return d, nil
}

// String returns the digest in full, the empty string for the zero Digest.
func (d Digest) String() string {
	if d.IsZero() {
		return ""
	}
	return "sha256:" + hex.EncodeToString(d[:])
}

// IsZero reports whether d names nothing.
func (d Digest) IsZero() bool { return d == Digest{} }

// MarshalText writes the digest as String does.
func (d Digest) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText wrote.
func (d *Digest) UnmarshalText(b []byte) (err error) {
	if len(b) == 0 {
		*d = Digest{}
		return nil
	}
	*d, err = ParseDigest(string(b))
	return err
}
