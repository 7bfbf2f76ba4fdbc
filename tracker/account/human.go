package account

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
)

// HumanBytes writes n with a binary prefix and up to three digits: 512 B, 1.5 KiB, 257 MiB.
func HumanBytes(n int64) string {
	if n < 1024 {
		return fmt.Sprintf("%d B", n)
	}
	value, unit := float64(n), 0
	for value >= 1023.5 && unit < 5 {
		value /= 1024
		unit++
	}
	digits := 0
	if value < 9.95 {
		digits = 1
	}
	return fmt.Sprintf("%s %ciB", strconv.FormatFloat(value, 'f', digits, 64), "BKMGTP"[unit])
}

// Count writes a number with its noun: 1 cell, 2 cells, 1,234,567 entries.
func Count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Thousands(n) + " " + many
}

// Thousands writes a number with commas.
func Thousands(n int) string {
	digits := strconv.Itoa(n)
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + "," + digits[at:]
	}
	return digits
}

// Content is the digest of the file, or of the folder's tree.
func (f Artifact) Content() tracker.Digest {
	if f.Digest.IsZero() {
		return f.Tree
	}
	return f.Digest
}

// OwnMetric reports whether a metric is no user's but what was measured of the machine and the program (lineage/usage writes them). Views
// that choose by themselves what to show leave it out.
func OwnMetric(key string) bool { return strings.HasPrefix(key, "system/") }

// OwnTag reports whether a tag is no user's but one in which package mlflow keeps what it has no other place for.
func OwnTag(key string) bool { return strings.HasPrefix(key, "gemba.mlflow.") }

func orDash(text string) string {
	if text == "" {
		return "–"
	}
	return text
}
