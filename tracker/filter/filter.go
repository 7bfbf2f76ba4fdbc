// Package filter is the language in which runs are searched: MLflow's own (so that its clients' filters mean the same
// here), with OR, NOT, parentheses, IN, LIKE, regular expressions, times and the fields that only a ledger knows (git, data, cell,
// env). It turns text into an expression and says where the text is wrong; it knows no database.
package filter

import (
	"fmt"
	"time"
)

// Expr is a filter: And, Or, Not or Compare.
type Expr interface{ expr() }

// And holds when all of its expressions do; without any it holds always.
type And []Expr

// Or holds when one of its expressions does.
type Or []Expr

// Not holds when its expression does not.
type Not struct{ Of Expr }

// Compare holds when a field's value stands in a relation to given values. A run without the field never
// fits, but for Missing.
type Compare struct {
	Field  Field
	Op     Op
	Values []Value // one; for In and NotIn any number; for Missing and Present none
	At     int     // where in the text it begins, in bytes
}

func (And) expr()     {}
func (Or) expr()      {}
func (Not) expr()     {}
func (Compare) expr() {}

// Space is a group of fields.
type Space string

// The spaces. Attributes is what every run has (status, start_time, run_name, …), and what a field without a space belongs to.
const (
	Metrics    Space = "metrics"
	Params     Space = "params"
	Tags       Space = "tags"
	Attributes Space = "attributes"
	Datasets   Space = "datasets" // name, digest, context
	Git        Space = "git"      // commit, branch, dirty
	Data       Space = "data"     // digest, path: of files that the run's cells read or wrote
	Cell       Space = "cell"     // source, id, notebook
	Env        Space = "env"      // a fact of the environment
)

// Field is something that runs have values of.
type Field struct {
	Space Space
	Name  string
}

// String writes the field as the language does.
func (f Field) String() string { return fmt.Sprintf("%s.`%s`", f.Space, f.Name) }

// Op is a relation.
type Op string

// The relations. Like has SQL's wildcards % and _; ILike does not look at case; Match is a regular expression of Go's (RE2).
const (
	Equal    Op = "="
	Unequal  Op = "!="
	Less     Op = "<"
	AtMost   Op = "<="
	Greater  Op = ">"
	AtLeast  Op = ">="
	Like     Op = "LIKE"
	NotLike  Op = "NOT LIKE"
	ILike    Op = "ILIKE"
	NotILike Op = "NOT ILIKE"
	Match    Op = "=~"
	NotMatch Op = "!~"
	In       Op = "IN"
	NotIn    Op = "NOT IN"
	Missing  Op = "IS NULL"
	Present  Op = "IS NOT NULL"
)

// Value is what a field is compared with. Text is what was written, without quotes.
type Value struct {
	Kind   ValueKind
	Text   string
	Number float64       // of a Number
	Time   time.Time     // of a Moment
	Age    time.Duration // of an Age: how long before now
}

// ValueKind is how a value was written.
type ValueKind int

// The kinds of values. Text is in quotes, and it may be a moment in quotes too: who compares a time with it asks
// ParseMoment.
const (
	Text ValueKind = iota
	Number
	Moment // 2026-03-01, 2026-03-01T10:30:00Z
	Age    // -7d, -12h, -30m
	Bool   // true, false
)

// Order is by what runs are sorted, the first field first.
type Order struct {
	Field      Field
	Descending bool
}

// SyntaxError says where a filter or an order is wrong.
type SyntaxError struct {
	Text string
	At   int // in bytes
	Why  string
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("%s at position %d of %q", e.Why, e.At+1, e.Text)
}
