package notebooks

import (
	"bytes"
	"encoding/json"
	"fmt"
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
	Buffers []string
}

// floods are message sequences with every rule that nbclient has about outputs.
var floods = map[string][]shown{
	"streams": {
		{0, "stream", `{"name":"stdout","text":"a\nb"}`, nil},
		{0, "stream", `{"name":"stdout","text":"c\r\n\u2028<d>\u001b[0m"}`, nil},
		{0, "stream", `{"name":"stderr","text":"oh\n"}`, nil},
		{0, "stream", `{"name":"stdout","text":"ü\n\n"}`, nil},
	},
	"displays": {
		{0, "display_data", `{"data":{"text/html":"<b>\n</b>","application/json":{"b":[1,2.5],"a":"x\ny"},"image/png":"AA==\n","image/svg+xml":"<svg>\n</svg>","application/javascript":"a\nb"},"metadata":{"image/png":{"width":3}}}`, nil},
		{0, "execute_result", `{"data":{"text/plain":"4"},"metadata":{},"execution_count":4}`, nil},
		{0, "error", `{"ename":"E","evalue":"bad\nvery","traceback":["\u001b[31mE\u001b[0m","  at 1"]}`, nil},
	},
	"updates reach every display of the id": {
		{0, "display_data", `{"data":{"text/plain":"1"},"metadata":{},"transient":{"display_id":"p"}}`, nil},
		{0, "display_data", `{"data":{"text/plain":"1b"},"metadata":{},"transient":{"display_id":"p"}}`, nil},
		{0, "stream", `{"name":"stdout","text":"between"}`, nil},
		{0, "update_display_data", `{"data":{"text/plain":"2"},"metadata":{"k":1},"transient":{"display_id":"p"}}`, nil},
		{1, "update_display_data", `{"data":{"text/html":"<i>3</i>"},"metadata":{},"transient":{"display_id":"p"}}`, nil},
		{1, "update_display_data", `{"data":{"text/plain":"nobody"},"metadata":{},"transient":{"display_id":"q"}}`, nil},
	},
	"clear at once": {
		{0, "stream", `{"name":"stdout","text":"gone"}`, nil},
		{0, "display_data", `{"data":{"text/plain":"gone"},"metadata":{},"transient":{"display_id":"p"}}`, nil},
		{0, "clear_output", `{"wait":false}`, nil},
		{0, "update_display_data", `{"data":{"text/plain":"nowhere"},"metadata":{},"transient":{"display_id":"p"}}`, nil},
		{0, "stream", `{"name":"stdout","text":"stays"}`, nil},
	},
	"clear before the next output": {
		{0, "stream", `{"name":"stdout","text":"gone"}`, nil},
		{0, "clear_output", `{"wait":true}`, nil},
		{0, "stream", `{"name":"stdout","text":"stays"}`, nil},
		{1, "stream", `{"name":"stdout","text":"stays too"}`, nil},
		{1, "clear_output", `{"wait":true}`, nil},
	},
	"widgets": {
		{0, "comm_open", `{"comm_id":"s","target_name":"jupyter.widget","data":{"state":{"_model_name":"ImageModel","_model_module":"@jupyter-widgets/controls","_model_module_version":"2.0.0","width":"","é":"<&>"},"buffer_paths":[["value"],["a",0]]}}`, []string{"\x00é", "b"}},
		{0, "comm_open", `{"comm_id":"other","target_name":"t","data":{"state":{"no":"model"}}}`, nil},
		{0, "comm_msg", `{"comm_id":"s","data":{"method":"update","state":{"width":3.50},"buffer_paths":[["value"]]}}`, []string{"c"}},
		{0, "comm_msg", `{"comm_id":"s","data":{"method":"custom","content":{}}}`, nil},
		{1, "comm_msg", `{"comm_id":"s","data":{"method":"echo_update","state":{"width":4}}}`, nil},
		{1, "comm_msg", `{"comm_id":"strange","data":{}}`, nil},
	},
	"output widgets": {
		{0, "comm_open", openOutput("o"), nil},
		{0, "comm_open", openOutput("q"), nil},
		{0, "stream", `{"name":"stdout","text":"cell\n"}`, nil},
		{0, "comm_msg", `{"comm_id":"o","data":{"method":"update","state":{"msg_id":"0"},"buffer_paths":[]}}`, nil},
		{0, "stream", `{"name":"stdout","text":"a\n"}`, nil},
		{0, "stream", `{"name":"stdout","text":"b\n"}`, nil},
		{0, "display_data", `{"data":{"text/plain":"in\nit"},"metadata":{},"transient":{"display_id":"p"}}`, nil},
		{0, "comm_msg", `{"comm_id":"q","data":{"method":"update","state":{"msg_id":"0"},"buffer_paths":[]}}`, nil},
		{0, "stream", `{"name":"stderr","text":"q"}`, nil},
		{0, "clear_output", `{"wait":true}`, nil},
		{0, "execute_result", `{"data":{"text/plain":"4"},"metadata":{},"execution_count":4}`, nil},
		{0, "comm_msg", `{"comm_id":"q","data":{"method":"update","state":{"msg_id":""},"buffer_paths":[]}}`, nil},
		{0, "error", `{"ename":"E","evalue":"bad","traceback":["at 1"]}`, nil},
		{0, "comm_msg", `{"comm_id":"o","data":{"method":"update","state":{"msg_id":""},"buffer_paths":[]}}`, nil},
		{0, "stream", `{"name":"stdout","text":"cell again"}`, nil},
		{1, "comm_msg", `{"comm_id":"o","data":{"method":"update","state":{"msg_id":"1"},"buffer_paths":[]}}`, nil},
		{1, "clear_output", `{"wait":false}`, nil},
		{1, "stream", `{"name":"stdout","text":"only this"}`, nil},
		{2, "stream", `{"name":"stdout","text":"of another cell"}`, nil},
	},
	"what is no output": {
		{0, "comm_open", `{"comm_id":"c","target_name":"t","data":{}}`, nil},
		{0, "comm_msg", `{"comm_id":"c","data":{}}`, nil},
		{0, "execute_input", `{"code":"x","execution_count":1}`, nil},
		{0, "stream", `{"name":"stdout","text":"only this"}`, nil},
	},
}

