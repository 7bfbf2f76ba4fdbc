package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/gemba-ml/gemba/tracker/track"
)

// livePlace tells a program that outlives cells where to log now: a file that its environment names.
type livePlace struct{ file *os.File }

// newLivePlace makes the file in a folder.
func newLivePlace(folder string) (*livePlace, error) {
	f, err := os.OpenFile(filepath.Join(folder, "place.json"), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("tell the kernel where to log: %w", err)
	}
	return &livePlace{f}, nil
}

// variable is what the program's environment has, by what that of a cell would have.
func (l *livePlace) variable(environ []string) string {
	var p track.Place
	_ = json.Unmarshal(placeIn(environ), &p) // of a session that is not recorded there is none
	p.Execution, p.Live = "", l.file.Name()
	text, _ := json.Marshal(p) // strings alone always encode
	return track.Variable + "=" + string(text)
}

// placeSize is what the file is filled up to with blanks, so that it is written at once and never cut.
const placeSize = 4 << 10

// tell has the program log from now on as the environment of a cell says.
func (l *livePlace) tell(environ []string) {
	text := placeIn(environ)
	if n := len(text) % placeSize; n > 0 {
		text = append(text, bytes.Repeat([]byte(" "), placeSize-n)...)
	}
	_, _ = l.file.WriteAt(text, 0) // then the program logs to the run before
}

// placeIn returns the place that an environment tells.
func placeIn(environ []string) []byte {
	for _, v := range environ {
		if text, ok := strings.CutPrefix(v, track.Variable+"="); ok {
			return []byte(text)
		}
	}
	return nil
}
