package account

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"hash"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/index"
)

// essenceLimit is how many bytes of outputs are read to compare what two executions showed.
const essenceLimit = 8 << 20

// essence is the digest of what an execution showed at its end, without what always varies: two with the same one showed the same.
func (r Reader) essence(ctx context.Context, cell tracker.ID) (sum [sha256.Size]byte, err error) {
	batches, err := r.Index.Outputs(ctx, cell)
	if err != nil {
		return sum, err
	}
	var size int64
	for _, b := range batches {
		if size += b.Size; size > essenceLimit || b.Tail {
			return sum, errUnknown
		}
	}
	var all []Output
	var missing []MissingOutput
	_, err = r.eachOutput(ctx, cell, &missing, func(n int, _ index.Batch, _ bool, out tracker.Output) error {
		all = append(all, newOutput(n, false, out))
		return nil
	})
	if err != nil {
		return sum, err
	}
	for _, m := range missing {
		if m.gone {
			return sum, errGone
		}
	}
	if len(missing) > 0 {
		return sum, errUnknown
	}
	e := essence{h: sha256.New(), streams: map[string]*strings.Builder{}}
	for _, out := range shownAtEnd(all) {
		if err := e.add(out); err != nil {
			return sum, err
		}
	}
	e.endStreams()
	return [sha256.Size]byte(e.h.Sum(nil)), nil
}

// shownAtEnd returns the outputs that were there at the end, each with what it showed then, and what was shown last in the places of earlier
// cells: whether updates before the last one are kept depends on when the recorder wrote.
func shownAtEnd(all []Output) (shown []Output) {
	markShown(all)
	here, last := map[string]bool{}, map[string]int{}
	for i, out := range all {
		if out.Type == "update_display_data" {
			last[out.Display] = i
		}
	}
	for i, out := range all {
		switch {
		case out.Shown && out.Updated != nil:
			out.content = all[*out.Updated].content
			shown = append(shown, out)
		case out.Shown, out.Type == "update_display_data" && !here[out.Display] && last[out.Display] == i:
			shown = append(shown, out)
		}
		here[out.Display] = here[out.Display] || out.Type != "update_display_data"
	}
	return shown
}

// essence gathers what counts of outputs. What stdout and stderr told between two other outputs is taken apart: how they mix is chance.
type essence struct {
	h       hash.Hash
	streams map[string]*strings.Builder
}

func (e *essence) add(out Output) error {
	if out.Type == "stream" {
		for _, x := range representations(out.Type, out.content) {
			if e.streams[out.Stream] == nil {
				e.streams[out.Stream] = &strings.Builder{}
			}
			e.streams[out.Stream].Write(x.bytes)
		}
		return nil
	}
	e.endStreams()
	var c shownContent
	if json.Unmarshal(out.content, &c) != nil {
		return errUnknown
	}
	if out.Type == "error" {
		text := string(representations(out.Type, out.content)[0].bytes)
		e.line("error", c.Ename, without(c.Evalue, address), without(text, address, counts, process))
		return nil
	}
	e.line(out.Type, string(c.Metadata))
	for _, media := range slices.Sorted(maps.Keys(c.Data)) {
		if media == widgetView {
			return errUnknown
		}
		b := represent(media, c.Data[media]).bytes
		if media == "text/plain" {
			b = []byte(without(string(b), address))
		}
		e.line(media, string(b))
	}
	return nil
}

// widgetView names a widget: what it shows is not among the outputs.
const widgetView = "application/vnd.jupyter.widget-view+json"

func (e *essence) endStreams() {
	for _, name := range slices.Sorted(maps.Keys(e.streams)) {
		e.line("stream", name, without(tracker.Visible(e.streams[name].String()), address, process))
	}
	clear(e.streams)
}

// line adds words, of which none runs into another.
func (e *essence) line(words ...string) {
	for _, word := range words {
		_, _ = fmt.Fprintf(e.h, "%d %s ", len(word), word) // a hash never fails
	}
	_, _ = e.h.Write([]byte{'\n'})
}

// What is another one each time: the addresses by which Python tells objects, the counts by which IPython names cells in tracebacks, the
// process in the paths that ipykernel makes up for cells.
var (
	address = regexp.MustCompile(`( at )0x[0-9a-fA-F]+(>)`)
	counts  = regexp.MustCompile(`(\bIn ?\[|ipython-input-)\d+(\]|-)`)
	process = regexp.MustCompile(`(ipykernel_)\d+(\b|/)`)
)

// without returns a text without the middles of what matches.
func without(text string, varying ...*regexp.Regexp) string {
	for _, v := range varying {
		text = v.ReplaceAllString(text, "$1$2")
	}
	return text
}
