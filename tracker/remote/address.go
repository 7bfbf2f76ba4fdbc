package remote

import (
	"net/url"
	"slices"
	"strings"
)

// secretWords are parts of the names of parameters whose values nobody is to see.
var secretWords = []string{"secret", "password", "token", "key", "sig", "credential"}

// Harmless returns an address without what is secret in it: a user's name and password, and parameters that are
// named like secrets.
func Harmless(address string) string {
	if !strings.Contains(address, "://") {
		return address
	}
	u, err := url.Parse(address)
	if err != nil {
		return "(an address that cannot be read)"
	}
	query, secret := u.Query(), u.User != nil
	u.User = nil
	for name := range query {
		if slices.ContainsFunc(secretWords, func(word string) bool { return strings.Contains(strings.ToLower(name), word) }) {
			query.Del(name)
			secret = true
		}
	}
	if !secret {
		return address
	}
	u.RawQuery = query.Encode()
	return u.String()
}
