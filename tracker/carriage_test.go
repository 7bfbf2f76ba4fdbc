package tracker

import (
	"encoding/json"
	"testing"
)

func TestCollapse(t *testing.T) {
	tests := map[string]struct{ in, want string }{
		"nothing to do":              {"a\nb", "a\nb"},
		"line may have begun before": {"a\rb\rc", "a\rc"},
		"bar":                        {"\r10%\r20%\r30%", "\r30%"},
		"bar that ends":              {"\r10%\r20%\ndone\n", "\r20%\ndone\n"},
		"second line":                {"x\n10%\r20%\r30%\n", "x\n30%\n"},
		"shorter part":               {"x\nabcdef\rXY\n", "x\nXYcdef\n"},
		"shorter part, open line":    {"x\nabcdef\rXY", "x\nabcdef\rXY"},
		"return at the end":          {"x\n10%\r20%\r", "x\n20%\r"},
		"windows lines":              {"a\r\nb\r\n", "a\r\nb\r\n"},
		"erased":                     {"x\nabcdef\r\x1b[KXY\n", "x\n\x1b[KXY\n"},
		"colours":                    {"x\n\x1b[31mabcdef\x1b[0m\r\x1b[32mabcdefg\x1b[0m\n", "x\n\x1b[32mabcdefg\x1b[0m\n"},
		"shorter colours":            {"x\n\x1b[31mabcdef\x1b[0m\rab\n", "x\n\x1b[31mabcdef\x1b[0m\rab\n"},
		"characters, not bytes":      {"x\nééé\ra\n", "x\naéé\n"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			if got := collapse(test.in); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// FuzzSafeCut cuts JSON text anywhere: both parts must be valid, and together the whole.
func FuzzSafeCut(f *testing.F) {
	for n, text := range []string{"abc", `a\"b\\`, `é\u00e9\ud83d\ude00`, `\\\\u0041`} {
		f.Add(text, n)
	}
	f.Fuzz(func(t *testing.T, s string, n int) {
		text := jsonText(s)
		at := safeCut(text, max(0, n))
		first, rest := text[:at], text[at:]
		for _, part := range [][]byte{first, rest} {
			if !json.Valid([]byte(`"` + string(part) + `"`)) {
				t.Errorf("cut %q at %d: %q is not valid", text, n, part)
			}
		}
		if len(text) > n+6 && n >= 6 && at < n-6 {
			t.Errorf("cut %q at %d, far below %d", text, at, n)
		}
	})
}
