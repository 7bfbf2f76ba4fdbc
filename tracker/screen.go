package tracker

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"slices"
)

// Screen finds secrets in what is about to be written. Each method returns them first to last, none
// overlapping another.
type Screen interface {
	// Text looks through plain text.
	Text(text []byte) []Secret
	// JSON looks through JSON values that a user's program made, Document through JSON lines of gemba's
	// own: what replaces a secret leaves them valid, and in a Document digests are kept.
	JSON(values []byte) []Secret
	Document(lines []byte) []Secret
	// Stream looks through the text of a stream, as it is inside of a JSON string, and tells from
	// where on its end may be the beginning of a secret that what follows will complete.
	Stream(text []byte) (found []Secret, open int)
	// Remember keeps a value out of all that is written from now on; rule says why it is a secret.
	Remember(rule, secret string)
}

// Secret is a place in a text that holds a secret, and what is written instead.
type Secret struct {
	Start, End int
	Rule       string // which found it
	Mark       string
}

// Replace returns text with its secrets replaced by their marks. Without any it returns text itself.
func Replace(text []byte, secrets []Secret) []byte {
	if len(secrets) == 0 {
		return text
	}
	b := make([]byte, 0, len(text))
	at := 0
	for _, s := range secrets {
		b = append(append(b, text[at:s.Start]...), s.Mark...)
		at = s.End
	}
	return append(b, text[at:]...)
}

// maxScreened is how large a text is looked through as a whole, in bytes: it is held in memory meanwhile.
const maxScreened = 64 << 20

// verbatim are the kinds of artifacts that must come back byte for byte, as snapshots do.
var verbatim = []string{"model", "checkpoint", "dataset"}

// ScreenArtifact returns what r reads without its secrets, and how many there were, where that is a text of at most 64 MiB (one without a
// zero byte among the first 8000) and not a model, checkpoint or dataset. All else is as it was. A nil screen takes nothing out.
func ScreenArtifact(r io.Reader, kind string, screen Screen) (_ io.Reader, secrets int, err error) {
	if screen == nil || slices.Contains(verbatim, kind) {
		return r, 0, nil
	}
	buffered := bufio.NewReaderSize(r, 8000)
	if head, err := buffered.Peek(8000); err != nil && err != io.EOF {
		return nil, 0, err
	} else if bytes.IndexByte(head, 0) >= 0 {
		return buffered, 0, nil
	}
	text, err := io.ReadAll(io.LimitReader(buffered, maxScreened+1))
	if err != nil {
		return nil, 0, err
	}
	if len(text) > maxScreened {
		return io.MultiReader(bytes.NewReader(text), buffered), 0, nil
	}
	found := screen.Text(text)
	return bytes.NewReader(Replace(text, found)), len(found), nil
}

// Screened tells that an artifact is kept without its secrets.
func Screened(artifact string, secrets int) string {
	if secrets == 1 {
		return "artifact " + artifact + " is kept without a secret that it holds"
	}
	return fmt.Sprintf("artifact %s is kept without %d secrets that it holds", artifact, secrets)
}

// ScreenValue returns the value of a param or tag as it is kept. A nil screen takes nothing out.
func ScreenValue(screen Screen, key, value string) string {
	if screen == nil {
		return value
	}
	if kept, found := screenMember(screen.JSON, key, value); len(found) > 0 {
		value = kept
	}
	kept, _ := screenMember(screen.Document, "value", value)
	return kept
}

// screenMember looks through an object of one member, and returns its value without the secrets that look finds.
func screenMember(look func([]byte) []Secret, key, value string) (string, []Secret) {
	pair, err := json.Marshal(map[string]string{key: value})
	if err != nil {
		return value, nil // strings always encode
	}
	found := look(pair)
	var clean map[string]string
	if len(found) == 0 || json.Unmarshal(Replace(pair, found), &clean) != nil {
		return value, nil // what is replaced leaves it valid
	}
	for _, text := range clean { // the one there is
		value = text
	}
	return value, found
}
