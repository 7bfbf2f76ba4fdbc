package tracker

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestHashBesideIsTheSame adds outputs of all sizes to a batch and to both hashes.
func TestHashBesideIsTheSame(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	beside, plain := newHasher(), NewOutputHash()
	var b batch
	for i := range 500 {
		size := random.IntN(200)
		if i%7 == 0 {
			size = random.IntN(4 * worthwhile)
		}
		content, err := json.Marshal(map[string]string{"name": []string{"stdout", "stderr"}[random.IntN(5)/4], "text": strings.Repeat("é\n", size)})
		if err != nil {
			t.Fatal(err)
		}
		o := parseOutput(CellOutput{Type: streamType, Content: content})
		plain.add(o)
		beside.add(o)
		b.add(o)
	}
	if got, want := beside.sum(), plain.Sum(); got != want {
		t.Errorf("%s beside, %s otherwise", got, want)
	}
}
