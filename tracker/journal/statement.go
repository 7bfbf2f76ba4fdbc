package journal

import (
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// A statement is a signed note (c2sp.org/signed-note) that carries its own key: its first line is what it is, without blanks, the second the
// verifier line of the key that signed it. Whoever reads it learns that nothing was altered, and who signed.

// errNoKey says that there is nothing to sign with.
var errNoKey = errors.New("there is no key to sign with")

// SignStatement returns the statement that what is so; lines end with a line end each.
func SignStatement(key *Key, what, lines string) ([]byte, error) {
	if key == nil {
		return nil, fmt.Errorf("sign %s: %w", what, errNoKey)
	}
	s, err := key.signer(what)
	if err != nil {
		return nil, fmt.Errorf("sign %s: %w", what, err)
	}
	b, err := note.Sign(&note.Note{Text: what + "\n" + key.verifierKey(what) + "\n" + lines}, s)
	if err != nil {
		return nil, fmt.Errorf("sign %s: %w", what, err)
	}
	return b, nil
}

// OpenStatement verifies a statement and returns its lines and the id of the key that signed it. Its error is
// ErrCorrupt when it was altered.
func OpenStatement(file []byte, what string) (lines, key string, err error) {
	parts := strings.SplitN(string(file), "\n", 3)
	if len(parts) < 3 || parts[0] != what {
		return "", "", fmt.Errorf("open %s: %w: it does not begin as one", what, ErrCorrupt)
	}
	v, err := note.NewVerifier(parts[1])
	if err != nil || v.Name() != what {
		return "", "", fmt.Errorf("open %s: %w: it names no key", what, ErrCorrupt)
	}
	n, err := note.Open(file, note.VerifierList(v))
	if err != nil {
		return "", "", fmt.Errorf("open %s: %w: %w", what, ErrCorrupt, err)
	}
	return strings.SplitN(n.Text, "\n", 3)[2], keyID(publicOf(parts[1])), nil
}
