package secrets

import (
	"bytes"
	"encoding/base64"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// value is a text that is a secret whatever stands around it.
type value struct {
	rule   string
	secret string // what is meant, however it is written
}

// The rules of values that were typed at a prompt, and that the environment holds.
const (
	passwordRule    = "password"
	environmentRule = "environment"
)

// A value of fewer bytes is part of too much else to be kept out wherever it stands; one of more, or of
// several lines, is looked for by its rule alone. So is what comes when many are known already: each is
// looked for in all that is written.
const (
	shortest   = 4
	longest    = 4096
	mostValues = 5000
)

// Remember keeps a value out of everything from now on, as it is and as URLs, Go strings and base64
// write it, and rule says why. It is for what was typed at a password prompt, or was found in a program
// that will show it without its name. One of less than 4 bytes is not kept out, nor a word that nobody
// typed as a password.
func (s *Screener) Remember(rule, secret string) {
	secret = strings.TrimRight(secret, "\r\n")
	if len(secret) < shortest || len(secret) > longest || strings.Contains(secret, "\n") || rule != passwordRule && !looksSecret(secret) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.values[secret]; known || len(s.values) > mostValues {
		return
	}
	for _, form := range forms(secret) {
		if _, known := s.values[form]; !known {
			s.values[form] = value{rule: rule, secret: secret}
		}
	}
	s.finder = nil
}

// forms returns how a value may be written.
func forms(secret string) []string {
	quoted := strconv.Quote(secret)
	return []string{
		secret, quoted[1 : len(quoted)-1], url.QueryEscape(secret), url.PathEscape(secret),
		base64.StdEncoding.EncodeToString([]byte(secret)),
	}
}

// secretName matches the names of environment variables that hold secrets; harmlessName those among
// them that only tell of one.
var (
	secretName   = regexp.MustCompile(`(?i)(?:^|_)(?:[A-Z0-9]*(?:TOKEN|PASSWORD|PASSWD|PASSPHRASE|SECRET|APIKEY|CREDENTIALS?)|KEY|PWD|PASS|AUTH|PAT)(?:_|$)`)
	harmlessName = regexp.MustCompile(`(?i)(?:^|_)(?:FILE|PATH|DIR|NAME|SOCK|SOCKET|TYPE|TTL|URL|URI|HOST|ENDPOINT|LENGTH|SIZE|LIFETIME|EXPIRES|ALGORITHM|USER|USERNAME|AGENT)$|^(?:OLD)?PWD$`)
)

// RememberEnvironment keeps out the values of those variables, written NAME=value, whose names say that
// they are secret, and passwords in URLs. Values of less than 8 bytes, paths and words are no secrets.
func (s *Screener) RememberEnvironment(environ []string) {
	for _, variable := range environ {
		name, text, _ := strings.Cut(variable, "=")
		if u, err := url.Parse(text); err == nil && u.User != nil {
			if password, ok := u.User.Password(); ok && len(password) >= 8 {
				s.Remember(environmentRule, password)
			}
		}
		if secretName.MatchString(name) && !harmlessName.MatchString(name) {
			s.Remember(environmentRule, text)
		}
	}
}

// looksSecret reports whether a value, which somebody called a secret, can be one.
func looksSecret(text string) bool {
	const leastBits = 2.5 // of entropy per byte: fewer have placeholders, not keys
	path := strings.HasPrefix(text, "/") || strings.HasPrefix(text, "~") || strings.Contains(text, `:\`)
	return len(text) >= 8 && !path && entropy(text) > leastBits && bytes.ContainsAny([]byte(text), "0123456789!#$%&*+=?@^_~-.:;<>()[]{}|,")
}
