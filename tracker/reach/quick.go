package reach

import (
	"bytes"
	"encoding/hex"

	"github.com/gemba-ml/gemba/tracker"
)

// named is a digest and whether it names a document.
type named struct {
	digest   tracker.Digest
	document bool
}

var prefix = []byte(`"sha256:`)

// quick finds the digests in a line without parsing it, which is many times faster: those that are the value of
// a member, as gemba writes lines. It reports false where one is anything else, which a parser has to see. Quotes within
// JSON strings are escaped, so a quote behind a colon begins a value.
func quick(line []byte) (found []named, ok bool) {
	for at := 0; ; {
		i := bytes.Index(line[at:], prefix)
		if i < 0 {
			return found, true
		}
		start := at + i
		at = start + len(prefix)
		end := at + hex.EncodedLen(len(tracker.Digest{}))
		if end+1 >= len(line) || line[end] != '"' || line[end+1] != ',' && line[end+1] != '}' {
			return nil, false
		}
		member, ok := memberBefore(line[:start])
		if !ok {
			return nil, false
		}
		var d tracker.Digest
		if _, err := hex.Decode(d[:], line[at:end]); err != nil {
			return nil, false
		}
		found = append(found, named{d, tracker.DocumentMember(member)})
		at = end
	}
}

// memberBefore returns the name of the member whose value begins behind b.
func memberBefore(b []byte) (string, bool) {
	name, ok := bytes.CutSuffix(b, []byte(`":`))
	start := bytes.LastIndexByte(name, '"')
	if !ok || start < 1 || name[start-1] != ',' && name[start-1] != '{' || bytes.IndexByte(name[start:], '\\') >= 0 {
		return "", false
	}
	return string(name[start+1:]), true
}
