package secrets

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// reference is a value that stands for another one, or that says where one is.
var reference = regexp.MustCompile(`^[$%{<\[(/~]|^\.{1,2}/|\$\{|\{.*\}|%\(\w+\)s|%[sdv]$|\[.*\]|<.*>|://|\(\)|^[a-zA-Z]:\\|^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$|` +
	`^(?:[a-z0-9_.-]+/)+[a-z0-9_.-]*$|^(?:` + alternatives(`
	os env process self this cfg config settings? args opts? options ctx req request r c s secrets? vars? data params? user k8s vault ssm arn sha256 sha512
	file path module import type string`) + `)[.:]`)

// technical is the name of a type, an algorithm or a version, a number with a unit, a colour or a time.
var technical = regexp.MustCompile(`(?i)^(?:` + alternatives(`
	u?int float complex bfloat fp bytes? str string char varchar utf-? ucs-? ascii-? latin-? iso-? cp base-? sha-? sha\d- md h[_-]?mac aes-? argon blake oauth-?
	ed x rs es hs ps rsa-? v gpt-? bert-? t llama-? qwen-? l h http/? tls-? ipv? text word tok token line item col row var arg param step field key group user
	node`) + `)[_-]?\d+[\d._-]*$|^[-+]?[\d.,_:/-]+(?:e[-+]?\d+|[kmgt]i?b?|[mnu]?s|min|h|d|w|px|em|%)?$|^0x[0-9a-f_]+$|^#[0-9a-f]{3,8}$|^\d{4}-\d{2}-\d{2}`)

// digits are a number that may be a password.
var digits = regexp.MustCompile(`^\d{4,}$`)

// words are the parts of a value.
var words = regexp.MustCompile(`[A-Z]?[a-z]+|[A-Z]+|[0-9]+|[^\sA-Za-z0-9]+`)

// dummy is a word of those of which placeholders are made.
var dummy = regexp.MustCompile(`(?i)^(?:` + alternatives(`
	my your the some any an? is no not to for with and of in on test(?:s|ing)? example sample dummy fake mock foo bar baz qux x+ pass(?:word|wd|phrase|code)?s? pw pwd
	secrets? tokens? keys? api access auth user(?:name)? name value here string text str int bool default none null nil undefined true false change me changeme
	replace insert enter todo tbd placeholder redacted hidden masked invalid wrong bad new old current confirm forgot reset empty required optional missing
	unknown abc client server db database id bearer basic type file env field input hash [_.*…-]+`) + `)$`)

// placeholder says that a value is made of words that documents write where a secret goes.
func placeholder(value string) bool {
	for _, part := range words.FindAllString(strings.TrimRight(value, "?*:!.…"), -1) {
		if !dummy.MatchString(part) {
			return false
		}
	}
	return true
}

// uniform says that a value is one character, over and over.
func uniform(value string) bool { return strings.Trim(value, value[:1]) == "" }

// special are characters that a password has and a word, a name or a path has not.
const special = "!@#$%^&*+?~"

// strong says that a value can be a secret: a password with a digit or a special character in it, or something longer
// that has both letters and digits.
func strong(value string, password bool) bool {
	if password {
		return utf8.ValidString(value) && len(value) >= 4 && strings.ContainsAny(value, "0123456789"+special)
	}
	return len(value) >= 6 && mixed(value) || keyPrefix.MatchString(value)
}

// keyPrefix begins the keys of services.
var keyPrefix = regexp.MustCompile(`^(?:sk|pk|rk|hf|gh[pousr]|xox[abp])[_-][A-Za-z0-9_-]{3,}$`)

// mixed says that a value has letters and digits.
func mixed(value string) bool {
	return strings.ContainsAny(value, "0123456789") && strings.IndexFunc(value, unicode.IsLetter) >= 0
}

// isUserAndPassword says that a text is what RFC 7617 sends: a name and a password in base64.
func isUserAndPassword(text string) bool {
	b, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(text, "="))
	return err == nil && bytes.IndexByte(b, ':') > 0 && utf8.Valid(b) && bytes.IndexFunc(b, unicode.IsControl) < 0
}
