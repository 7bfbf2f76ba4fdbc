package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
)

// param is a parameter of a path or a query.
type param struct {
	name    string
	kind    paramKind
	about   string
	needed  bool     // of the path they all are
	choices []string // what it may be; empty: anything
	least   int      // of a number
	most    int
	usual   string // what it is when it is not given
	many    bool   // it may be given more than once
}

// paramKind is what a parameter's text is read as.
type paramKind string

const (
	text    paramKind = "string"
	integer paramKind = "integer"
	boolean paramKind = "boolean"
	moment  paramKind = "date-time"
)

// call is a request whose parameters are as the route wants them.
type call struct {
	*http.Request
	ctx    context.Context
	route  route
	values url.Values
	body   any
}

// maxBody is how long a request's body may be, in bytes.
const maxBody = 1 << 20

// newCall checks what a request asks for.
func newCall(r *http.Request, of route) (*call, error) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, kind(errWrong, "read query: %v", err)
	}
	c := &call{r, r.Context(), of, values, nil}
	for name := range values {
		if !slices.ContainsFunc(of.params, func(p param) bool { return p.name == name }) {
			return nil, hint(kind(errWrong, "there is no parameter %q", name), "there are %s", names(of.params))
		}
	}
	for _, p := range of.params {
		if strings.Contains(of.path, "{"+p.name+"}") {
			values.Set(p.name, r.PathValue(p.name))
		}
		if err := p.check(values); err != nil {
			return nil, err
		}
	}
	return c, c.readBody()
}

func names(params []param) string {
	var all []string
	for _, p := range params {
		all = append(all, p.name)
	}
	if all == nil {
		return "none"
	}
	return strings.Join(all, ", ")
}

// check refuses values that the parameter does not take, and puts in the usual one.
func (p param) check(values url.Values) error {
	list := slices.DeleteFunc(values[p.name], func(v string) bool { return v == "" })
	switch {
	case len(list) == 0 && p.needed:
		return kind(errWrong, "the parameter %s is needed", p.name)
	case len(list) == 0 && p.usual != "":
		list = []string{p.usual}
	case len(list) > 1 && !p.many:
		return kind(errWrong, "the parameter %s is given more than once", p.name)
	case p.many && p.most > 0 && len(list) > p.most:
		return kind(errWrong, "the parameter %s is given %d times: at most %d are taken", p.name, len(list), p.most)
	}
	for _, v := range list {
		if err := p.fits(v); err != nil {
			return err
		}
	}
	values[p.name] = list
	return nil
}

func (p param) fits(v string) error {
	if len(p.choices) > 0 && !slices.Contains(p.choices, v) {
		return kind(errWrong, "%s=%.80q is none of %s", p.name, v, strings.Join(p.choices, ", "))
	}
	switch p.kind {
	case integer:
		n, err := strconv.Atoi(v)
		if err != nil || n < p.least || p.most > 0 && n > p.most {
			return kind(errWrong, "%s=%.80q is no whole number from %d to %s", p.name, v, p.least, p.greatest())
		}
	case boolean:
		if v != "true" && v != "false" {
			return kind(errWrong, "%s=%.80q is neither true nor false", p.name, v)
		}
	case moment:
		if _, err := time.Parse(time.RFC3339, v); err != nil {
			return kind(errWrong, "%s=%.80q is no time such as 2006-01-02T15:04:05Z", p.name, v)
		}
	}
	return nil
}

func (p param) greatest() string {
	if p.most == 0 {
		return fmt.Sprint(math.MaxInt)
	}
	return fmt.Sprint(p.most)
}

// readBody reads the request's body as the route wants it.
func (c *call) readBody() error {
	if c.route.body == nil {
		return nil
	}
	body := reflect.New(reflect.TypeOf(c.route.body))
	d := json.NewDecoder(http.MaxBytesReader(nil, c.Request.Body, maxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(body.Interface()); err != nil {
		return kind(errWrong, "read the request's body: %v", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return kind(errWrong, "read the request's body: something follows the JSON value")
	}
	c.body = body.Elem().Interface()
	return nil
}

// get returns a parameter's text, empty when it is not given.
func (c *call) get(name string) string   { return c.values.Get(name) }
func (c *call) all(name string) []string { return c.values[name] }
func (c *call) flag(name string) bool    { return c.get(name) == "true" }

// number returns a parameter that check has found to be a number; zero when it is not given.
func (c *call) number(name string) int {
	n, _ := strconv.Atoi(c.get(name))
	return n
}

// time returns a parameter that check has found to be a time; the zero time when it is not given.
func (c *call) time(name string) time.Time {
	t, _ := time.Parse(time.RFC3339, c.get(name))
	return t
}

// words returns a parameter's words between commas.
func (c *call) words(name string) (all []string) {
	for _, v := range c.all(name) {
		for word := range strings.SplitSeq(v, ",") {
			if word = strings.TrimSpace(word); word != "" {
				all = append(all, word)
			}
		}
	}
	return all
}
