package web

import (
	"bytes"
	"html/template"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
)

// What a recorded output holds is hostile: whoever wrote the notebook, or the data in it, wrote it, and it is shown beside the ledger of who
// looks at it. So it comes as a document of its own, for a frame: of no origin (sandbox), which can load nothing and send nothing.

// documentMedia are the media types that are shown so.
var documentMedia = []string{"text/html", "image/svg+xml", "application/javascript", "text/javascript", "application/xhtml+xml"}

// framePolicy is what a document may do (https://www.w3.org/TR/CSP3/): show what it has in it.
func framePolicy(scripts bool) string {
	const nothing = "; default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; media-src data:; base-uri 'none'; form-action 'none'; webrtc 'block'"
	const embedded = "; frame-ancestors 'self'"
	if scripts {
		return "sandbox allow-scripts" + nothing + "; script-src 'unsafe-inline' 'unsafe-eval'" + embedded
	}
	return "sandbox" + nothing + embedded
}

// metaPolicy is framePolicy for a client that has no frame with headers, and puts the document's text into one: what a meta element may say.
func metaPolicy(scripts bool) string {
	_, policy, _ := strings.Cut(framePolicy(scripts), "; ")
	policy, _, _ = strings.Cut(policy, "; frame-ancestors")
	return policy
}

// maxDocument is how long an output may be that is shown in a frame, in bytes.
const maxDocument = 32 << 20

var documentPage = template.Must(template.New("").Parse(`<!doctype html>
<html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{{.Policy}}"><meta http-equiv="x-dns-prefetch-control" content="off">
<meta name="referrer" content="no-referrer"><meta name="color-scheme" content="{{.Theme}}"><title>output</title>
<style>html{font:13px/1.4 system-ui,sans-serif}body{margin:0}svg,img{max-width:100%}</style></head><body>
`))

// outputDocument answers with an output as a page for a frame.
func (s *Server) outputDocument(w http.ResponseWriter, c *call) error {
	b, media, known, err := s.representation(w, c)
	if err != nil || known {
		return err
	}
	return writeDocument(w, c, media, b)
}

// blobDocument answers with a blob, such as an artifact of a run, as a page for a frame.
func (s *Server) blobDocument(w http.ResponseWriter, c *call) error {
	d, err := tracker.ParseDigest(c.get("digest"))
	if err != nil || d.IsZero() {
		return kind(errWrong, "%.80q is no digest, which is sha256: and 64 hexadecimal digits", c.get("digest"))
	}
	r, size, err := s.Ledger.Blobs().Open(d)
	if err != nil {
		return err
	}
	defer r.Close()
	if size > maxDocument {
		return hint(kind(errWrong, "it is too large for a frame: %s", account.HumanBytes(size)), "save it")
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	return writeDocument(w, c, c.get("type"), b)
}

// reaching are elements for which browsers connect to other machines before any policy is asked, or go elsewhere. They are found byte by byte,
// and not by a parser, which might see another document than the browser does. Scripts can make them anew: who lets those run wants that.
var reaching = regexp.MustCompile(`(?i)<(link|meta|base|iframe|frame|frameset|object|embed|portal|fencedframe)\b`)

// withoutReach makes them elements that no browser knows. Where scripts run, frames stay: some figures are in one.
func withoutReach(b []byte, scripts bool) []byte {
	return reaching.ReplaceAllFunc(b, func(tag []byte) []byte {
		if scripts && bytes.EqualFold(tag, []byte("<iframe")) {
			return tag
		}
		return slices.Concat([]byte("<gm-"), tag[1:])
	})
}

func writeDocument(w http.ResponseWriter, c *call, media string, b []byte) error {
	h := w.Header()
	switch {
	case !slices.Contains(documentMedia, media):
		h.Del("ETag")
		return hint(kind(errWrong, "%s is not shown as a document", media), "there are %s", strings.Join(documentMedia, ", "))
	case len(b) > maxDocument:
		h.Del("ETag")
		return hint(kind(errWrong, "it is too large for a frame: %s", account.HumanBytes(int64(len(b)))), "save it")
	}
	scripts := c.flag("scripts")
	var page bytes.Buffer
	if err := documentPage.Execute(&page, struct{ Policy, Theme string }{metaPolicy(scripts), c.get("theme")}); err != nil {
		return err
	}
	if strings.HasSuffix(media, "javascript") { // its texts must not end the element
		b = slices.Concat([]byte("<script>"), bytes.ReplaceAll(b, []byte("</"), []byte(`<\/`)), []byte("</script>"))
	} else {
		b = withoutReach(b, scripts)
	}
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-DNS-Prefetch-Control", "off")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Security-Policy", framePolicy(scripts))
	if c.Method != http.MethodHead {
		_, _ = page.Write(b)
		_, _ = w.Write(page.Bytes()) // who is gone needs no answer
	}
	return nil
}
