package secrets

import (
	"bytes"
	"regexp"
	"strings"
	"unicode"
)

// weakRules find secrets by what they are called, however short or simple they are, where gitleaks' rules ask for chance.
// What their expressions match is judged: most values that stand beside such a name are none.
var weakRules = []definition{
	{
		ID: "named-secret",
		Keywords: []string{"passwd", "password", "passphrase", "_pass", "pwd", "secret", "token", "api_key", "api-key", "apikey",
			"access_key", "access-key", "accesskey", "credential"},
		Regex: `(?i)(?:passwd|password|passphrase|_pass|pwd|secret|token|api[_-]?key|access[_-]?key|credential)[\w.-]*` +
			`(?:["'\x60\])]*[ \t]*(?::?[ \t]*[\w.\[\]*]+[ \t]+)?(?::=|=>|[=:,])[ \t]*|[ \t]+|>)` +
			`(?:[bru]?[bru]?"([^"\s\\]{3,})"|[bru]?[bru]?'([^'\s\\]{3,})'|\x60([^\x60\s\\]{3,})\x60|([^\s"'\x60\\()\[\]{}<>,;&]{4,}))`,
		hint: valueNear, judge: namedSecret,
	},
	{
		ID: "authorization-header", Keywords: []string{"authorization"},
		Regex: `(?i)authorization["'\])]{0,3}[ \t]*[:=,][ \t]*["']?(?:bearer|basic|token|apikey)[ \t]+([^\s"'\x60\\,;(){}<>\[\]]{4,})`,
		judge: func(a assigned) bool { return !placeholder(a.value) && mixed(a.value) },
	},
	{
		ID: "basic-authorization", Keywords: []string{"basic"},
		Regex: `(?i)basic[ \t]+([a-z0-9+/_-]{4,}=*)`,
		hint:  codeNear, judge: func(a assigned) bool { return isUserAndPassword(a.value) },
	},
}

// near is how many bytes from a keyword on are looked at.
const near = 512

// valueNear says that, behind the name that a keyword stands in, comes what can be a value: without it the expression is not
// tried. Words like "token" are in every second line.
func valueNear(text []byte) bool {
	rest := text[:min(len(text), near)]
	for i := range rest {
		if rest[i] == ']' || rest[i] == ')' || classes[rest[i]]&(space|quote|operator) != 0 {
			rest = rest[i:]
			break
		}
		if classes[rest[i]]&(letter|joint) == 0 {
			return false
		}
	}
	for range 2 { // a type may be first
		rest = bytes.TrimLeft(rest, " \t'\"`=>:,)]")
		end := bytes.IndexAny(rest, " \t\r\n'\"`")
		if end < 0 {
			end = len(rest)
		}
		if value := rest[:end]; len(value) >= 3 && bytes.ContainsAny(value, "0123456789-"+special) {
			return true
		}
		rest = rest[end:]
	}
	return false
}

// codeNear says that something in base64 can come behind a keyword: of four letters or more one is large, nearly always.
func codeNear(text []byte) bool {
	code := bytes.TrimLeft(text[:min(len(text), near)], " \t")
	return bytes.ContainsFunc(code[:min(len(code), 16)], unicode.IsUpper)
}

// assigned is a value beside the name that it belongs to.
type assigned struct {
	before string // from the beginning of the name to the value, with its quote
	value  string
	after  string // the rest of the line, as far as it counts
	quoted bool   // the name is
}

// assignedIn returns the value at from to to in a text, and the name that begins at name.
func assignedIn(text []byte, name, from, to int) assigned {
	after, _, _ := bytes.Cut(text[to:min(len(text), to+8)], []byte("\n"))
	return assigned{string(text[name:from]), string(text[from:to]), string(after), name > 0 && classes[text[name-1]]&quote != 0}
}

// namedSecret judges by the name, by how the value is written, and by what it is like.
func namedSecret(a assigned) bool {
	name := a.before[:strings.IndexFunc(a.before+" ", func(r rune) bool { return r > unicode.MaxASCII || classes[byte(r)]&(letter|joint) == 0 })]
	between := a.before[len(name):]
	key := secretIn(name)
	password := strings.Contains(key, "pass") || key == "pwd"
	switch {
	case key == "" || placeholder(a.value) || reference.MatchString(a.value) || uniform(a.value):
		return false
	case technical.MatchString(a.value) && !(password && digits.MatchString(a.value)):
		return false
	case strings.HasSuffix(between, ">"):
		return between == ">" && strings.HasPrefix(a.after, "</") && strong(a.value, password)
	case quoted(between):
		return (operatorIn(between) || password && strings.TrimLeft(between, ` "'`) == "") && (a.quoted || !strings.Contains(between, ",")) && strong(a.value, password)
	case strings.TrimSpace(between) == "": // the argument of an option
		return strings.HasPrefix(name, "--") && strong(a.value, password)
	}
	return operatorIn(between) && !strings.Contains(between, ",") && bare(a, between) && strong(a.value, password)
}

