package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/klauspost/compress/gzip"
)

// answer brings the index up to date, and writes what the route answers, or only that it is what the client has already.
func (s *Server) answer(w http.ResponseWriter, c *call) error {
	if err := s.fresh.upToDate(c.ctx, s.Index, s.Now); err != nil {
		return fmt.Errorf("read the ledger: %w", err)
	}
	if c.route.does.stream != nil {
		return c.route.does.stream(s, w, c)
	}
	if c.route.method == http.MethodGet && !c.route.does.always {
		tag, err := s.tag(c)
		if err != nil {
			return err
		}
		w.Header().Set("ETag", tag)
		if slices.Contains(tags(c.Header.Get("If-None-Match")), tag) {
			w.Header().Set("Cache-Control", "private, no-cache")
			w.WriteHeader(http.StatusNotModified)
			return nil
		}
	}
	v, err := c.route.does.value(s, c)
	if err != nil {
		w.Header().Del("ETag")
		return err
	}
	if fields := c.words("fields"); len(fields) > 0 {
		if v, err = project(v, fields); err != nil {
			w.Header().Del("ETag")
			return err
		}
	}
	return writeJSON(w, c.Request, http.StatusOK, v)
}

// tag names an answer: it stays while the ledger, the program and the question do. It is weak, since compressing is no other answer.
func (s *Server) tag(c *call) (string, error) {
	stand, err := s.Index.Stand(c.ctx)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(s.Version + "\x00" + s.Dir + "\x00" + stand.String() + "\x00" + c.URL.Path + "?" + c.values.Encode()))
	return `W/"` + base64.RawURLEncoding.EncodeToString(sum[:15]) + `"`, nil
}

// tags reads a list of entity tags (RFC 9110, section 13.1.2).
func tags(header string) (all []string) {
	for tag := range strings.SplitSeq(header, ",") {
		all = append(all, strings.TrimSpace(tag))
	}
	return all
}

// leastCompressed is from how many bytes on an answer is compressed: a shorter one fits one packet anyway.
const leastCompressed = 1400

var compressors = sync.Pool{New: func() any { z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed); return z }} // the level is one

// writeJSON writes v, compressed if the client takes that.
func writeJSON(w http.ResponseWriter, r *http.Request, status int, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("write answer: %w", err)
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Vary", "Accept-Encoding, Cookie")
	if h.Set("Cache-Control", "no-store"); h.Get("ETag") != "" {
		h.Set("Cache-Control", "private, no-cache")
	}
	if b.Len() < leastCompressed || !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		w.WriteHeader(status)
		_, _ = w.Write(b.Bytes()) // who is gone needs no answer
		return nil
	}
	h.Set("Content-Encoding", "gzip")
	w.WriteHeader(status)
	z := compressors.Get().(*gzip.Writer)
	defer compressors.Put(z)
	z.Reset(w)
	_, _ = z.Write(b.Bytes())
	_ = z.Close() // as above
	return nil
}

// Page is a part of a list.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`  // the after of the next page; without it there is none
	Total *int   `json:"total,omitempty"` // of the whole list, where that is known at once or asked for
}

// parts tells project what a page holds.
func (p Page[T]) parts() (items []any, of reflect.Type, whole func([]map[string]json.RawMessage) any) {
	for _, item := range p.Items {
		items = append(items, item)
	}
	return items, reflect.TypeFor[T](), func(chosen []map[string]json.RawMessage) any {
		return Page[map[string]json.RawMessage]{chosen, p.Next, p.Total}
	}
}

// project leaves of an answer's members, or of a page's items', those that are named.
func project(v any, fields []string) (any, error) {
	page, paged := v.(interface {
		parts() ([]any, reflect.Type, func([]map[string]json.RawMessage) any)
	})
	if !paged {
		return chosen(v, reflect.TypeOf(v), fields)
	}
	items, of, whole := page.parts()
	list := make([]map[string]json.RawMessage, len(items))
	if _, err := checkFields(of, fields); err != nil {
		return nil, err
	}
	for i, item := range items {
		var err error
		if list[i], err = chosen(item, of, fields); err != nil {
			return nil, err
		}
	}
	return whole(list), nil
}

func checkFields(of reflect.Type, fields []string) ([]string, error) {
	known := members(of)
	for _, f := range fields {
		if !slices.Contains(known, f) {
			return nil, hint(kind(errWrong, "there is no field %q", f), "there are %s", strings.Join(known, ", "))
		}
	}
	return known, nil
}

func chosen(v any, of reflect.Type, fields []string) (map[string]json.RawMessage, error) {
	if _, err := checkFields(of, fields); err != nil {
		return nil, err
	}
	b, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write answer: %w", err)
	}
	var all map[string]json.RawMessage
	if err := json.Unmarshal(b, &all); err != nil {
		return nil, fmt.Errorf("choose fields: %w", err)
	}
	for name := range all {
		if !slices.Contains(fields, name) {
			delete(all, name)
		}
	}
	return all, nil
}
