package gitstate

import (
	"net/url"
	"regexp"
	"strings"
)

// remoteOf returns the URL of the remote that a branch follows, else of origin, else of the only one there is,
// without credentials.
func remoteOf(c *config, branch string) string {
	if name := c.last("branch." + branch + ".remote"); name != "" && c.last("remote."+name+".url") != "" {
		return withoutCredentials(c.last("remote." + name + ".url"))
	}
	if u := c.last("remote.origin.url"); u != "" {
		return withoutCredentials(u)
	}
	only := ""
	for name := range c.values {
		if strings.HasPrefix(name, "remote.") && strings.HasSuffix(name, ".url") {
			if only != "" {
				return ""
			}
			only = c.last(name)
		}
	}
	return withoutCredentials(only)
}

// userInfo is what stands before @ in a URL's authority. A password that somebody left unescaped may hold a /:
// then what follows the : is no port.
var userInfo = regexp.MustCompile(`(?i)^([a-z][a-z0-9+.-]*)://([^/?#]*@|[^/?#:]*:[^/?#]*[^/?#0-9].*@|[^/?#:]*:/.*@)`)

// secretParameter is a query's member whose value may be a credential.
var secretParameter = regexp.MustCompile(`(?i)(token|key|secret|password|passwd|auth|sig|credential)[^=&]*=[^&]*`)

// withoutCredentials returns a remote's URL without the user and password in it. The user of ssh's URLs stays: it
// is git's, and no secret; a password behind it goes.
func withoutCredentials(remote string) string {
	scheme := userInfo.FindStringSubmatch(remote)
	if scheme == nil {
		return secretParameter.ReplaceAllString(remote, "${1}=…")
	}
	rest := userInfo.ReplaceAllString(remote, "")
	user := ""
	if u, err := url.Parse(remote); err == nil && strings.Contains(strings.ToLower(scheme[1]), "ssh") && u.User != nil {
		user = url.User(u.User.Username()).String() + "@"
	}
	return secretParameter.ReplaceAllString(scheme[1]+"://"+user+rest, "${1}=…")
}
