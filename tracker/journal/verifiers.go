package journal

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"github.com/gemba-ml/gemba/tracker"
)

// verifiers returns who may sign the ledger-wide journal: every key in the ledger's folder of keys;
// none when the ledger began without a key.
func (l layout) verifiers(ledger tracker.ID, key string) (all []note.Verifier) {
	if key == "" {
		return nil
	}
	for _, public := range l.publicKeys() {
		if line, err := note.NewEd25519VerifierKey(origin(ledger), public); err == nil {
			if v, err := note.NewVerifier(line); err == nil {
				all = append(all, v)
			}
		}
	}
	if len(all) == 0 {
		all = append(all, nobody{})
	}
	return all
}

// signerOf returns the id of the key that signed a checkpoint of the ledger-wide journal, told by its
// hash, which one key in the ledger's folder of keys has. It need not be the key that the journal
// began with, so it must be named: who may add a key can sign what others wrote.
func (l layout) signerOf(ledger tracker.ID, hash uint32) string {
	for _, public := range l.publicKeys() {
		line, err := note.NewEd25519VerifierKey(origin(ledger), public)
		if err != nil {
			continue
		}
		if v, err := note.NewVerifier(line); err == nil && v.KeyHash() == hash {
			return keyID(public)
		}
	}
	return ""
}

// verifierOf returns who may sign a journal's checkpoints: its key, or nobody when that is none that
// can be read. No verifier is returned for a journal that is not signed.
func verifierOf(key string) []note.Verifier {
	if key == "" {
		return nil
	}
	if v, err := note.NewVerifier(key); err == nil {
		return []note.Verifier{v}
	}
	return []note.Verifier{nobody{}}
}

// nobody verifies nothing: with it alone, no signature is good.
type nobody struct{}

func (nobody) Name() string            { return "nobody" }
func (nobody) KeyHash() uint32         { return 0 }
func (nobody) Verify(_, _ []byte) bool { return false }

// publicKeys returns the keys in the ledger's folder of keys, by file. A file of another name than its key's
// means nothing: a killed writer leaves one, and a note may not have two verifiers of one key.
func (l layout) publicKeys() map[string][]byte {
	keys := make(map[string][]byte)
	paths, _ := os.ReadDir(l.keys())
	for _, path := range paths {
		b, err := l.readSmall(filepath.Join(l.keys(), path.Name()))
		public := publicOf(string(bytes.TrimSpace(b)))
		if err == nil && public != nil && path.Name() == keyID(public)+".pub" {
			keys[path.Name()] = public
		}
	}
	return keys
}

// publicOf returns the Ed25519 public key in a verifier line, nil when there is none.
func publicOf(line string) []byte {
	parts := strings.SplitN(line, "+", 3)
	if len(parts) != 3 {
		return nil
	}
	b, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(b) != 33 || b[0] != 1 {
		return nil
	}
	return b[1:]
}
