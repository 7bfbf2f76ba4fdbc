package secrets

import (
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
)

// token is a secret that no rule needs anything around of.
const token = "ghp" + "_" + "R4nd0mR4nd0mW0rdsBcDfGhJkLmNpQrStVwX"

func TestPlacesOfSecrets(t *testing.T) {
	s := New(Options{Key: []byte("key")})
	mark := s.mark("github-pat", token)
	const sums = "example.org/auth v0.23.2 h1:pxSCpfiji41hpzpPdMCftEUCezpgpqmmDdYiAjCKXxo=\n"
	for name, test := range map[string]struct{ in, want string }{
		"alone":                      {token, mark},
		"between":                    {"é " + token + " ü", "é " + mark + " ü"},
		"in colour":                  {"\x1b[31m" + token + "\x1b[0m", "\x1b[31m" + mark + "\x1b[0m"},
		"colour within":              {"a \x1b[1m" + token[:9] + "\x1b[31m" + token[9:] + "\x1b[0m b", "a \x1b[1m" + mark + "\x1b[0m b"},
		"an escape that is none":     {"\x1b" + token + "\x1b[", "\x1b" + mark + "\x1b["},
		"in a string in a string":    {`"{\"a\":\"` + token + `\"}"`, `"{\"a\":\"` + mark + `\"}"`},
		"letters escaped":            {`\u0067` + token[1:] + `\"`, mark + `\"`},
		"twice":                      {token + "\n" + token, mark + "\n" + mark},
		"no secret":                  {"ghp_short", "ghp_short"},
		"go.sum":                     {sums, sums},
		"a mark":                     {mark, mark},
		"part of what a gitleaks id": {"sha256:" + strings.Repeat("ab12", 16), "sha256:" + strings.Repeat("ab12", 16)},
	} {
		t.Run(name, func(t *testing.T) {
			if got, _ := s.Redact([]byte(test.in)); string(got) != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestPlacesInJSON(t *testing.T) {
	s := New(Options{Key: []byte("key")})
	s.Remember("password", "5551234567")
	mark := s.mark("github-pat", token)
	digest := tracker.DigestOf([]byte("x")).String()
	for name, test := range map[string]struct {
		find     func([]byte) []tracker.Secret
		in, want string
	}{
		"value":             {s.JSON, `{"a":"` + token + `"}`, `{"a":"` + mark + `"}`},
		"name":              {s.JSON, `{"` + token + `":1}`, `{"` + mark + `":1}`},
		"after an escape":   {s.JSON, `["x\n` + token + `\u00e9"]`, `["x\n` + mark + `\u00e9"]`},
		"escaped itself":    {s.JSON, `["\u0067` + token[1:] + `"]`, `["` + mark + `"]`},
		"named by its name": {s.JSON, `{"api_key": "kx82HqZ71bvT5dLw"}`, `{"api_key": "` + s.mark("generic-api-key", "kx82HqZ71bvT5dLw") + `"}`},
		"number":            {s.JSON, `{"pin":5551234567}`, `{"pin":"` + s.mark("password", "5551234567") + `"}`},
		"picture":           {s.JSON, `{"image/png":"` + token + `"}`, `{"image/png":"` + token + `"}`},
		"SVG":               {s.JSON, `{"image/svg+xml":"<` + token + `>"}`, `{"image/svg+xml":"<` + mark + `>"}`},
		"digest":            {s.Document, `{"token":"` + digest + `"}`, `{"token":"` + digest + `"}`},
		"lines":             {s.Document, `{"a":"` + token + `"}` + "\n" + `{"b":"x"}` + "\n", `{"a":"` + mark + `"}` + "\n" + `{"b":"x"}` + "\n"},
		"names are ours":    {s.Document, `{"api_key": "kx82HqZ71bvT5dLw"}`, `{"api_key": "kx82HqZ71bvT5dLw"}`},
		"no JSON":           {s.JSON, `{"a":"` + token, `{"a":"` + mark},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tracker.Replace([]byte(test.in), test.find([]byte(test.in))); string(got) != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

// fuzzed returns a Screener that keeps out one value.
func fuzzed(rules func() *ruleset, secret string) *Screener {
	s := New(Options{Key: []byte("key")})
	s.rules = rules
	s.Remember("password", secret)
	return s
}

// FuzzJSON replaces a value in any JSON: what comes out is JSON without it.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{`{"a":["b\u001b[1m",1.5e3,null,{"c":"\ud83d\ude00"}]}`, `"hunter2"`, `[1234567, "12345\u0036\u0037"]`, `{"":"\\"}`} {
		f.Add(seed, "1234567")
	}
	rules := sync.OnceValue(loadRules)
	f.Fuzz(func(t *testing.T, text, secret string) {
		if !json.Valid([]byte(text)) || len(secret) < shortest {
			return
		}
		s := fuzzed(rules, secret)
		for _, find := range []func([]byte) []tracker.Secret{s.JSON, s.Document} {
			found := find([]byte(text))
			clean := tracker.Replace([]byte(text), found)
			if !json.Valid(clean) {
				t.Fatalf("%q without %q is no JSON: %q", text, secret, clean)
			}
		}
	})
}

// FuzzPlaces checks that what is found lies where it was found, in order and within the text.
func FuzzPlaces(f *testing.F) {
	f.Add("a\x1b[31mhunter2\x1b[0m", "hunter2")
	f.Add(`\u0068unter2\n\"hunter2\"`, "hunter2")
	rules := sync.OnceValue(loadRules)
	f.Fuzz(func(t *testing.T, text, secret string) {
		s := fuzzed(rules, secret)
		stream := func(b []byte) []tracker.Secret {
			found, open := s.Stream(b)
			if open < 0 || open > len(b) {
				t.Fatalf("open at %d of %d", open, len(b))
			}
			return found
		}
		for _, find := range []func([]byte) []tracker.Secret{s.Text, s.JSON, s.Document, stream} {
			at := 0
			for _, sec := range find([]byte(text)) {
				if sec.Start < at || sec.End <= sec.Start || sec.End > len(text) {
					t.Fatalf("%q: secret at %d to %d, behind %d", text, sec.Start, sec.End, at)
				}
				at = sec.End
			}
		}
	})
}
