package tracker

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
