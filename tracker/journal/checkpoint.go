package journal

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/gemba-ml/gemba/tracker"
)

// originPrefix begins the origin of every journal's checkpoints; its id follows.
const originPrefix = "github.com/gemba-ml/gemba/"

// origin is the name of a journal in its checkpoints, and of the key that signs them.
func origin(id tracker.ID) string { return originPrefix + id.String() }

// checkpoint says that a journal had this root when it had this many entries
// (https://c2sp.org/tlog-checkpoint).
type checkpoint struct {
	origin string
	size   int64
	root   tlog.Hash
	signer uint32 // the hash of the key that signed it; 0 when none has
}

func (t *tree) checkpoint(id tracker.ID) checkpoint {
	return checkpoint{origin: origin(id), size: t.n, root: t.root()}
}

// text returns the three lines that are signed.
func (c checkpoint) text() string {
	return fmt.Sprintf("%s\n%d\n%s\n", c.origin, c.size, c.root)
}

// sign returns the text of a checkpoint file: a signed note, or the note's text alone when there is no key.
func (c checkpoint) sign(key *Key) ([]byte, error) {
	if key == nil {
		return []byte(c.text()), nil
	}
	s, err := key.signer(c.origin)
	if err != nil {
		return nil, fmt.Errorf("sign checkpoint: %w", err)
	}
	b, err := note.Sign(&note.Note{Text: c.text()}, s)
	if err != nil {
		return nil, fmt.Errorf("sign checkpoint: %w", err)
	}
	return b, nil
}

// errSignature says that a checkpoint is not signed by the key that should have signed it.
var errSignature = errors.New("not signed by the journal's key")

// openCheckpoint parses a checkpoint file and checks that one of the verifiers' keys signed it. No
// verifier stands for a journal whose checkpoints are not signed.
func openCheckpoint(file []byte, verifiers ...note.Verifier) (checkpoint, error) {
	if len(verifiers) == 0 {
		return parseCheckpoint(string(file))
	}
	n, err := note.Open(file, note.VerifierList(verifiers...))
	if err != nil {
		return checkpoint{}, fmt.Errorf("open checkpoint: %w: %w", errSignature, err)
	}
	c, err := parseCheckpoint(n.Text)
	if err == nil && c.origin != n.Sigs[0].Name {
		err = fmt.Errorf("open checkpoint: %w: it is that of %s", errSignature, c.origin)
	}
	c.signer = n.Sigs[0].Hash
	return c, err
}

func parseCheckpoint(text string) (checkpoint, error) {
	malformed := errors.New("open checkpoint: not a checkpoint")
	lines := strings.SplitN(text, "\n", 4)
	if len(lines) < 4 {
		return checkpoint{}, malformed
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 || lines[1] != strconv.FormatInt(size, 10) {
		return checkpoint{}, malformed
	}
	root, err := base64.StdEncoding.DecodeString(lines[2])
	if err != nil || len(root) != tlog.HashSize {
		return checkpoint{}, malformed
	}
	return checkpoint{origin: lines[0], size: size, root: tlog.Hash(root)}, nil
}
