package process

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestText(t *testing.T) {
	for _, test := range []struct{ pieces, want []string }{
		{[]string{"abc"}, []string{"abc", ""}},
		{[]string{"a\xc3", "\xa9b"}, []string{"a", "éb", ""}},
		{[]string{"\xf0", "\x9f", "\x98", "\x80!"}, []string{"", "", "", "😀!", ""}},
		{[]string{"\xe2\x82", "x"}, []string{"", "��x", ""}},
		{[]string{"a\xff", "b"}, []string{"a�", "b", ""}},
		{[]string{"end\xe2\x82"}, []string{"end", "��"}},
		{[]string{"\x80\x80\x80\x80"}, []string{"����", ""}},
		{[]string{"\xed\xa0\x80"}, []string{"���", ""}},
	} {
		var text text
		var got []string
		for _, p := range test.pieces {
			got = append(got, text.next([]byte(p)))
		}
		if diff := cmp.Diff(test.want, append(got, text.end())); diff != "" {
			t.Errorf("%q: %s", test.pieces, diff)
		}
	}
}

// Wherever a stream is cut, its text is the same.
func FuzzText(f *testing.F) {
	f.Add([]byte("é€😀\xff\xe2\x82"), uint8(1))
	f.Add([]byte("\xf0\x9f\x98\x80\xf0\x9f"), uint8(3))
	f.Fuzz(func(t *testing.T, b []byte, size uint8) {
		var text text
		var got strings.Builder
		for rest := b; len(rest) > 0; {
			n := min(len(rest), int(size)+1)
			got.WriteString(text.next(rest[:n]))
			rest = rest[n:]
		}
		got.WriteString(text.end())
		if want := string([]rune(string(b))); got.String() != want {
			t.Errorf("cut every %d bytes: got %q, want %q", int(size)+1, got.String(), want)
		}
	})
}

func TestPace(t *testing.T) {
	var p pace
	now := time.Unix(1000, 0)
	sent := func(n int) (count int) {
		for p.wait(now) <= 0 && count < 1000 {
			p.spend(now, n)
			count++
		}
		return count
	}
	if got := sent(10); got != paceBurst+1 {
		t.Errorf("%d messages at once, want %d", got, paceBurst+1)
	}
	now = now.Add(10 * paceInterval)
	if got := sent(10); got != 10 {
		t.Errorf("%d messages after %v, want 10", got, 10*paceInterval)
	}
	now = now.Add(paceInterval)
	if got := sent(paceBulk); got != 1000 {
		t.Errorf("only %d large messages, want no limit", got)
	}
}

func TestPortable(t *testing.T) {
	for _, test := range []struct{ value, want any }{
		{nil, nil}, {true, true}, {1.5, 1.5}, {"a", "a"},
		{[]any{1.0, 2.0}, []float64{1, 2}},
		{[]any{"a"}, []string{"a"}},
		{map[string]any{"x": 1.0}, map[string]float64{"x": 1}},
		{map[string]any{"x": "y"}, map[string]string{"x": "y"}},
		{[]any{1.0, "a"}, `[1,"a"]`},
		{map[string]any{"x": []any{}}, `{"x":[]}`},
	} {
		if diff := cmp.Diff(test.want, portable(test.value)); diff != "" {
			t.Errorf("%v: %s", test.value, diff)
		}
	}
}
