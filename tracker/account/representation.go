package account

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// representation is one way to show an output, with its bytes.
type representation struct {
	media string
	bytes []byte
	text  bool // that may be shown as it is: no program
}

// richest are media types in the order in which a front end prefers them; those that are not here come after, texts last.
var richest = []string{"text/html", "text/markdown", "text/latex", "image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "application/json"}

// programs are texts that do something where they are shown as what they are.
var programs = []string{"text/html", "image/svg+xml", "application/xhtml+xml", "application/javascript", "text/javascript"}

// representations returns the ways to show an output, the richest first.
func representations(kind string, content json.RawMessage) (all []representation) {
	var c shownContent
	_ = json.Unmarshal(content, &c) // what is of another shape has none
	switch kind {
	case "stream":
		return []representation{{"text/plain", jsonTexts(c.Text), true}}
	case "error":
		return []representation{{"text/plain", []byte(cmp.Or(strings.Join(c.Traceback, "\n"), c.Ename+": "+c.Evalue)), true}}
	}
	for media, value := range c.Data {
		all = append(all, represent(media, value))
	}
	slices.SortFunc(all, func(a, b representation) int {
		return cmp.Or(cmp.Compare(rank(a.media), rank(b.media)), strings.Compare(a.media, b.media))
	})
	return all
}

func rank(media string) int {
	if at := slices.Index(richest, media); at >= 0 {
		return at
	}
	if media == "text/plain" {
		return len(richest) + 1
	}
	return len(richest)
}

// represent reads the value of a media type as nbformat writes it: texts as they are or in lines, JSON as it is, anything else in base64.
func represent(media string, value json.RawMessage) representation {
	if media == "application/json" || strings.HasSuffix(media, "+json") {
		return representation{media, value, true}
	}
	text := jsonTexts(value)
	if isText(media) {
		return representation{media, text, !slices.Contains(programs, media)}
	}
	packed := bytes.Join(bytes.Fields(text), nil)
	decoded := make([]byte, base64.StdEncoding.DecodedLen(len(packed)))
	if n, err := base64.StdEncoding.Decode(decoded, packed); err == nil {
		return representation{media, decoded[:n], false}
	}
	return representation{media, text, false}
}

func isText(media string) bool {
	return strings.HasPrefix(media, "text/") || strings.HasSuffix(media, "+xml") || media == "application/javascript" || media == "application/xml" || media == "application/x-latex"
}

// jsonTexts returns a JSON string, or strings one behind the other; other values as they are.
func jsonTexts(value json.RawMessage) []byte {
	var text string
	if json.Unmarshal(value, &text) == nil {
		return []byte(text)
	}
	var lines []string
	if json.Unmarshal(value, &lines) == nil {
		return []byte(strings.Join(lines, ""))
	}
	return value
}

// beginning returns at most limit bytes of a text, whole characters.
func beginning(b []byte, limit int) string {
	if len(b) > limit {
		for limit > 0 && !utf8.RuneStart(b[limit]) {
			limit--
		}
		b = b[:limit]
	}
	return strings.ToValidUTF8(string(b), "�")
}
