package secrets

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestMachineFindsEveryWord compares the machine with looking for each word at each place.
func TestMachineFindsEveryWord(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	random := func(n int, letters string) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = letters[r.IntN(len(letters))]
		}
		return string(b)
	}
	for range 300 {
		var words []string
		for range 1 + r.IntN(12) {
			words = append(words, random(1+r.IntN(5), "ab_"))
		}
		slices.Sort(words)
		words = slices.Compact(words)
		text := random(r.IntN(2000), "abAB_ \x00")
		var want []hit
		small := strings.ToLower(text)
		for end := 1; end <= len(text); end++ {
			for id, w := range words {
				if strings.HasSuffix(small[:end], w) {
					want = append(want, hit{id, end})
				}
			}
		}
		m := newMachine(words)
		got := m.hits([]byte(text))
		slices.SortStableFunc(got, func(a, b hit) int { return (a.end-b.end)*len(words) + a.word - b.word })
		if !slices.Equal(want, got) {
			t.Fatalf("%q in %q: -want +got:\n%s", words, text, cmp.Diff(want, got, cmp.AllowUnexported(hit{})))
		}
		if m.matches([]byte(text)) != (len(want) > 0) {
			t.Fatalf("%q in %q: matches is wrong", words, text)
		}
	}
}
