package clients

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// notebookOf makes a notebook of a script whose cells begin with lines of "# %%", with tags behind that.
func notebookOf(script string) []byte {
	type object = map[string]any
	cells := []object{}
	texts := strings.Split("\n"+script, "\n# %%")
	if texts[0] == "" {
		texts = texts[1:]
	}
	for i, text := range texts {
		tags, source, _ := strings.Cut(text, "\n")
		cells = append(cells, object{"cell_type": "code", "id": fmt.Sprintf("cell-%d", i+1), "source": strings.TrimSuffix(source, "\n"),
			"metadata": object{"tags": strings.Fields(tags)}, "outputs": []any{}, "execution_count": nil})
	}
	spec := object{"name": "python3", "display_name": "Python 3", "language": "python"}
	text, err := json.Marshal(object{"cells": cells, "nbformat": 4, "nbformat_minor": 5, "metadata": object{"kernelspec": spec}})
	if err != nil {
		panic(err) // strings and numbers always encode
	}
	return text
}

// shownNotebook is what a reader sees of a notebook, freed of what differs from run to run.
type shownNotebook struct {
	Cells   []shownCell
	Widgets any // their states, as the notebook keeps them
}

type shownCell struct {
	Source  string
	Count   int
	Outputs []map[string]any
}

func readShown(t *testing.T, path string) (n shownNotebook) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Cells []struct {
			Source  any
			Count   int `json:"execution_count"`
			Outputs []map[string]any
		}
		Metadata struct{ Widgets any }
	}
	if err := json.Unmarshal([]byte(steady(string(text), filepath.Dir(path))), &file); err != nil {
		t.Fatal(err)
	}
	for _, c := range file.Cells {
		n.Cells = append(n.Cells, shownCell{joined(c.Source), c.Count, merged(c.Outputs)})
	}
	n.Widgets = file.Metadata.Widgets
	return n
}

// chance is what differs from run to run.
var chance = []struct{ pattern, steady string }{
	{`0x[0-9a-f]{6,}`, "0xADDRESS"},
	{`ipykernel_\d+`, "ipykernel_PID"},
	{`[\d.]+(e[+-]\d+)? (ns|\\u03bc?s|μs|µs|us|ms|s)\b`, "TIME"},
}

var id = regexp.MustCompile(`[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\b`)

// steady replaces what differs from run to run; ids become numbers, the same ones the same number.
func steady(text, folder string) string {
	text = strings.ReplaceAll(text, folder, "FOLDER")
	for _, c := range chance {
		text = regexp.MustCompile(c.pattern).ReplaceAllString(text, c.steady)
	}
	known := map[string]string{}
	return id.ReplaceAllStringFunc(text, func(found string) string {
		if known[found] == "" {
			known[found] = fmt.Sprintf("ID-%d", len(known)+1)
		}
		return known[found]
	})
}

// merged puts the streams between two other outputs together: when they are cut, and how they mix, is chance.
func merged(outputs []map[string]any) (all []map[string]any) {
	streams := map[any]map[string]any{}
	for _, o := range outputs {
		for _, key := range []string{"text", "traceback"} {
			if o[key] != nil {
				o[key] = joined(o[key])
			}
		}
		switch first := streams[o["name"]]; {
		case o["output_type"] != "stream":
			clear(streams)
		case first != nil:
			first["text"] = first["text"].(string) + o["text"].(string)
			continue
		default:
			streams[o["name"]] = o
		}
		all = append(all, o)
	}
	return all
}

// joined is a text that nbformat may keep as lines.
func joined(value any) string {
	lines, ok := value.([]any)
	if !ok {
		text, _ := value.(string)
		return text
	}
	var b strings.Builder
	for _, line := range lines {
		fmt.Fprint(&b, line)
	}
	return b.String()
}

// cells is the notebook without what is not in its cells.
func (n shownNotebook) cells() shownNotebook {
	n.Widgets = nil
	return n
}

// same wants to see the same in another execution.
func (n shownNotebook) same(t *testing.T, what string, got shownNotebook) {
	t.Helper()
	if len(n.Cells) == 0 {
		t.Fatal("no cells")
	}
	if diff := cmp.Diff(n, got); diff != "" {
		t.Errorf("%s (-ipykernel +gemba):\n%s", what, diff)
	}
}
