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

// The rules under which values are found.
const (
	passwordRule    = "password"
	environmentRule = "environment"
)

// shortest is the length in bytes of the shortest text that is kept out by its value alone: a shorter
// one is part of too much else.
const shortest = 4

// Remember keeps a value out of everything from now on, as it is and as URLs, Go strings and base64
// write it. It is for what was typed at a password prompt. One of less than 4 bytes is not kept out.
func (s *Screener) Remember(secret string) { s.remember(passwordRule, secret) }

func (s *Screener) remember(rule, secret string) {
	if secret = strings.TrimRight(secret, "\r\n"); len(secret) < shortest {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, known := s.values[secret]; known {
		return
	}
	quoted := strconv.Quote(secret)
	forms := []string{
		secret, quoted[1 : len(quoted)-1], url.QueryEscape(secret), url.PathEscape(secret),
		base64.StdEncoding.EncodeToString([]byte(secret)),
	}
	for _, form := range forms {
		if _, known := s.values[form]; !known {
			s.values[form] = value{rule: rule, secret: secret}
		}
	}
	s.finder = nil
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
				s.remember(environmentRule, password)
			}
		}
		if secretName.MatchString(name) && !harmlessName.MatchString(name) && looksSecret(text) {
			s.remember(environmentRule, text)
		}
	}
}

// looksSecret reports whether the value of a variable with a secret's name can be one.
func looksSecret(text string) bool {
	const leastBits = 2.5 // of entropy per byte: fewer have placeholders, not keys
	path := strings.HasPrefix(text, "/") || strings.HasPrefix(text, "~") || strings.Contains(text, `:\`)
	return len(text) >= 8 && !path && entropy(text) > leastBits && bytes.ContainsAny([]byte(text), "0123456789!#$%&*+=?@^_~-.:;<>()[]{}|,")
}
