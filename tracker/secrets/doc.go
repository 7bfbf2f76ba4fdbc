// Package secrets keeps secrets out of what is written: it finds them in text, in JSON and in streams
// that arrive in pieces, and says what to write instead: the name of the rule and a keyed digest, so
// that two records can still be compared. The rules are gitleaks'
// (https://github.com/gitleaks/gitleaks, config/gitleaks.toml), a few of our own, and the values that
// a session's user typed at a password prompt or keeps in the environment. The package knows no
// ledger, no kernel and no file.
package secrets