// openOutput is what a new Output widget says.
func openOutput(id string) string {
	return fmt.Sprintf(`{"comm_id":%q,"target_name":"jupyter.widget","data":{"state":{"_model_name":"OutputModel","_model_module":"@jupyter-widgets/output","_model_module_version":"1.0.0","msg_id":"","outputs":[]},"buffer_paths":[]}}`, id)
}

// client is what came of messages with a client: the notebook, and what the kernel was told.
type client struct {
	Notebook string
	Told     []map[string]any // the last of each comm at the end of each cell
}

func TestOutputsAreThoseOfNbclient(t *testing.T) {
	wants := nbclient(t, venv(t))
	for name, messages := range floods {
		t.Run(name, func(t *testing.T) {
			got := collect(t, wants[name].Notebook, messages)
			if diff := cmp.Diff(wants[name], got); diff != "" {
				t.Errorf("notebook (-nbclient +gemba):\n%s", diff)
			}
		})
	}
}

// collect puts the outputs of messages into a notebook that has nbclient's cells, without their results.
func collect(t *testing.T, like string, messages []shown) client {
	t.Helper()
	n, err := Parse([]byte(like))
	if err != nil {
		t.Fatal(err)
	}
	var c client
	outputs, counts := NewOutputs(func(m Message) {
		var content map[string]any
		if err := json.Unmarshal(m.Content, &content); err != nil || m.Type != "comm_msg" {
			t.Errorf("told %s %s", m.Type, m.Content)
		}
		c.Told = append(c.Told, content)
	}), map[int]int{}
	for i, m := range messages {
		if i > 0 && m.Cell != messages[i-1].Cell {
			outputs.EndCell()
		}
		var buffers [][]byte
		for _, b := range m.Buffers {
			buffers = append(buffers, []byte(b))
		}
		outputs.Add(n.Cells[m.Cell], Message{m.Type, json.RawMessage(m.Content), buffers})
		var count struct {
			N int `json:"execution_count"`
		}
		if json.Unmarshal([]byte(m.Content), &count) == nil && count.N > 0 {
			counts[m.Cell] = count.N // an Executor's Reply has it
		}
	}
	outputs.EndCell()
	for i, cell := range n.Cells {
		if err := cell.SetResult(counts[i], outputs.Of(cell)); err != nil {
			t.Fatal(err)
		}
	}
	if err := n.setWidgets(outputs.widgets.metadata()); err != nil {
		t.Fatal(err)
	}
	c.Notebook = string(n.Bytes())
	return c
}

// nbclient asks nbclient for the notebook that each of the floods leaves.
func nbclient(t *testing.T, python string) (clients map[string]client) {
	t.Helper()
	lists := map[string][]any{}
	for name, messages := range floods {
		for _, m := range messages {
			lists[name] = append(lists[name], []any{m.Cell, m.Type, json.RawMessage(m.Content), append([]string{}, m.Buffers...)})
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
	if err := json.Unmarshal(out, &clients); err != nil {
		t.Fatal(err)
	}
	return clients
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
	outputs := NewOutputs(nil)
	for _, m := range []Message{
		{"stream", nil, nil}, {"stream", json.RawMessage(`"text"`), nil}, {"stream", json.RawMessage(`{`), nil},
		{"nonsense", json.RawMessage(`{"text":"a"}`), nil}, {"comm_open", json.RawMessage(`{}`), nil}, {"comm_msg", json.RawMessage(`{"comm_id":3,"data":[]}`), nil},
		{"comm_open", json.RawMessage(`{"comm_id":"x","data":{"state":{"outputs":3,"msg_id":4},"buffer_paths":[1,2]}}`), [][]byte{{1}}},
	} {
		if changed := outputs.Add(n.Cells[0], m); len(changed) > 0 {
			t.Errorf("%s %s changed a cell", m.Type, m.Content)
		}
	}
	if got := outputs.Of(n.Cells[0]); len(got) > 0 {
		t.Errorf("outputs are %v, want none", got)
	}
}
