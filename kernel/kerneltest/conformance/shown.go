package conformance

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// Cells reads a notebook and returns what each of its code cells shows, freed of what differs from run to run.
func Cells(notebook []byte) ([]string, error) {
	var parsed struct {
		Cells []struct {
			Type    string           `json:"cell_type"`
			Outputs []map[string]any `json:"outputs"`
		} `json:"cells"`
	}
	if err := json.Unmarshal(notebook, &parsed); err != nil {
		return nil, fmt.Errorf("read notebook: %w", err)
	}
	var cells []string
	for _, c := range parsed.Cells {
		if c.Type == "code" {
			cells = append(cells, steady(shown(c.Outputs)))
		}
	}
	return cells, nil
}

// shown writes outputs as a reader sees them: the text of each stream, then displays and errors in order.
// Both kernels read standard output and error through two pipes, whose order to each other is chance.
func shown(outputs []map[string]any) string {
	streams := map[string]string{}
	var rest strings.Builder
	for _, o := range outputs {
		switch o["output_type"] {
		case "stream":
			streams[fmt.Sprint(o["name"])] += text(o["text"])
		case "error":
			fmt.Fprintf(&rest, "error %v: %v\n%s\n", o["ename"], o["evalue"], text(o["traceback"]))
		default:
			data, _ := o["data"].(map[string]any)
			for _, mime := range slices.Sorted(maps.Keys(data)) {
				fmt.Fprintf(&rest, "%s: %s\n", mime, text(data[mime]))
			}
		}
	}
	text := "stdout: " + streams["stdout"] + "\nstderr: " + streams["stderr"] + "\n"
	if asked, ok := streams["stdin"]; ok { // how JupyterLab keeps questions and answers
		text += "stdin: " + asked + "\n"
	}
	return text + rest.String()
}

// text joins a multi-line value as nbformat writes it.
func text(value any) string {
	lines, ok := value.([]any)
	if !ok {
		return fmt.Sprint(value)
	}
	var b strings.Builder
	for _, line := range lines {
		fmt.Fprint(&b, line)
	}
	return b.String()
}

// steady replaces what differs from run to run.
func steady(s string) string {
	for _, c := range []struct{ pattern, steady string }{
		{`gonb_[0-9a-f]{8,}`, "gonb_ID"},
		{`(/[\w.-]+)*/gonb_ID`, "/TMP/gonb_ID"},
		{`gonb_tests_gowork_\w+`, "gonb_tests_gowork_TMP"},
		{`_~\d{6}`, "_~NUMBER"},
		{`\(\d+\.\d\ds\)`, "(TIME)"},
		{`(?m)^(Benchmark\w+(?:-\d+)?)\s+\d+\s+[\d.]+ ns/op$`, "$1 FIGURES"},
		{`\x1b\[\d*m`, ""},
		{`text/plain: (modules fetched and compiled in|the build failed after) .*\n`, ""}, // what a slow build leaves behind
	} {
		s = regexp.MustCompile(c.pattern).ReplaceAllString(s, c.steady)
	}
	return s
}
