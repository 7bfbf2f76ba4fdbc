package cli

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/gemba-ml/gemba/tracker/secrets/secretstest"
)

// planted are secrets for a script, made when it runs.
type planted struct {
	t       *testing.T
	secrets []string
}

// plant writes a notebook whose cells hold, print and die of secrets of every kind, the file that they read, and
// secret environment variables: plant NOTEBOOK FILE.
func (p *planted) plant(ts *testscript.TestScript, _ bool, args []string) {
	var all strings.Builder
	for _, s := range secretstest.Samples(p.t) {
		all.WriteString(s.Text)
		p.secrets = append(p.secrets, s.Secret)
	}
	token, password := "zQ84"+"hTfK29xWvLbN73"+"cRpD", "mauve"+"-walrus-"+"0815"
	logged := []string{"kW93" + "mTz8vQpX5hRcB2nL" + "dY7s", "Gx4t" + "NbV6wKq9ZrMf3pHj" + "C8yD", "uF5e" + "XjR2sPk7LwTq4vGm" + "B9zN", "hD6a" + "ScW3yVn8JtQx5rKf" + "M2pZ"}
	p.secrets = append(append(p.secrets, token, password), logged...)
	ts.Setenv("MATERIAL", logged[0])
	ts.Setenv("MATTER", logged[1])
	ts.Setenv("PARAMETER", token)
	ts.Setenv("BACKUP_PASSWORD", password)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(all.String()), 0o600))
	comment := "/*\n" + strings.ReplaceAll(all.String(), "*/", "") + "*/\n"
	cells := []map[string]any{
		codeCell("var token = \"\"\n", "parameters"),
		codeCell(comment + "%%\nfmt.Print(\"code\")\n"),
		codeCell("%%\nfmt.Println(\"output\", os.Getenv(\"BACKUP_PASSWORD\"), token)\nb, _ := os.ReadFile(\"" + args[1] + "\")\nos.Stdout.Write(b)\nos.Stderr.Write(b)\n"),
		codeCell("%%\nb, _ := os.ReadFile(\"" + args[1] + "\")\npanic(string(b))\n"),
		codeCell("!cat " + args[1] + "; echo $BACKUP_PASSWORD\n"),
		codeCell("import \"github.com/janpfeifer/gonb/gonbui\"\n\n%%\nb, _ := os.ReadFile(\"" + args[1] + "\")\ngonbui.DisplayHTML(\"<pre>\" + string(b) + \"</pre>\")\n"),
		codeCell("import \"github.com/gemba-ml/gemba/tracker/track\"\n\n%%\nb, _ := os.ReadFile(\"" + args[1] + "\")\nr := track.Here()\n" +
			"r.Param(\"api_key\", os.Getenv(\"MATERIAL\"))\nr.Tag(\"auth_token\", os.Getenv(\"MATTER\"))\nr.Note(string(b))\nr.Param(\"all\", string(b))\n" +
			"r.Text(\"all.txt\", string(b))\nr.Artifact(\"\", \"" + args[1] + "\")\nr.Metric(\"loss\", 1, 1)\n"),
		codeCell("%param api_key=" + logged[2] + " lr=0.1\n"),
		codeCell("%gemba experiment second\n%param api_key=" + logged[2] + " lr=0.1\n%tag 'client_secret=" + logged[3] + "'\n%artifact " + args[1] + " --as magic.txt\n%ledger\n"),
		codeCell("%%note\n" + all.String()),
		codeCell("%%artifact written.txt\n" + all.String()),
	}
	b, err := json.Marshal(map[string]any{"cells": cells, "nbformat": 4, "nbformat_minor": 5,
		"metadata": map[string]any{"kernelspec": map[string]string{"name": "gemba", "display_name": "Go", "language": "go"}}})
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), b, 0o600))
}

func codeCell(source string, tags ...string) map[string]any {
	return map[string]any{"cell_type": "code", "id": "c" + string(rune('a'+len(source)%26)) + strings.Join(tags, ""), "source": source,
		"metadata": map[string]any{"tags": tags}, "outputs": []any{}, "execution_count": nil}
}

// unplanted checks that no byte of what was written holds any of the secrets: unplanted PLACE...
func (p *planted) unplanted(ts *testscript.TestScript, _ bool, args []string) {
	places := make([]string, len(args))
	for i, arg := range args {
		places[i] = ts.MkAbs(arg)
	}
	told := &complaints{TB: p.t}
	secretstest.Search(told, p.secrets, places...)
	if len(told.list) > 0 {
		ts.Fatalf("%s", strings.Join(told.list, "\n"))
	}
}

// complaints are what a test that is part of a script would say.
type complaints struct {
	testing.TB
	list []string
}

func (c *complaints) Errorf(format string, args ...any) {
	c.list = append(c.list, fmt.Sprintf(format, args...))
}
