package gitstate

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
)

// conversion is how git makes a blob from the bytes of a file (gitattributes, "Effects").
type conversion struct {
	text     bool   // line ends become \n
	auto     bool   // only if it looks like text
	ident    bool   // $Id: …$ becomes $Id$
	filter   string // the name of a filter program
	encoding string // of the work tree's bytes; the blob is UTF-8
}

// conversionOf tells how a path is converted.
func conversionOf(attributes attributeSet, c *config, path string) (v conversion) {
	if attributes != (attributeSet{}) {
		text := attributes.get(path, "text")
		if text == noValue {
			text = attributes.get(path, "crlf")
		}
		eol := attributes.get(path, "eol")
		v.auto = text == "auto"
		v.text = v.auto || text == isSet || text == "input" || text != isUnset && (eol == "crlf" || eol == "lf")
		v.ident = attributes.get(path, "ident") == isSet
		if v.filter = attributes.get(path, "filter"); v.filter == isSet || v.filter == isUnset {
			v.filter = ""
		}
		if v.encoding = attributes.get(path, "working-tree-encoding"); v.encoding == isSet || v.encoding == isUnset || strings.EqualFold(v.encoding, "utf-8") {
			v.encoding = ""
		}
		if v.text || text == isUnset {
			return v
		}
	}
	if crlf := strings.ToLower(c.last("core.autocrlf")); crlf == "input" || c.is("core.autocrlf", false) && crlf != "" {
		v.text, v.auto = true, true
	}
	return v
}

// known reports whether toGit can do what git would do.
func (v conversion) known() bool { return v.encoding == "" && (v.filter == "" || v.filter == "lfs") }

func (v conversion) none() bool { return v == conversion{} }

// name says what converts, for people and for the document.
func (v conversion) name() string {
	switch {
	case v.filter != "":
		return v.filter
	case v.encoding != "":
		return "encoding " + v.encoding
	case v.ident:
		return "ident"
	}
	return "line ends"
}

var identity = regexp.MustCompile(`\$Id:[^$\n]*\$`)

// toGit returns the blob that git would make of a file's bytes.
func (v conversion) toGit(b []byte) []byte {
	if v.filter == "lfs" {
		return lfsPointer(b)
	}
	if v.text && !(v.auto && bytes.IndexByte(b, 0) >= 0) {
		b = bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n"))
	}
	if v.ident {
		b = identity.ReplaceAll(b, []byte("$$Id$$"))
	}
	return b
}

// onlyCRLF reports whether a file's bytes are those of a text whose every \n became \r\n.
func onlyCRLF(b []byte) bool {
	n := bytes.Count(b, []byte("\r\n"))
	return n > 0 && n == bytes.Count(b, []byte("\n"))
}

// lfsVersion is the first line of the pointers that git-lfs (github.com/git-lfs/git-lfs, docs/spec.md) puts in the
// place of large files.
const lfsVersion = "version https://git-lfs.github.com/spec/v1\n"

// maxPointer is how many bytes a pointer has at most.
const maxPointer = 1024

// lfsPointer returns the pointer to a file's bytes; a pointer is its own.
func lfsPointer(b []byte) []byte {
	if _, _, ok := parsePointer(b); ok || len(b) == 0 {
		return b
	}
	return fmt.Appendf(nil, "%soid sha256:%x\nsize %d\n", lfsVersion, sha256.Sum256(b), len(b))
}

// parsePointer returns the SHA-256, in hexadecimal, and the size of what a pointer points at.
func parsePointer(b []byte) (hash string, size int64, ok bool) {
	if len(b) > maxPointer || !bytes.HasPrefix(b, []byte(lfsVersion)) {
		return "", 0, false
	}
	for line := range strings.Lines(string(b)) {
		key, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		switch key {
		case "oid":
			hash = strings.TrimPrefix(value, "sha256:")
		case "size":
			size, _ = strconv.ParseInt(value, 10, 64)
		}
	}
	return hash, size, isHash(hash) && len(hash) == 64
}

// blobHash returns the name that git gives to a blob.
func blobHash(b []byte) (h plumbing.Hash) {
	w := sha1.New()
	fmt.Fprintf(w, "blob %d\x00", len(b))
	_, _ = w.Write(b)
	w.Sum(h[:0])
	return h
}
