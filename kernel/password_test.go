package kernel_test

import (
	"path/filepath"
	"testing"

	"github.com/gemba-ml/gemba/kernel"
	"github.com/gemba-ml/gemba/kernel/wire"
	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/journal"
	"github.com/gemba-ml/gemba/tracker/secrets"
	"github.com/gemba-ml/gemba/tracker/secrets/secretstest"
)

// TestTypedSecretsAreNotRecorded answers prompts for secrets, hidden and not, of a cell that prints the answers.
func TestTypedSecretsAreNotRecorded(t *testing.T) {
	dir := filepath.Join(t.TempDir(), ".gemba")
	recorder := tracker.NewRecorder(tracker.Options{
		Open:   func() (tracker.Journal, error) { return journal.Create(dir, journal.Options{Key: journal.NewKey()}) },
		Screen: secrets.New(secrets.Options{}),
	})
	b := start(t, func(o *kernel.SessionOptions) { o.Recorder, o.Secret = recorder, recorder.Remember })
	cell := b.Execute("password and word\nask your API key\nask your name")
	for _, answer := range []struct{ prompt, value string }{{"word", "open sesame"}, {"API key", "swordfish"}, {"name", "Ann Example"}} {
		b.asked(cell, answer.prompt)
		b.Send(wire.Stdin, wire.InputReply, wire.InputValue{Value: answer.value})
	}
	b.Idle(cell)
	later := b.Execute("print swordfish") // source and output
	b.Idle(later)
	b.server.Stop("test done")
	if err := recorder.Close(); err != nil {
		t.Fatal(err)
	}
	secretstest.Search(t, []string{"open sesame", "sesame", "swordfish"}, dir)
}
