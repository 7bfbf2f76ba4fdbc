package web

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// A cursor is what a page's next is: which ledger and question it belongs to, and where the page ends.

// question names the ledger and what is asked of it, apart from which page, and from parameters of some names.
func (s *Server) question(c *call, but ...string) string {
	asked := url.Values{}
	but = append(but, "after", "limit", "fields", "total", "columns")
	for name, values := range c.values {
		if !slices.Contains(but, name) {
			asked[name] = values
		}
	}
	sum := sha256.Sum256([]byte(s.Dir + "\x00" + c.URL.Path + "?" + asked.Encode()))
	return hex.EncodeToString(sum[:6])
}

// cursor writes where a page ends; nothing stays nothing.
func (s *Server) cursor(c *call, mark string) string {
	if mark == "" {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(s.question(c) + ":" + mark))
}

// mark reads the cursor of a request, empty when it has none.
func (s *Server) mark(c *call) (string, error) {
	after := c.get("after")
	if after == "" {
		return "", nil
	}
	b, err := base64.RawURLEncoding.DecodeString(after)
	of, mark, found := strings.Cut(string(b), ":")
	if err != nil || !found {
		return "", kind(errCursor, "after is no cursor of this interface")
	}
	if of != s.question(c) {
		return "", kind(errCursor, "after is the cursor of another question, or of another ledger")
	}
	return mark, nil
}

// offset is mark for lists that are read by their places.
func (s *Server) offset(c *call) (int, error) {
	mark, err := s.mark(c)
	if err != nil || mark == "" {
		return 0, err
	}
	n, err := strconv.Atoi(mark)
	if err != nil || n < 0 {
		return 0, kind(errCursor, "after is no cursor of this interface")
	}
	return n, nil
}

// paged returns a page of a list that is at hand whole.
func paged[T any](s *Server, c *call, list []T) (Page[T], error) {
	from, err := s.offset(c)
	if err != nil {
		return Page[T]{}, err
	}
	total := len(list)
	from = min(from, total)
	to := min(from+c.number("limit"), total)
	p := Page[T]{Items: append([]T{}, list[from:to]...), Total: &total}
	if to < total {
		p.Next = s.cursor(c, strconv.Itoa(to))
	}
	return p, nil
}
