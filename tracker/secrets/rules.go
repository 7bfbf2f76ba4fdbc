package secrets

import (
	"regexp"
	"slices"
	"sync"

	toml "github.com/pelletier/go-toml/v2"
	"github.com/zricethezav/gitleaks/v8/config"
)

// definition is a rule as gitleaks' configuration writes it
// (https://github.com/gitleaks/gitleaks#configuration).
type definition struct {
	ID          string
	Regex       string
	Path        string
	Entropy     float64
	SecretGroup int
	Keywords    []string // in lower case; a match needs one of them nearby
	Allowlists  []listing

	hint  func([]byte) bool   `toml:"-"` // whether the expression is to be tried, by what follows a keyword; nil: it is
	judge func(assigned) bool `toml:"-"` // whether what is matched is a secret; nil: it is
}

// ruleset is all rules, and what no rule finds a secret in.
type ruleset struct {
	rules []*rule
	allow *allowance
}

// rule is a definition that is looked into, and compiled, when it is first needed.
type rule struct {
	definition
	shape  func() shape
	regexp func() *regexp.Regexp
	path   func() *regexp.Regexp // nil: for every path
	allow  []*allowance
}

func newRule(d definition) *rule {
	r := &rule{definition: d}
	r.shape = sync.OnceValue(func() shape { return shapeOf(r.definition) })
	r.regexp = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(r.shape().expr) })
	r.path = sync.OnceValue(func() *regexp.Regexp { return anyOf(nonEmpty(d.Path)) })
	for _, a := range d.Allowlists {
		r.allow = append(r.allow, newAllowance(a))
	}
	return r
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// loadRules reads gitleaks' rules, which come with its module, and adds our own.
func loadRules() *ruleset {
	var c struct {
		Allowlist listing
		Rules     []definition
	}
	if err := toml.Unmarshal([]byte(config.DefaultConfig), &c); err != nil {
		panic("read gitleaks' rules: " + err.Error()) // a part of this program, and a test reads it
	}
	all := &ruleset{allow: newAllowance(c.Allowlist)}
	for _, d := range slices.Concat(c.Rules, ownRules, weakRules) {
		d.Allowlists = append(d.Allowlists, alsoAllowed[d.ID]...)
		if d.Regex != "" {
			all.rules = append(all.rules, newRule(d))
		}
	}
	return all
}

// concerns reports whether the rule is for a file with this path. What is no file concerns every rule.
func (r *rule) concerns(path string) bool {
	return path == "" || r.Path == "" || r.path().MatchString(path)
}

// wholeMatch names the rules of which not only the first group is the secret.
var wholeMatch = map[string]bool{"jwt-base64": true, "microsoft-teams-webhook": true}

// ownRules find what gitleaks leaves out: passwords in URLs, headers and command lines, and private
// keys whose end is missing.
var ownRules = []definition{
	{
		ID: "url-password", Keywords: []string{"://"},
		Regex:      `://[^\s/:@'"<>\x60]{0,100}:([^\s/@'"<>\x60]{3,200})@[\w\[]`,
		Allowlists: placeholders,
	},
	{
		ID: "private-key", Keywords: []string{"-----begin"},
		Regex: `(?i)-----BEGIN[ A-Z0-9_-]{0,100}PRIVATE KEY(?: BLOCK)?-----((?:(?:\s|\\[nr])+[a-z0-9-]+: [^\n]*){0,9}(?:(?:\s|\\[nr])*[a-z0-9+/=]{16,})+(?:(?:\s|\\[nr])+[a-z0-9+/=]{1,15}(?:\s|\\[nr]|$))?)`,
	},
	{
		ID: "authorization-header", Keywords: []string{"bearer", "basic"}, Entropy: 3.2,
		Regex:      `(?i)(?:bearer|basic)[ \t]{1,5}([\w=~@.+/-]{16,1000})(?:[\x60'"\s;,]|\\[nr]|$)`,
		Allowlists: []listing{{Regexes: []string{`^[a-zA-Z_./@-]+$`, `^\d+(?:\.\d+)*$`}}},
	},
	{
		ID: "command-password", Keywords: []string{"--pass", "pgpassword", "mysql_pwd", "sshpass"},
		Regex:      `(?i)(?:--pass(?:word|wd|phrase|)|pgpassword|mysql_pwd|sshpass[ \t]+-p)[ \t=]{1,3}['"]?([^\s'"\x60]{4,200})`,
		Allowlists: append([]listing{{RegexTarget: "match", Regexes: []string{`[ \t][a-z-]+$`}}}, placeholders...),
	},
}

// alsoAllowed are no secrets either: a line of a go.sum, which a module named "token" makes look like one, and placeholders.
var alsoAllowed = map[string][]listing{
	commonRule:              {{RegexTarget: "line", Regexes: []string{`^[ +-]?\S+ v\S+ h1:[A-Za-z0-9+/]{43}=$`}}},
	"hashicorp-tf-password": {{Regexes: []string{`(?i)^"(?:(?:my|your|the|some)[_-])?(?:password|changeme|change[_-]me|passphrase|placeholder)(?:[_-]here)?"$`}}},
}

// placeholders are what documents write where a password goes.
var placeholders = []listing{{Regexes: []string{
	`(?i)^(?:my_?|your_?|the_?|some_?)?(?:pass(?:word|wd)?|pwd|pw|secret|token|key|foo|bar|test|example|x+|\*+|\.+)$`, `^[$%{<\[(]`, `\$\{`,
}}}
