package secrets_test

import (
	"strings"
	"testing"

	"github.com/zricethezav/gitleaks/v8/detect"

	"github.com/gemba-ml/gemba/tracker/secrets"
	"github.com/gemba-ml/gemba/tracker/secrets/secretstest"
)

func TestEverySampleIsFound(t *testing.T) {
	s := secrets.New(secrets.Options{Key: []byte("key")})
	for _, sample := range secretstest.Samples(t) {
		text := "before\n" + sample.Text + "(after)\n"
		clean, found := s.Redact([]byte(text))
		if strings.Contains(string(clean), sample.Secret) || len(found) == 0 {
			t.Errorf("%s: %q stays in %q", sample.Rule, sample.Secret, clean)
		}
		if !strings.HasPrefix(string(clean), "before\n") || !strings.HasSuffix(string(clean), "(after)\n") {
			t.Errorf("%s: too much was taken: %q", sample.Rule, clean)
		}
		if again, more := s.Redact(clean); len(more) > 0 {
			t.Errorf("%s: a mark is taken for a secret: %q", sample.Rule, again)
		}
	}
}

// TestAgainstGitleaks holds what is found against what gitleaks itself finds in the same texts.
func TestAgainstGitleaks(t *testing.T) {
	peer, err := detect.NewDetectorDefaultConfig()
	if err != nil {
		t.Fatal(err)
	}
	s := secrets.New(secrets.Options{})
	n := 0
	for _, sample := range secretstest.Samples(t) {
		clean, _ := s.Redact([]byte(sample.Text))
		for _, f := range peer.DetectString(sample.Text) {
			n++
			if strings.Contains(string(clean), f.Secret) {
				t.Errorf("%s: gitleaks finds %s %q; left is %q", sample.Rule, f.RuleID, f.Secret, clean)
			}
		}
	}
	if n < 200 {
		t.Errorf("gitleaks finds %d secrets in the samples, so they are no good", n)
	}
}
