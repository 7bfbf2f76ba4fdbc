package web

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
)

// CellOutputs is a page of what a cell execution showed.
type CellOutputs struct {
	Items     []CellOutput            `json:"items"`
	Next      string                  `json:"next,omitempty"`
	Total     int                     `json:"total"`     // with those that are missing
	Missing   []account.MissingOutput `json:"missing"`   // whose bytes are not in the ledger
	Status    tracker.Status          `json:"status"`    // of the execution: while it is running more may come
	Truncated bool                    `json:"truncated"` // too much was shown: the middle is not kept
	Dropped   int64                   `json:"dropped_bytes"`
}

// CellOutput is an output and where its representations are.
type CellOutput struct {
	account.Output
	Data []OutputData `json:"data"`
}

// OutputData is a representation and where it is.
type OutputData struct {
	account.Representation
	URL      string `json:"url"`                // its bytes
	Document string `json:"document,omitempty"` // of HTML, SVG and JavaScript that is not too large for it: a page for a frame, without scripts; scripts=true lets them run
}

// parts tells project what of it fields choose.
func (o CellOutputs) parts() (items []any, of reflect.Type, whole func([]map[string]json.RawMessage) any) {
	for _, item := range o.Items {
		items = append(items, item)
	}
	return items, reflect.TypeFor[CellOutput](), func(chosen []map[string]json.RawMessage) any {
		return struct {
			CellOutputs
			Items []map[string]json.RawMessage `json:"items"`
		}{o, chosen}
	}
}

// outputTexts is how many bytes of texts a page of outputs has, unless one output has more.
const outputTexts = 1 << 20

func (s *Server) outputs(c *call) (o CellOutputs, err error) {
	m, err := s.one(c.ctx, c.get("id"), "cell")
	if err != nil {
		return o, err
	}
	from, err := s.offset(c)
	if err != nil {
		return o, err
	}
	cell, err := s.Index.Cell(c.ctx, m.ID)
	if err != nil {
		return o, err
	}
	found, total, next, err := s.account.Outputs(c.ctx, m.ID, from, c.number("limit"), outputTexts)
	o = CellOutputs{Items: placedOutputs(m.ID, found.Items), Total: total, Missing: found.Missing, Status: cell.Status, Truncated: cell.Truncated, Dropped: cell.DroppedBytes}
	if next > 0 {
		o.Next = s.cursor(c, strconv.Itoa(next))
	}
	return o, err
}

func placedOutputs(cell tracker.ID, all []account.Output) []CellOutput {
	list := make([]CellOutput, len(all))
	for i, out := range all {
		list[i] = CellOutput{out, make([]OutputData, len(out.Data))}
		for k, x := range out.Data {
			at := fmt.Sprintf("/api/cells/%s/outputs/%d", cell, out.N)
			query := "?" + url.Values{"type": {x.Type}}.Encode()
			list[i].Data[k] = OutputData{x, at + query, ""}
			if slices.Contains(documentMedia, x.Type) && x.Size <= maxDocument {
				list[i].Data[k].Document = at + "/document" + query
			}
		}
	}
	return list
}

// representation reads the output that a request names, and tells the client when it has it already.
func (s *Server) representation(w http.ResponseWriter, c *call) (b []byte, media string, known bool, err error) {
	m, err := s.one(c.ctx, c.get("id"), "cell")
	if err != nil {
		return nil, "", false, err
	}
	b, media, err = s.account.Representation(c.ctx, m.ID, c.number("n"), c.get("type"))
	if err != nil {
		return nil, "", false, err
	}
	sum := sha256.Sum256(append([]byte(s.Version+"\x00"+c.URL.RawQuery+"\x00"), b...))
	tag := `"` + base64.RawURLEncoding.EncodeToString(sum[:15]) + `"`
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "private, no-cache")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-DNS-Prefetch-Control", "off")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Security-Policy", framePolicy(c.flag("scripts"))) // also without the bytes: browsers take it in the place of what they kept
	if known = slices.Contains(tags(c.Header.Get("If-None-Match")), tag); known {
		w.WriteHeader(http.StatusNotModified)
	}
	return b, media, known, nil
}

// output answers with the bytes of one representation of an output, which a page can show as an image or a text, or save.
func (s *Server) output(w http.ResponseWriter, c *call) error {
	b, media, known, err := s.representation(w, c)
	if err != nil || known {
		return err
	}
	said, attached := outputMedia(media)
	h := w.Header()
	h.Set("Content-Type", said)
	h.Set("Content-Length", strconv.Itoa(len(b)))
	if name := c.get("name"); attached || name != "" {
		h.Set("Content-Disposition", disposition(attached, name))
	}
	if c.Method != http.MethodHead {
		_, _ = w.Write(b) // who is gone needs no answer
	}
	return nil
}

// texts answers with what streams and errors said, to be saved: pages of outputs would take long to get there.
func (s *Server) texts(w http.ResponseWriter, c *call) error {
	m, err := s.one(c.ctx, c.get("id"), "cell")
	if err != nil {
		return err
	}
	if _, err := s.Index.Cell(c.ctx, m.ID); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Content-Security-Policy", framePolicy(false))
	h.Set("Content-Disposition", disposition(true, cmp.Or(c.get("name"), "output.txt")))
	if c.Method == http.MethodHead {
		return nil
	}
	if err := s.account.WriteTexts(c.ctx, m.ID, w); err != nil {
		_, _ = fmt.Fprintf(w, "\n[the rest could not be read: %v]\n", err) // the status is sent already; who is gone needs no answer
	}
	return nil
}

// outputMedia is mediaOf for outputs: their types are more than those of files, and SVG is shown, where it can do nothing.
func outputMedia(media string) (said string, attached bool) {
	name, _, err := mime.ParseMediaType(media)
	switch {
	case err != nil:
	case name == "image/svg+xml":
		return name, false
	case strings.HasSuffix(name, "+json"):
		return "application/json", false
	case strings.HasPrefix(name, "text/") && !slices.Contains(savedMedia, name) && !slices.Contains(shownMedia, name):
		return "text/plain; charset=utf-8", false
	}
	return mediaOf(media)
}
