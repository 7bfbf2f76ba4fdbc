package mlflow

import (
	"strings"
	"testing"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/secrets"
)

// TestSecretParam logs a secret again, also after a new start, and another one in its place. No answer tells either.
func TestSecretParam(t *testing.T) {
	const secret, other = "ghp_x7Kd92LmQp4RtYvBn3WsZc6HfJg8TuEaVi1o", "ghp_a8Jf03NnRq5SuZwCo4XtAd7IgKh9UvFbWj2p"
	o := tracker.Options{Screen: secrets.New(secrets.Options{Key: []byte("key")})}
	s := newSiteWith(t, o)
	run := s.begin("0")
	again := func() {
		t.Helper()
		for _, key := range []string{"github_token", "db_password", "text"} {
			pair := object{"key": key, "value": secret}
			s.call("POST", "runs/log-parameter", object{"run_id": run, "key": key, "value": secret})
			s.call("POST", "runs/log-batch", object{"run_id": run, "params": []object{pair}})
			says := s.refused("POST", "runs/log-parameter", object{"run_id": run, "key": key, "value": other}, InvalidParameter)
			pair["value"] = other
			says += s.refused("POST", "runs/log-batch", object{"run_id": run, "params": []object{pair}}, InvalidParameter)
			if strings.Contains(says, secret) || strings.Contains(says, other) || strings.Count(says, "[redacted ") != 4 {
				t.Errorf("the answers are %s", says)
			}
		}
	}
	again()
	s.options.Screen = secrets.New(secrets.Options{Key: []byte("key")}) // which remembers nothing
	s.reopen()
	again()
}
