package tracker_test

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
	"github.com/gemba-ml/gemba/tracker/secrets"
	"github.com/gemba-ml/gemba/tracker/secrets/secretstest"
)

// screened opens a session whose record is screened.
func screened(t testing.TB, o tracker.Options) *notebook {
	o.Screen = secrets.New(secrets.Options{Key: []byte("a key that is in no ledger")})
	return newNotebook(t, o)
}

// quoted returns a text as JSON.
func quoted(t testing.TB, text string) string {
	b, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// plant records a cell that holds a text everywhere that a cell can hold one.
func plant(n *notebook, text string) {
	id := tracker.NewID()
	line := strings.ReplaceAll(strings.TrimSpace(text), "\n", " ")
	q := quoted(n.t, text)
	n.Record(tracker.CellStarted{Session: n.session, Execution: id, Time: time.Now(), CellID: line, Notebook: "/home/bob/ " + line, Source: text})
	n.print(id, "stdout", text)
	n.print(id, "stderr", "x\n"+text+"y")
	n.output(id, "display_data", `{"data":{"text/plain":`+q+`,"text/html":`+quoted(n.t, "<b>"+text+"</b>")+`},"metadata":{}}`)
	n.output(id, "execute_result", `{"data":{"application/json":{"rows":[[`+q+`,1]]},"image/svg+xml":`+q+`},"metadata":{"m":`+q+`}}`)
	n.output(id, "display_data", `{"data":{"text/plain":`+quoted(n.t, q)+`}}`) // JSON in JSON
	n.output(id, "error", `{"ename":"Error","evalue":`+q+`,"traceback":["\u001b[31mError\u001b[0m",`+quoted(n.t, "\x1b[38;5;28m"+text+"\x1b[0m")+`]}`)
	n.output(id, "input_reply", `{"prompt":"? ","password":false,"value":`+q+`}`)
	n.output(id, "display_data", text) // no JSON
	n.Record(tracker.CodeCaptured{Session: n.session, Execution: id, Time: time.Now(), Remote: line, Branch: line, Tags: []string{line},
		Changes: []byte(`{"path":` + q + "}\n"), Missing: line})
	n.Record(tracker.EnvironmentCaptured{Session: n.session, Time: time.Now(), Document: []byte(`{"name":"X","value":` + q + "}\n")})
	n.Record(tracker.FilesObserved{Session: n.session, Execution: id, Time: time.Now(), Observed: []byte(`{"command":` + q + "}\n"), Missing: line})
	n.Record(tracker.SnapshotTaken{Session: n.session, Time: time.Now(), Name: line, Path: line, Source: line,
		Profile: []byte(`{"top":[` + q + "]}\n"), Checks: []byte(`{"rule":` + q + "}\n")})
	n.Record(tracker.Gap{Session: n.session, Execution: id, Time: time.Now(), Reason: line})
	plantRun(n, id, text, line)
	n.Record(tracker.CellFinished{Execution: id, Time: time.Now(), Status: tracker.Failed, ErrorName: line, ErrorValue: text,
		Program: "package main\n\n/*\n" + text + "*/\n", Declarations: []string{line}})
}

// plantRun records a run that holds a text everywhere that a run can hold one.
func plantRun(n *notebook, id tracker.ID, text, line string) {
	now, run := time.Now(), tracker.NewID()
	tags := []tracker.Tag{{Key: line, Value: text}, {Key: "why", Value: text}}
	n.Record(tracker.ExperimentChanged{Experiment: tracker.NewID(), Time: now, Name: line, Tags: tags})
	n.Record(tracker.RunChanged{Run: run, Session: n.session, Execution: id, Time: now, Name: line, User: line, Source: line, Status: tracker.RunRunning})
	n.Record(tracker.RunLogged{Run: run, Session: n.session, Execution: id, Time: now, Params: []tracker.Param{{Key: line, Value: text}, {Key: "x", Value: quoted(n.t, text), Type: tracker.JSONValue}},
		Tags: tags, Metrics: []tracker.Metric{{Key: line, Value: 1}},
		Inputs: []tracker.Input{{Name: line, Digest: line, Source: text, Schema: text, Profile: text, Tags: tags}}})
	n.Record(tracker.ArtifactLogged{Run: run, Time: now, Path: line, Kind: line, Media: line})
	n.Record(tracker.ModelChanged{Model: line, Version: 1, Time: now, Source: line, Description: &text, Tags: tags, Aliases: []tracker.Alias{{Name: line, Version: 1}}})
	n.Record(tracker.ViewSaved{Time: now, Name: line, Query: []byte(quoted(n.t, text))})
	n.Record(tracker.Reviewed{Time: now, Subject: run, Verdict: tracker.Commented, By: line, Comment: text})
}

func TestSecretsOfEveryKindAreKeptOut(t *testing.T) {
	n := screened(t, tracker.Options{})
	var texts []string
	for _, sample := range secretstest.Samples(t) {
		plant(n, sample.Text)
		texts = append(texts, sample.Secret)
	}
	n.close()
	secretstest.Search(t, texts, n.dir)
	for _, line := range n.shown() {
		_, content, _ := strings.Cut(line, " ")
		if !json.Valid([]byte(content)) {
			t.Errorf("no JSON any more: %s", line)
		}
	}
	for _, f := range entries[*tracker.CellFinishedEntry](n) {
		if f.Redactions < 10 || len(f.Redacted) == 0 {
			t.Errorf("%d redactions told, by %q", f.Redactions, f.Redacted)
		}
	}
	if report, err := journal.Verify(t.Context(), n.dir); err != nil || !report.OK() {
		t.Errorf("%+v, %v", report.Problems, err)
	}
}

// splitSamples are texts that a split could spoil, and what is left of them.
func splitSamples(t *testing.T) map[string]string {
	s := secrets.New(secrets.Options{Key: []byte("a key that is in no ledger")})
	all := make(map[string]string)
	for _, sample := range secretstest.Samples(t) {
		switch sample.Rule {
		case "aws-access-token", "generic-api-key", "private-key", "private-key in a string", "jwt", "url-password",
			"slack-bot-token", "authorization-header", "curl-auth-header", "openai-api-key":
			text := "é \"before\"\n" + sample.Text + "after\n"
			clean, _ := s.Redact([]byte(text))
			all[text] = string(clean)
		}
	}
	return all
}

// TestSplitSecretsAreFound prints secrets in two messages, split at every byte, with another stream between and
// both written on their own.
func TestSplitSecretsAreFound(t *testing.T) {
	n := screened(t, tracker.Options{QueueBytes: 1 << 30})
	var want []string
	for text, clean := range splitSamples(t) {
		for i := range text {
			id := n.start("")
			n.print(id, "stdout", text[:i])
			if i%2 == 0 {
				n.flush()
			}
			n.print(id, "stderr", "between\n")
			if i%3 == 0 {
				n.flush()
			}
			n.print(id, "stdout", text[i:])
			n.finish(id)
			want = append(want, clean)
		}
	}
	n.close()
	if diff := cmp.Diff(want, printed(n, "stdout")); diff != "" {
		t.Errorf("-want +got:\n%.4000s", diff)
	}
	for _, f := range entries[*tracker.CellFinishedEntry](n) {
		if f.Redactions != 1 {
			t.Errorf("%d redactions told, by %q, want 1", f.Redactions, f.Redacted)
		}
	}
}

// TestSecretByteByByte prints a secret byte by byte, as slow programs do.
func TestSecretByteByByte(t *testing.T) {
	n := screened(t, tracker.Options{})
	var want []string
	for text, clean := range splitSamples(t) {
		id := n.start("")
		for _, r := range text {
			n.print(id, "stdout", string(r))
			n.flush()
		}
		n.finish(id)
		want = append(want, clean)
	}
	n.close()
	if diff := cmp.Diff(want, printed(n, "stdout")); diff != "" {
		t.Errorf("-want +got:\n%.4000s", diff)
	}
}

// TestSecretsInRandomPieces prints two streams with secrets in pieces of any length, in any order.
func TestSecretsInRandomPieces(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	n := screened(t, tracker.Options{QueueBytes: 1 << 30})
	var texts, clean []string
	for text, without := range splitSamples(t) {
		texts, clean = append(texts, text), append(clean, without)
	}
	var want [2][]string
	for range 100 {
		id := n.start("")
		var left, without [2]string
		for i := range left {
			for range 3 {
				k := r.IntN(len(texts))
				left[i], without[i] = left[i]+texts[k], without[i]+clean[k]
			}
			want[i] = append(want[i], without[i])
		}
		for left[0]+left[1] != "" {
			i := r.IntN(2)
			part := min(len(left[i]), 1+r.IntN(40))
			for part < len(left[i]) && !utf8.RuneStart(left[i][part]) {
				part++
			}
			n.print(id, [2]string{"stdout", "stderr"}[i], left[i][:part])
			if left[i] = left[i][part:]; r.IntN(8) == 0 {
				n.flush()
			}
		}
		n.finish(id)
	}
	n.close()
	for i, stream := range []string{"stdout", "stderr"} {
		if diff := cmp.Diff(want[i], printed(n, stream)); diff != "" {
			t.Errorf("%s: -want +got:\n%.4000s", stream, diff)
		}
	}
	for _, f := range entries[*tracker.CellFinishedEntry](n) {
		if f.Redactions != 6 {
			t.Errorf("%d redactions told, by %q, want 6", f.Redactions, f.Redacted)
		}
	}
}

// printed returns what each cell printed to a stream, as it was recorded.
func printed(n *notebook, stream string) (texts []string) {
	n.t.Helper()
	index := make(map[tracker.ID]int)
	for _, e := range entries[*tracker.CellStartedEntry](n) {
		index[e.Execution] = len(texts)
		texts = append(texts, "")
	}
	for _, e := range entries[*tracker.CellOutputsEntry](n) {
		for o, err := range tracker.Outputs(strings.NewReader(string(n.blob(e.Outputs)))) {
			if err != nil {
				n.t.Fatal(err)
			}
			var c struct{ Name, Text string }
			if err := json.Unmarshal(o.Content, &c); err != nil {
				n.t.Fatal(err)
			}
			if c.Name == stream {
				texts[index[e.Execution]] += c.Text
			}
		}
	}
	return texts
}

// TestRememberedPassword keeps out what was typed, wherever the cell then shows it.
func TestRememberedPassword(t *testing.T) {
	n := screened(t, tracker.Options{})
	const password = `correct "horse" stäple 1234567`
	n.Remember(password)
	n.Remember("98765432")
	id := n.start("")
	n.print(id, "stdout", "got correct")
	n.flush()
	n.print(id, "stdout", ` "horse" stäp`)
	n.print(id, "stdout", "le 1234567, "+password+"\n")
	n.output(id, "execute_result", `{"data":{"text/plain":`+quoted(t, password)+`,"application/json":{"pin":98765432}}}`)
	n.finish(id)
	n.close()
	secretstest.Search(t, []string{password, "stäple", "98765432"}, n.dir)
	lines := n.shown()
	if got := lines[len(lines)-1]; !strings.Contains(got, `{"pin":"[redacted password `) {
		t.Errorf("a number was replaced by %s", got)
	}
}

// TestSecretOfASourceIsKeptOutOfOutputs prints, without its name, what a cell's source names a secret.
func TestSecretOfASourceIsKeptOutOfOutputs(t *testing.T) {
	n := screened(t, tracker.Options{})
	token := "zQ84" + "hTfK29xWvLbN73"
	id := n.start(`apiToken := "` + token + `"; db := "mysql://root:root@db/x"`)
	n.print(id, "stdout", "it is "+token+", by root\n")
	n.finish(id)
	n.close()
	secretstest.Search(t, []string{token}, n.dir)
	if got := n.shown()[0]; !strings.HasSuffix(got, `, by root\n"}`) {
		t.Errorf("recorded as %s", got)
	}
}

// TestHashOfScreenedOutput shows that the digest of an output tells nothing of a secret in it, and still compares.
func TestHashOfScreenedOutput(t *testing.T) {
	n := screened(t, tracker.Options{})
	n.Remember("hunter2")
	for _, text := range []string{"the password is hunter2\n", "the password is hunter2\n", "the password is right\n"} {
		id := n.start("")
		n.print(id, "stdout", text)
		n.finish(id)
	}
	n.close()
	raw := tracker.NewOutputHash()
	raw.Add("stream", []byte(`{"name":"stdout","text":"the password is hunter2\n"}`))
	plain := tracker.NewOutputHash()
	plain.Add("stream", []byte(`{"name":"stdout","text":"the password is right\n"}`))
	f := entries[*tracker.CellFinishedEntry](n)
	if f[0].OutputSHA256 == raw.Sum() || f[0].OutputSHA256 != f[1].OutputSHA256 || f[2].OutputSHA256 != plain.Sum() {
		t.Errorf("digests %s, %s, %s", f[0].OutputSHA256, f[1].OutputSHA256, f[2].OutputSHA256)
	}
}

// TestSecretsThatNamesTell: the name of a param or tag says that its value is a secret, wherever that stands from then on.
func TestSecretsThatNamesTell(t *testing.T) {
	n := screened(t, tracker.Options{})
	id, run := tracker.NewID(), tracker.NewID()
	all := []string{"kW93" + "mTz8vQpX5hRcB2nL" + "dY7s", "Gx4t" + "NbV6wKq9ZrMf3pHj" + "C8yD"}
	n.Record(tracker.CellStarted{Session: n.session, Execution: id, Time: time.Now(), Source: "train()"})
	params := []tracker.Param{{Key: "api_key", Value: all[0]}, {Key: "lr", Value: "0.1", Type: tracker.FloatValue}, {Key: "key", Value: "a \"b\"\n"}}
	n.Record(tracker.RunLogged{Run: run, Session: n.session, Execution: id, Time: time.Now(), Params: params, Tags: []tracker.Tag{{Key: "client_secret", Value: all[1]}}})
	n.Record(tracker.RunLogged{Run: run, Session: n.session, Execution: id, Time: time.Now(), Tags: []tracker.Tag{{Key: "why", Value: "with " + all[0]}}})
	n.Record(tracker.CellFinished{Execution: id, Time: time.Now(), Status: tracker.OK})
	n.close()
	secretstest.Search(t, all, n.dir)
	if params[0].Value != all[0] {
		t.Error("what the user's program logged was changed")
	}
	var kept []string
	for _, e := range entries[*tracker.LoggedEntry](n) {
		l, err := tracker.DecodeLogged(n.blob(e.Logged))
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range l.Params[min(1, len(l.Params)):] {
			kept = append(kept, p.Key+"="+p.Value)
		}
	}
	if diff := cmp.Diff([]string{"lr=0.1", "key=a \"b\"\n"}, kept); diff != "" {
		t.Errorf("params without secrets (-want +got):\n%s", diff)
	}
}
