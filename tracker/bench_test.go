package tracker_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
)

func BenchmarkFlood(b *testing.B) {
	n := newNotebook(b, tracker.Options{QueueBytes: 1 << 30})
	text := strings.Repeat("step 12345 loss 0.1234 accuracy 0.987 lr 0.0001 time 12.3ms\n", 100)
	content, err := json.Marshal(map[string]string{"name": "stdout", "text": text})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(100_000_000)
	for b.Loop() {
		id := n.start("flood")
		for range 100_000_000 / len(content) {
			n.output(id, "stream", string(content))
		}
		n.finish(id)
		n.flush()
	}
	n.close()
}

func BenchmarkCell(b *testing.B) {
	n := newNotebook(b, tracker.Options{})
	for i := 0; b.Loop(); i++ {
		id := n.start(fmt.Sprintf("fmt.Println(%d)", i))
		n.print(id, "stdout", fmt.Sprintln(i))
		n.finish(id)
		n.flush()
	}
	b.ReportMetric(float64(b.N)*3/b.Elapsed().Seconds(), "entries/s")
	n.close()
}
