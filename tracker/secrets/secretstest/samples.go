// Package secretstest is for tests: it makes secrets of every kind, which no scanner finds in this
// repository since they come to be when a test runs, and looks for them in whatever was written.
package secretstest

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/rand/v2"
	"regexp/syntax"
	"strings"
	"testing"

	toml "github.com/pelletier/go-toml/v2"
	"github.com/zricethezav/gitleaks/v8/config"
)

// Sample is a text with a secret in it.
type Sample struct {
	Rule   string // of gitleaks, or what it is
	Text   string // ends with a line end
	Secret string // what must not be written: a part of Text, on one line
}

// skipped are rules whose matches are no secret of their own: files by their name, and configuration
// whose secrets other samples hold.
var skipped = map[string]bool{
	"pkcs12-file": true, "kubernetes-secret-yaml": true, "nuget-config-password": true, "freemius-secret-key": true,
	"curl-auth-header": true, "curl-auth-user": true, "private-key": true, "generic-api-key": true,
	"flutterwave-public-key": true, "aws-amazon-bedrock-api-key-short-lived": true, "jwt-base64": true,
}

// Samples returns secrets of more than 200 kinds, the same ones at each call: a random match of each
// of gitleaks' rules, and what people write otherwise.
func Samples(t testing.TB) []Sample {
	t.Helper()
	var c struct {
		Rules []struct {
			ID, Regex   string
			SecretGroup int
			Keywords    []string
		}
	}
	if err := toml.Unmarshal([]byte(config.DefaultConfig), &c); err != nil {
		t.Fatal(err)
	}
	g := &generator{rand: rand.New(rand.NewPCG(1, 2))}
	var all []Sample
	for _, r := range c.Rules {
		if skipped[r.ID] || r.Regex == "" {
			continue
		}
		tree, err := syntax.Parse(r.Regex, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		text, secret := g.match(tree, max(1, r.SecretGroup))
		if !containsAny(text, r.Keywords) {
			text = r.Keywords[0] + " " + text
		}
		all = append(all, Sample{r.ID, strings.TrimRight(text, "\r\n \t") + "\n", strings.Trim(secret, "\r\n \t;'\"`")})
	}
	return append(all, g.others(t)...)
}

func containsAny(text string, words []string) bool {
	for _, w := range words {
		if strings.Contains(strings.ToLower(text), w) {
			return true
		}
	}
	return false
}

// others are secrets as they stand in programs, logs and command lines.
func (g *generator) others(t testing.TB) []Sample {
	key, body := privateKey(t)
	token, password, basic := g.word(32), g.word(9), g.word(24)
	cut, _, _ := strings.Cut(key, "-----END")
	weak, short := g.word(4)+"!7"+g.word(2), "sk-"+g.word(4)
	pair := base64.StdEncoding.EncodeToString([]byte("bob:" + g.word(4)))
	return []Sample{
		{"generic-api-key", `apiKey := "` + token + `"` + "\n", token},
		{"generic-api-key in JSON", `{"client_secret": "` + token + `"}` + "\n", token},
		{"generic-api-key in the environment", "export SERVICE_TOKEN=" + token + "\n", token},
		{"private-key", key, body},
		{"private-key, cut", cut, body},
		{"private-key in a string", strings.ReplaceAll(key, "\n", `\n`) + "\n", body},
		{"url-password", "postgres://bob:" + password + "@db.example.org/orders\n", password},
		{"git remote", "https://bob:" + password + "@git.example.org/x.git\n", password},
		{"authorization-header", "> Authorization: Bearer " + token + "\n", token},
		{"curl-auth-header", `curl -H "Authorization: Basic ` + basic + `" https://example.org/` + "\n", basic},
		{"curl-auth-user", `curl -u "bob:` + password + `" https://example.org/` + "\n", password},
		{"named-secret", `db_password = "` + weak + `"` + "\n", weak},
		{"named-secret in settings", "PASSWORD: " + weak + "\n", weak},
		{"named-secret of a service", "api_key=" + short + "\n", short},
		{"basic-authorization", "Proxy-Authorization: Basic " + pair + "\n", pair},
		{"command-password", "mysqldump --password=" + password + " orders\n", password},
	}
}

// privateKey returns a private key as PEM, and a line of it.
func privateKey(t testing.TB) (text, line string) {
	t.Helper()
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	block := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE" + " KEY", Bytes: bytes.Repeat(der, 4)})
	return string(block), strings.Split(string(block), "\n")[2]
}
