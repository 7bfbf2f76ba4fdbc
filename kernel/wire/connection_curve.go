package wire

import (
	"crypto/ecdh"
	"errors"
	"fmt"
)

// Encrypted reports whether the sockets speak CURVE.
func (c Connection) Encrypted() bool { return c.CurvePublicKey != "" || c.CurveSecretKey != "" }

// CurveKeys returns the key pair of encrypted sockets, of Curve25519, and zeros when the connection is not encrypted. An
// error says which field is wrong, and never what is in it.
func (c Connection) CurveKeys() (public, secret [32]byte, err error) {
	if !c.Encrypted() {
		return public, secret, nil
	}
	if public, err = curveKey("curve_publickey", c.CurvePublicKey); err != nil {
		return public, secret, err
	}
	if secret, err = curveKey("curve_secretkey", c.CurveSecretKey); err != nil {
		return public, secret, err
	}
	key, err := ecdh.X25519().NewPrivateKey(secret[:])
	if err != nil || [32]byte(key.PublicKey().Bytes()) != public {
		return public, secret, errors.New("curve_publickey and curve_secretkey do not belong together")
	}
	return public, secret, nil
}

func curveKey(field, text string) (key [32]byte, err error) {
	if text == "" {
		return key, fmt.Errorf("%s is missing: encryption needs both curve_publickey and curve_secretkey", field)
	}
	if len(text) != 40 {
		return key, fmt.Errorf("%s is %d characters long, want 40 in Z85", field, len(text))
	}
	b, err := decodeZ85(text)
	if err != nil {
		return key, fmt.Errorf("%s is no key: %w", field, err)
	}
	return [32]byte(b), nil
}
