package secrets

import (
	"fmt"
	"strings"
	"testing"
)

// texts are what programs print: nothing like a secret, and words that begin many a rule.
var texts = map[string]string{
	"plain":    "step 12345 loss 0.1234 accuracy 0.987 lr 0.0001 time 12.3ms\n",
	"keywords": "tokens/s: 1234 key=3 token: 12 author, api call 200 access basic auth\n",
}

func BenchmarkStream(b *testing.B) {
	for name, line := range texts {
		b.Run(name, func(b *testing.B) {
			s := New(Options{})
			text := []byte(strings.Repeat(strings.ReplaceAll(line, "\n", `\n`), (256<<10)/len(line)))
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				s.Stream(text)
			}
		})
	}
}

// BenchmarkFirst is what the first text of a process costs.
func BenchmarkFirst(b *testing.B) {
	for i := 0; b.Loop(); i++ {
		New(Options{}).Text(fmt.Append(nil, "x ", i))
	}
}
