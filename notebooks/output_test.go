package notebooks

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shown is a message that the cell of that index shows.
type shown struct {
	Cell    int
	Type    string
	Content string
}

// floods are message sequences with every rule that nbclient has about outputs.
var floods = map[string][]shown{
	"streams": {
		{0, "stream", `{"name":"stdout","text":"a\nb"}`},
		{0, "stream", `{"name":"stdout","text":"c\r\n\u2028<d>\u001b[0m"}`},
		{0, "stream", `{"name":"stderr","text":"oh\n"}`},
		{0, "stream", `{"name":"stdout","text":"ü\n\n"}`},
	},
	"displays": {
		{0, "display_data", `{"data":{"text/html":"<b>\n</b>","application/json":{"b":[1,2.5],"a":"x\ny"},"image/png":"AA==\n","image/svg+xml":"<svg>\n</svg>","application/javascript":"a\nb"},"metadata":{"image/png":{"width":3}}}`},
		{0, "execute_result", `{"data":{"text/plain":"4"},"metadata":{},"execution_count":4}`},
		{0, "error", `{"ename":"E","evalue":"bad\nvery","traceback":["\u001b[31mE\u001b[0m","  at 1"]}`},
	},
	"updates reach every display of the id": {
		{0, "display_data", `{"data":{"text/plain":"1"},"metadata":{},"transient":{"display_id":"p"}}`},
		{0, "display_data", `{"data":{"text/plain":"1b"},"metadata":{},"transient":{"display_id":"p"}}`},
		{0, "stream", `{"name":"stdout","text":"between"}`},
		{0, "update_display_data", `{"data":{"text/plain":"2"},"metadata":{"k":1},"transient":{"display_id":"p"}}`},
		{1, "update_display_data", `{"data":{"text/html":"<i>3</i>"},"metadata":{},"transient":{"display_id":"p"}}`},
		{1, "update_display_data", `{"data":{"text/plain":"nobody"},"metadata":{},"transient":{"display_id":"q"}}`},
	},
	"clear at once": {
		{0, "stream", `{"name":"stdout","text":"gone"}`},
		{0, "display_data", `{"data":{"text/plain":"gone"},"metadata":{},"transient":{"display_id":"p"}}`},
		{0, "clear_output", `{"wait":false}`},
		{0, "update_display_data", `{"data":{"text/plain":"nowhere"},"metadata":{},"transient":{"display_id":"p"}}`},
		{0, "stream", `{"name":"stdout","text":"stays"}`},
	},
	"clear before the next output": {
		{0, "stream", `{"name":"stdout","text":"gone"}`},
		{0, "clear_output", `{"wait":true}`},
		{0, "stream", `{"name":"stdout","text":"stays"}`},
		{1, "stream", `{"name":"stdout","text":"stays too"}`},
		{1, "clear_output", `{"wait":true}`},
	},
	"what is no output": {
		{0, "comm_open", `{"comm_id":"c","target_name":"t","data":{}}`},
		{0, "comm_msg", `{"comm_id":"c","data":{}}`},
		{0, "execute_input", `{"code":"x","execution_count":1}`},
		{0, "stream", `{"name":"stdout","text":"only this"}`},
	},
}

func TestOutputsAreThoseOfNbclient(t *testing.T) {
	wants := nbclient(t, venv(t))
	for name, messages := range floods {
		t.Run(name, func(t *testing.T) {
			got := collect(t, wants[name], messages)
			if diff := cmp.Diff(wants[name], string(got)); diff != "" {
				t.Errorf("notebook (-nbclient +gemba):\n%s", diff)
			}
		})
	}
}

// collect puts the outputs of messages into a notebook that has nbclient's cells, without their results.
func collect(t *testing.T, like string, messages []shown) []byte {
	t.Helper()
	n, err := Parse([]byte(like))
	if err != nil {
		t.Fatal(err)
	}
	outputs, counts := NewOutputs(), map[int]int{}
	for _, m := range messages {
		outputs.Add(n.Cells[m.Cell], Message{m.Type, json.RawMessage(m.Content)})
		var count struct {
			N int `json:"execution_count"`
		}
		if json.Unmarshal([]byte(m.Content), &count) == nil && count.N > 0 {
			counts[m.Cell] = count.N // an Executor's Reply has it
		}
	}
	for i, c := range n.Cells {
		if err := c.SetResult(counts[i], outputs.Of(c)); err != nil {
			t.Fatal(err)
		}
	}
	return n.Bytes()
}

// nbclient asks nbclient for the notebook that each of the floods leaves.
func nbclient(t *testing.T, python string) (notebooks map[string]string) {
	t.Helper()
	lists := map[string][]any{}
	for name, messages := range floods {
		for _, m := range messages {
			lists[name] = append(lists[name], []any{m.Cell, m.Type, json.RawMessage(m.Content)})
		}
	}
	input, err := json.Marshal(lists)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python, "testdata/as_nbclient.py")
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("ask nbclient: %v", err)
	}
	if err := json.Unmarshal(out, &notebooks); err != nil {
		t.Fatal(err)
	}
	return notebooks
}

// venv returns the Python that make test installs into the checkout. In CI it must be there.
func venv(t *testing.T) string {
	t.Helper()
	python, err := filepath.Abs("../.venv/bin/python")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(python); err == nil {
		return python
	}
	if os.Getenv("CI") != "" {
		t.Fatal("no .venv with Jupyter's packages: run make venv")
	}
	t.Skip("no .venv with Jupyter's packages: run make venv")
	return ""
}

func TestMalformedMessagesShowNothing(t *testing.T) {
	n := source("x")
	outputs := NewOutputs()
	for _, m := range []Message{
		{"stream", nil}, {"stream", json.RawMessage(`"text"`)}, {"stream", json.RawMessage(`{`)},
		{"nonsense", json.RawMessage(`{"text":"a"}`)},
	} {
		if changed := outputs.Add(n.Cells[0], m); len(changed) > 0 {
			t.Errorf("%s %s changed a cell", m.Type, m.Content)
		}
	}
	if got := outputs.Of(n.Cells[0]); len(got) > 0 {
		t.Errorf("outputs are %v, want none", got)
	}
}
