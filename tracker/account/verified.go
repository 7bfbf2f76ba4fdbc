package account

import (
	"slices"

	"github.com/gemba-ml/gemba/tracker/journal"
)

// Verified is what a check of every byte of a ledger found.
type Verified struct {
	OK bool `json:"ok"`
	*journal.Report
	Proves    []string `json:"proves"` // what OK proves
	ProvesNot []string `json:"proves_not"`
}

// NewVerified tells what a report proves, which is nothing when something is wrong, and what none ever does.
func NewVerified(r *journal.Report) Verified {
	v := Verified{OK: r.OK(), Report: r, ProvesNot: journal.ProvesNot()}
	if v.OK {
		v.Proves = journal.Proves()
	}
	return v
}

// Verdict says in a word what it came to, "verified", "empty" or "corrupt", and in a few more what that means.
func (v Verified) Verdict() (word, says string) {
	switch {
	case v.OK && v.Entries == 0:
		return "empty", "nothing is wrong, and nothing is recorded"
	case v.OK:
		return "verified", "nothing is wrong"
	}
	return "corrupt", Count(len(v.Problems), "problem", "problems")
}

// Facts says in words what was checked and what was not. Own tells of the id of a key whether it is that of who asks.
func (v Verified) Facts(own func(key string) bool) (all []Fact) {
	add := func(name, value string) { all = append(all, Fact{name, value}) }
	add("ledger", v.Dir+", format "+Thousands(v.Format))
	add("entries", Thousands(int(v.Entries))+" in "+Count(len(v.Journals), "journal", "journals")+v.states())
	add("blobs", Thousands(int(v.Blobs)))
	if text := v.removed(); text != "" {
		add("removed", text)
	}
	for _, key := range v.signers() {
		add("signed by", key+map[bool]string{true: "  (your key)"}[own(key)])
	}
	return append(all, v.unsigned()...)
}

// removed tells of blobs that were removed for a reason.
func (v Verified) removed() string {
	total, text := 0, ""
	for _, r := range v.Removed {
		if text += map[bool]string{true: ", "}[text != ""] + Thousands(int(r.Blobs)) + " " + r.Reason; r.Remote != "" {
			text += " to " + r.Remote
		}
		total += int(r.Blobs)
	}
	if total == 0 {
		return ""
	}
	return Count(total, "blob", "blobs") + ": " + text
}

// states counts the journals that are written now, and those whose writers died.
func (v Verified) states() (text string) {
	count := map[journal.State]int{}
	for _, j := range v.Journals {
		count[j.State]++
	}
	if n := count[journal.Live]; n > 0 {
		text += ", " + Thousands(n) + " being written"
	}
	if n := count[journal.Cut]; n > 0 {
		text += ", " + Thousands(n) + " cut short when the writer died"
	}
	return text
}

// unsigned tells of entries that no signature vouches for: those that wait for one, and those of journals without a key.
func (v Verified) unsigned() (all []Fact) {
	var journals, entries, waiting int64
	which := ""
	for _, j := range v.Journals {
		switch {
		case j.Key != "":
			waiting += j.Entries - j.Signed
		case j.Entries > 0:
			journals, entries = journals+1, entries+j.Entries
			which += map[bool]string{true: ", the ledger-wide one among them"}[j.Name == journal.LedgerWide]
		}
	}
	if waiting > 0 {
		all = append(all, Fact{"unsigned", Count(int(waiting), "entry", "entries") + ", behind the last checkpoint of their journals"})
	}
	if journals > 0 {
		all = append(all, Fact{"no signature", Count(int(entries), "entry", "entries") + " in " + Count(int(journals), "journal", "journals") + which + ": a change of them would not show"})
	}
	return all
}

// signers returns the keys that signed, each once.
func (v Verified) signers() (keys []string) {
	for _, j := range v.Journals {
		if j.Key != "" && !slices.Contains(keys, j.Key) {
			keys = append(keys, j.Key)
		}
	}
	slices.Sort(keys)
	return keys
}
