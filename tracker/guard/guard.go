// Package guard tells which requests may be meant for a server on this machine: what the web page's server and the one for MLflow's clients
// share. It knows neither.
package guard

import (
	"crypto/sha256"
	"crypto/subtle"
	"net"
	"strings"
)

// Here reports whether a request's host is one that nobody else can make mean this machine (DNS rebinding): an address always means itself.
func Here(host string) bool {
	name := Name(host)
	return net.ParseIP(strings.Trim(name, "[]")) != nil || strings.EqualFold(name, "localhost")
}

// Name returns a host without its port.
func Name(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

// Same compares two secrets in a time that tells nothing of either.
func Same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}