// quoted says that a value is a literal.
func quoted(between string) bool {
	return strings.HasSuffix(between, `"`) || strings.HasSuffix(between, `'`) || strings.HasSuffix(between, "`")
}

// operatorIn says that something is assigned.
func operatorIn(between string) bool { return strings.ContainsAny(between, "=:,>") }

// keyword is what makes a name secret; what follows tells of what kind.
var keyword = regexp.MustCompile(`(?i)_?(?:passwd|password|passphrase)|_pass|pwd|secret|token|api[_-]?key|access[_-]?key|credential`)

// about begins the rest of a name that does not hold a secret but tells of one.
var about = regexp.MustCompile(`(?i)^s?[_.-]?(?:` + alternatives(`
	ids? names? files? paths? dirs? folder ur[il]s? types? kinds? len length sizes? counts? num number limit hash(?:er|ed|es)? digest polic(?:y|ies)
	fields? labels? prompt hint regexp? pattern re format refs? version class var variable arn expir\w* ttl index idx pos position endpoint providers?
	manager mgr target attachment store helper reset errors? msg message title placeholder prefix suffix header algorithm alg encod\w* env method confirm\w*
	input text loss acc accuracy ratio rate dim embed\w* mask scores? usage budget spec schema rule strength column cols? role scope hits? flag mode
	callback func fn handler mount set list map dict array seq\w*`) + `)(?:$|[_.-]|\d|[A-Z])`)

// marker is the beginning of a name of a token that is no credential.
var marker = regexp.MustCompile(`(?i)(?:^|[_.-])(?:` + alternatives(`
	eos bos pad unk mask sep cls stop start end begin special image img audio video next last first prev curr? current cur num n max min total
	per sub oov text word tag open close punct delim\w* this the`) + `)[_.-]?$`)

// alternatives joins expressions with blanks between them.
func alternatives(list string) string { return strings.Join(strings.Fields(list), "|") }

// secretIn returns what makes a name that of a secret; "" when it is that of what tells of one, or only begins like it.
func secretIn(name string) string {
	all := keyword.FindAllStringIndex(name, -1)
	if all == nil {
		return ""
	}
	at := all[len(all)-1]
	rest, key := name[at[1]:], strings.ToLower(name[at[0]:at[1]])
	if (key == "credential" || strings.Contains(key, "passw")) && len(rest) > 0 && (rest[0] == 's' || rest[0] == 'S') {
		rest = rest[1:]
	}
	goesOn := rest != "" && (unicode.IsLower(rune(rest[0])) || unicode.IsUpper(rune(rest[0])) && name[at[0]:at[1]] == strings.ToUpper(key))
	if goesOn || about.MatchString(rest) || key == "token" && marker.MatchString(name[:at[0]]) {
		return ""
	}
	return key
}

// An identifier is a name of a program's, or several with dots between them.
var identifier = regexp.MustCompile(`^[A-Za-z_][\w.]*$`)

// bare says that a value without quotes is a literal, as in settings, and not part of a program.
func bare(a assigned, between string) bool {
	end := a.after == "" || strings.IndexByte(" \t\r\"'`\\", a.after[0]) >= 0
	close := strings.Trim(between, `"'=:`) == "" // as shells, URLs and connection strings write it
	if close && !strings.Contains(between, ":") && a.after != "" && (a.after[0] == ';' || a.after[0] == '&') {
		end = true
	}
	if !end || strings.IndexByte("!@#*|-+", a.value[0]) >= 0 || strings.Contains(between, ":=") || strings.Contains(between, "=>") {
		return false
	}
	if !identifier.MatchString(a.value) {
		return close || strings.ContainsAny(a.value, "!@#$?~") || !strings.ContainsAny(a.value, "*+/%^&|=")
	}
	colon := strings.Contains(between, ":") && !unicode.IsUpper(rune(a.value[0]))
	return len(a.value) >= 6 && mixed(a.value) && (close || colon && strings.TrimSpace(a.after) == "")
}
