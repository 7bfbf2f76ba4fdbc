package wire

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
)

// Key signs messages with HMAC-SHA256. The zero Key signs nothing and trusts everybody, which is
// what an empty key in a connection file asks for.
type Key struct{ secret []byte }

// NewKey makes a Key of a connection file's key.
func NewKey(secret string) Key { return Key{secret: []byte(secret)} }

// Sign returns the hexadecimal signature over the four dictionaries, empty without a secret.
func (k Key) Sign(dicts [][]byte) []byte {
	if len(k.secret) == 0 {
		return []byte{}
	}
	mac := hmac.New(sha256.New, k.secret)
	for _, d := range dicts {
		mac.Write(d)
	}
	return hex.AppendEncode(nil, mac.Sum(nil))
}

// Verify reports, in constant time, whether signature is the one over the dictionaries.
func (k Key) Verify(signature []byte, dicts [][]byte) bool {
	return len(k.secret) == 0 || hmac.Equal(signature, k.Sign(dicts))
}
