package web

import (
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
)

// What recorded bytes are is said by whoever recorded them, and must not be believed: a page of the same origin would act for its reader. So
// only these are shown as what they are said to be; all else is to be saved.
var shownMedia = []string{"text/plain", "text/csv", "text/markdown", "application/json", "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif",
	"audio/mpeg", "audio/wav", "audio/ogg", "video/mp4", "video/webm", "application/pdf"}

// savedMedia are told as what they are said to be, and are to be saved all the same.
var savedMedia = []string{"text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript"}

// blob answers with the bytes that a digest names. It never opens a path that a client gives.
func (s *Server) blob(w http.ResponseWriter, c *call) error {
	d, err := tracker.ParseDigest(c.get("digest"))
	if err != nil || d.IsZero() {
		return kind(errWrong, "%.80q is no digest, which is sha256: and 64 hexadecimal digits", c.get("digest"))
	}
	tag := `"` + d.String() + `"`
	h := w.Header()
	h.Set("Cache-Control", "private, max-age=31536000, immutable")                          // a digest names the same bytes for ever
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'; frame-ancestors 'self'") // also without the bytes
	for _, known := range tags(c.Header.Get("If-None-Match")) {
		if known == tag {
			h.Set("ETag", tag)
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	r, size, err := s.Ledger.Blobs().Open(d)
	if err != nil {
		h.Del("Cache-Control")
		return fmt.Errorf("open %s: %w", d, err)
	}
	defer r.Close()
	media, attached := mediaOf(c.get("type"))
	h.Set("ETag", tag)
	h.Set("Content-Type", media)
	h.Set("Content-Length", strconv.FormatInt(size, 10))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if name := c.get("name"); attached || name != "" {
		h.Set("Content-Disposition", disposition(attached, name))
	}
	if c.Method == http.MethodHead {
		return nil
	}
	_, err = io.Copy(w, r)
	if err != nil { // half an answer must not look whole
		panic(http.ErrAbortHandler)
	}
	return nil
}

// mediaOf returns the media type to tell, and whether the bytes are to be saved and not shown.
func mediaOf(said string) (media string, attached bool) {
	name, _, err := mime.ParseMediaType(said)
	if err != nil {
		return "application/octet-stream", true
	}
	for _, shown := range shownMedia {
		if name == shown {
			if strings.HasPrefix(name, "text/") {
				name += "; charset=utf-8"
			}
			return name, false
		}
	}
	for _, saved := range savedMedia {
		if name == saved {
			return name, true
		}
	}
	return "application/octet-stream", true
}

// disposition says whether to save, and under which name: never one with a folder.
func disposition(attached bool, name string) string {
	how := map[bool]string{true: "attachment", false: "inline"}[attached]
	if at := strings.LastIndexAny(name, `/\`); at >= 0 {
		name = name[at+1:]
	}
	if name == "" {
		return how
	}
	return mime.FormatMediaType(how, map[string]string{"filename": name})
}
