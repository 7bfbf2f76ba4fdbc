package remote

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/gemba-ml/gemba/tracker"
)

// The objects of a remote. What is in each is told in tracker/FORMAT.md.
const (
	formatName     = "format"
	packsPrefix    = "packs/"
	journalsPrefix = "journals/"
	ledgersPrefix  = "ledgers/"

	formatText = "gemba remote 1\n"
)

func packName(sum string) string   { return packsPrefix + sum + ".pack" }
func framesName(sum string) string { return packsPrefix + sum + ".frames" }

// segment is some of the lines of a journal: those behind from, up to to. Its checkpoint is that of all lines up to to.
type segment struct {
	folder   string // "journals/<id>" or "ledgers/<id>"
	from, to int64
}

func (s segment) lines() string      { return fmt.Sprintf("%s/%012d-%012d.jsonl", s.folder, s.from, s.to) }
func (s segment) checkpoint() string { return fmt.Sprintf("%s/%012d.checkpoint", s.folder, s.to) }

func journalFolder(id tracker.ID) string { return journalsPrefix + id.String() }
func ledgerFolder(id tracker.ID) string  { return ledgersPrefix + id.String() }

// Names of objects that a remote may have; others mean nothing.
var (
	packPattern    = regexp.MustCompile(`^packs/([0-9a-f]{64})\.(pack|frames)$`)
	linesPattern   = regexp.MustCompile(`^((?:journals|ledgers)/[0-9a-f]{32})/(\d{12})-(\d{12})\.jsonl$`)
	checkedPattern = regexp.MustCompile(`^((?:journals|ledgers)/[0-9a-f]{32})/(\d{12})\.checkpoint$`)
)

// parseLines reads the name of a segment's lines.
func parseLines(name string) (s segment, ok bool) {
	m := linesPattern.FindStringSubmatch(name)
	if m == nil {
		return s, false
	}
	s.folder = m[1]
	s.from, _ = strconv.ParseInt(m[2], 10, 64) // twelve digits always fit
	s.to, _ = strconv.ParseInt(m[3], 10, 64)
	return s, s.from < s.to
}

// parseChecked reads the name of a checkpoint.
func parseChecked(name string) (folder string, size int64, ok bool) {
	m := checkedPattern.FindStringSubmatch(name)
	if m == nil {
		return "", 0, false
	}
	size, _ = strconv.ParseInt(m[2], 10, 64)
	return m[1], size, true
}

// folderID returns the id in the name of a folder of segments.
func folderID(folder string) tracker.ID {
	id, _ := tracker.ParseID(folder[len(folder)-32:]) // the patterns let nothing else pass
	return id
}
