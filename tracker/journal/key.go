package journal

import (
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/note"
)

// Key signs checkpoints. It is an Ed25519 key; there is one for each user and machine.
type Key struct{ private ed25519.PrivateKey }

// NewKey returns a fresh key.
func NewKey() *Key {
	_, private, _ := ed25519.GenerateKey(rand.Reader) // crypto/rand never fails since Go 1.24
	return &Key{private}
}

// ConfigDir returns the folder of the user's configuration: GEMBA_CONFIG, else gemba in the system's place for it.
func ConfigDir() (string, error) {
	if dir := os.Getenv("GEMBA_CONFIG"); dir != "" {
		return dir, nil
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", fmt.Errorf("find the configuration folder: %w: set GEMBA_CONFIG to a folder", err)
	}
	return filepath.Join(dir, "gemba"), nil
}

// LoadKey returns the key kept in dir (see ConfigDir), made at first use. Several processes may ask
// for the first time at once: all get the same key.
func LoadKey(dir string) (*Key, error) {
	path := filepath.Join(dir, "key")
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		if err = createKey(path); err == nil {
			b, err = os.ReadFile(path)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("load signing key: %w", err)
	}
	return parseKey(b, path)
}

// createKey writes a new key (PKCS #8 in PEM, as OpenSSL does) under a name of its own and links it
// to path, which succeeds for one process only.
func createKey(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	der, err := x509.MarshalPKCS8PrivateKey(NewKey().private)
	if err != nil {
		return err
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
	return writeOnce(path, text, 0o600)
}

func parseKey(b []byte, path string) (*Key, error) {
	block, _ := pem.Decode(b)
	if block == nil {
		return nil, fmt.Errorf("load signing key: %s is no PEM file: move it away and a new key is made", path)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("load signing key: %s: %w", path, err)
	}
	private, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("load signing key: %s is no Ed25519 key: move it away and a new key is made", path)
	}
	return &Key{private}, nil
}

// Derive returns 32 bytes for one purpose, which tell nothing of the key (HKDF-SHA256, RFC 5869).
func (k *Key) Derive(purpose string) []byte {
	derived, err := hkdf.Key(sha256.New, k.private.Seed(), nil, purpose, sha256.Size)
	if err != nil {
		panic(err) // too many bytes were asked for, which these are not
	}
	return derived
}

// public returns the public half.
func (k *Key) public() ed25519.PublicKey { return k.private.Public().(ed25519.PublicKey) }

// ID returns the key's name for people and files: the SHA-256 of the public key in hexadecimal.
func (k *Key) ID() string { return keyID(k.public()) }

func keyID(public ed25519.PublicKey) string {
	sum := sha256.Sum256(public)
	return hex.EncodeToString(sum[:])
}

// verifierKey returns the key's verifier line for notes signed as name
// (https://c2sp.org/signed-note), empty for no key.
func (k *Key) verifierKey(name string) string {
	if k == nil {
		return ""
	}
	line, err := note.NewEd25519VerifierKey(name, k.public())
	if err != nil {
		panic(err) // a key of the wrong length, which no Key has
	}
	return line
}

// signer signs notes under one name; it is a note.Signer.
type signer struct {
	note.Verifier
	key *Key
}

func (k *Key) signer(name string) (note.Signer, error) {
	v, err := note.NewVerifier(k.verifierKey(name))
	if err != nil {
		return nil, err
	}
	return &signer{v, k}, nil
}

// Sign returns the Ed25519 signature of msg.
func (s *signer) Sign(msg []byte) ([]byte, error) { return ed25519.Sign(s.key.private, msg), nil }
