package tracker_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
)

func TestOutputsAreJoined(t *testing.T) {
	tests := map[string]struct {
		outputs [][2]string
		want    []string
	}{
		"one stream": {
			[][2]string{{"stream", `{"name":"stdout","text":"a\n"}`}, {"stream", `{"name": "stdout", "text": "b\"\u00e9"}`}},
			[]string{`stream {"name":"stdout","text":"a\nb\"\u00e9"}`},
		},
		"members the other way round, and more of them": {
			[][2]string{{"stream", `{"text":"a","name":"stdout"}`}, {"stream", `{"name":"stdout","text":"b","x":1}`}},
			[]string{`stream {"name":"stdout","text":"ab"}`},
		},
		"two streams": {
			[][2]string{{"stream", `{"name":"stdout","text":"a"}`}, {"stream", `{"name":"stderr","text":"b"}`}, {"stream", `{"name":"stdout","text":"c"}`}},
			[]string{`stream {"name":"stdout","text":"a"}`, `stream {"name":"stderr","text":"b"}`, `stream {"name":"stdout","text":"c"}`},
		},
		"updates of a display": {
			[][2]string{
				{"update_display_data", `{"data":{"n":1},"transient":{"display_id":"p"}}`},
				{"update_display_data", `{"data":{"n":7},"transient":{"display_id":"q"}}`},
				{"update_display_data", `{"data":{"n":2},"transient":{"display_id":"p"}}`},
			},
			[]string{
				`update_display_data {"data":{"n":7},"transient":{"display_id":"q"}}`,
				`update_display_data {"data":{"n":2},"transient":{"display_id":"p"}}`,
			},
		},
		"progress": {
			[][2]string{{"stream", `{"name":"stderr","text":"\r 1%"}`}, {"stream", `{"name":"stderr","text":"\r 2%"}`}, {"stream", `{"name":"stderr","text":"\r 3%"}`}},
			[]string{`stream {"name":"stderr","text":"\r 3%"}`},
		},
		"content on several lines": {
			[][2]string{{"display_data", "{\n \"data\": {}\n}"}},
			[]string{`display_data {"data":{}}`},
		},
		"no JSON": {
			[][2]string{{"display_data", "{\n"}, {"stream", `{"name":"stdout","text":"\x"}`}},
			[]string{`display_data "{\n"`, `stream "{\"name\":\"stdout\",\"text\":\"\\x\"}"`},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			n := newNotebook(t, tracker.Options{})
			id := n.start("")
			for _, o := range test.outputs {
				n.output(id, o[0], o[1])
			}
			n.finish(id)
			n.close()
			if diff := cmp.Diff(test.want, n.shown()); diff != "" {
				t.Error(diff)
			}
			if f := entries[*tracker.CellFinishedEntry](n)[0]; f.Messages != int64(len(test.outputs)) {
				t.Errorf("%d messages, want %d", f.Messages, len(test.outputs))
			}
		})
	}
}

// TestFlood prints far more than a cell may keep: the first and the last of it are there, and the
// size and the digest of all of it.
func TestFlood(t *testing.T) {
	const limit = 1 << 20
	n := newNotebook(t, tracker.Options{OutputCap: limit, QueueBytes: 1 << 30})
	id := n.start("flood")
	whole := tracker.NewOutputHash()
	var size int64
	for i := range 40_000 {
		text := fmt.Sprintf("line %d \\ \"é\" of a very long story that nobody reads to its end\n", i)
		n.print(id, "stdout", text)
		content, _ := json.Marshal(map[string]string{"name": "stdout", "text": text})
		whole.Add("stream", content)
		size += int64(len(content))
	}
	n.finish(id)
	n.close()
	f := entries[*tracker.CellFinishedEntry](n)[0]
	if !f.Truncated || f.Messages != 40_000 || f.OutputBytes != size || f.OutputSHA256 != whole.Sum() || f.DroppedBytes == 0 {
		t.Errorf("finished: %+v", f)
	}
	var kept int64
	for _, e := range entries[*tracker.CellOutputsEntry](n) {
		kept += e.Size
	}
	if kept > limit+limit/10 || kept < limit-limit/4 {
		t.Errorf("kept %d bytes, want about %d", kept, limit)
	}
	lines := n.shown()
	if first, last := lines[0], lines[len(lines)-1]; !strings.Contains(first, "line 0 ") || !strings.Contains(last, "line 39999 ") {
		t.Errorf("head or tail is missing: %.60s … %s", first, last[max(0, len(last)-60):])
	}
}

func TestHashOfOutputIgnoresHowItWasCut(t *testing.T) {
	hash := func(parts ...string) string {
		h := tracker.NewOutputHash()
		for _, part := range parts {
			name, text, _ := strings.Cut(part, ":")
			content, err := json.Marshal(map[string]string{"name": name, "text": text})
			if err != nil {
				t.Fatal(err)
			}
			h.Add("stream", content)
		}
		h.Add("display_data", []byte(`{"data":{}}`))
		return h.Sum()
	}
	whole := hash("stdout:one\ntwo\n", "stderr:oops")
	if got := hash("stdout:one", "stdout:\ntw", "stdout:o\n", "stderr:oops"); got != whole {
		t.Errorf("cut otherwise: %s, want %s", got, whole)
	}
	for _, other := range []string{hash("stdout:one\ntwo\noops"), hash("stderr:oops", "stdout:one\ntwo\n"), hash("stdout:one\ntwo\n")} {
		if other == whole {
			t.Errorf("another output has the same digest")
		}
	}
	want := sha256.Sum256([]byte(`{"type":"stream","content":{"name":"stdout","text":"ab"}}` + "\n" + `{"type":"display_data","content":{"data":{}}}` + "\n"))
	if got := hash("stdout:a", "stdout:b"); got != hex.EncodeToString(want[:]) {
		t.Errorf("got %s, want what FORMAT.md says", got)
	}
}
