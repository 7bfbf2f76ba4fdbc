package web_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/web"
)

// execution is a cell execution as it is recorded: what it showed is a list of message types and contents.
type execution struct {
	shown    []string
	source   string         // "f()" unless told
	status   tracker.Status // ok unless told
	secrets  int64          // taken out
	lost     bool           // something of what it showed did not reach the recorder
	cut      bool           // the middle of it is not kept
	unstored bool           // the bytes are not in the ledger
	counts   []int          // each message is a batch, whose entry tells so many; none: all are one batch
}

// execute records an execution of a cell in the house's session.
func (h *house) execute(cell string, x execution) tracker.ID {
	id, source := tracker.NewID(), cmp.Or(x.source, "f()")
	started := &tracker.CellStartedEntry{Header: h.head(id), Count: len(h.cells) + 1, CellID: cell, Notebook: "lab/again.ipynb", Source: h.put(source), SourceSize: int64(len(source))}
	finished := &tracker.CellFinishedEntry{Header: h.head(id), Status: cmp.Or(x.status, tracker.OK), Messages: int64(len(x.shown) / 2), Truncated: x.cut}
	finished.Redactions = x.secrets
	h.append(started)
	var lines bytes.Buffer
	whole := tracker.NewOutputHash()
	batch := func(count int) {
		digest := tracker.DigestOf(lines.Bytes())
		if h.unstored = lines.String(); !x.unstored {
			digest = h.put(h.unstored)
		}
		h.append(&tracker.CellOutputsEntry{Header: h.head(id), Outputs: digest, Size: int64(lines.Len()), Count: count, Messages: 1})
		lines.Reset()
	}
	for i := 0; i < len(x.shown); i += 2 {
		b, err := json.Marshal(tracker.Output{Time: h.now, Type: x.shown[i], Content: json.RawMessage(x.shown[i+1])})
		if err != nil {
			h.t.Fatal(err)
		}
		lines.Write(append(b, '\n'))
		whole.Add(x.shown[i], []byte(x.shown[i+1]))
		if x.counts != nil {
			batch(x.counts[i/2])
		}
	}
	if len(x.shown) > 0 && !x.lost {
		finished.OutputSHA256 = whole.Sum()
	}
	if lines.Len() > 0 {
		batch(len(x.shown) / 2)
	}
	h.append(finished)
	h.cells = append(h.cells, id)
	return id
}

// shows is an execution that showed messages of types and contents.
func shows(messages ...string) execution { return execution{shown: messages} }

// prints is one that printed a text.
func prints(text string) execution {
	b, _ := json.Marshal(map[string]string{"name": "stdout", "text": text})
	return shows("stream", string(b))
}

func result(count int, media, value string) execution {
	b, _ := json.Marshal(map[string]any{"execution_count": count, "data": map[string]string{media: value}, "metadata": map[string]any{}})
	return shows("execute_result", string(b))
}

func raises(traceback string) execution {
	b, _ := json.Marshal(map[string]any{"ename": "E", "evalue": "e", "traceback": []string{traceback}})
	return execution{shown: []string{"error", string(b)}, status: tracker.Failed}
}

func (x execution) but(change func(*execution)) execution {
	change(&x)
	return x
}

// updated is a display that is updated, in batches whose entries tell so many.
func updated(counts ...int) execution {
	return shows("stream", `{"name":"stdout","text":"1"}`, "display_data", figure("a", "p"), "update_display_data", figure("b", "p")).but(func(x *execution) { x.counts = counts })
}

// verdicts are cases of an execution and one that repeats it in another session.
var verdicts = map[string]struct {
	before, again execution
	want          account.Verdict
}{
	"the same print":                     {prints("1\n"), prints("1\n"), "equal"},
	"another print":                      {prints("1\n"), prints("2\n"), "differs"},
	"one that printed nothing":           {prints("1\n"), execution{}, "differs"},
	"nothing either time":                {execution{}, execution{}, ""},
	"another source":                     {prints("1\n"), prints("1\n").but(func(x *execution) { x.source = "g()" }), ""},
	"another number":                     {result(3, "text/plain", "42"), result(7, "text/plain", "42"), "equal"},
	"another number and another result":  {result(3, "text/plain", "42"), result(7, "text/plain", "43"), "differs"},
	"another address":                    {result(3, "text/plain", "<F at 0x7f01>"), result(4, "text/plain", "<F at 0x7e02>"), "equal"},
	"another number that is no address":  {result(3, "text/plain", "at 0x7f01"), result(4, "text/plain", "at 0x7e02"), "differs"},
	"bytes that are no text":             {result(3, "image/png", "/w=="), result(4, "image/png", "/g=="), "differs"},
	"the same bytes":                     {result(3, "image/png", "/w=="), result(4, "image/png", "/w=="), "equal"},
	"another kind":                       {result(3, "text/html", "a"), result(4, "text/plain", "a"), "differs"},
	"another display":                    {shows("display_data", figure("a", "p")), shows("display_data", figure("a", "q")), "equal"},
	"a display that came to the same":    {shows("display_data", figure("a", "p"), "update_display_data", figure("b", "p")), shows("display_data", figure("b", "q")), "equal"},
	"a display that came to another":     {shows("display_data", figure("b", "p"), "update_display_data", figure("a", "p")), shows("display_data", figure("b", "q")), "differs"},
	"an update of an earlier cell":       {shows("update_display_data", figure("a", "p")), shows("update_display_data", figure("b", "q")), "differs"},
	"what was cleared":                   {shows("stream", `{"name":"stdout","text":"1"}`, "clear_output", `{}`, "stream", `{"name":"stdout","text":"3"}`), prints("3"), "equal"},
	"streams that mix otherwise":         {shows("stream", `{"name":"stdout","text":"a"}`, "stream", `{"name":"stderr","text":"x"}`, "stream", `{"name":"stdout","text":"b"}`), shows("stream", `{"name":"stderr","text":"x"}`, "stream", `{"name":"stdout","text":"ab"}`), "equal"},
	"streams in another order of texts":  {shows("stream", `{"name":"stdout","text":"ab"}`, "display_data", figure("a", "")), shows("display_data", figure("a", ""), "stream", `{"name":"stdout","text":"ab"}`), "differs"},
	"another stream":                     {prints("a"), shows("stream", `{"name":"stderr","text":"a"}`), "differs"},
	"a bar that was recorded otherwise":  {shows("stream", `{"name":"stderr","text":"\r 1%"}`, "stream", `{"name":"stderr","text":"\r 2%"}`, "stream", `{"name":"stderr","text":"\r 3%\n"}`), shows("stream", `{"name":"stderr","text":"\r 2%\r 3%\n"}`), "equal"},
	"the same error":                     {raises("Cell In[3], line 1"), raises("Cell In[4], line 1"), "equal"},
	"the same error elsewhere":           {raises("Cell In[3], line 1"), raises("Cell In[4], line 2"), "differs"},
	"a count that was printed":           {prints("In[3]"), prints("In[4]"), "differs"},
	"a warning of another process":       {shows("stream", `{"name":"stderr","text":"/tmp/ipykernel_1/9.py:1: W"}`), shows("stream", `{"name":"stderr","text":"/tmp/ipykernel_2/9.py:1: W"}`), "equal"},
	"an error now":                       {prints("1"), raises("t"), "failed"},
	"no error any more":                  {raises("t"), prints("1"), "differs"},
	"one that was stopped":               {prints("1"), prints("1").but(func(x *execution) { x.status = tracker.Interrupt }), ""},
	"one before that was stopped":        {prints("1").but(func(x *execution) { x.status = tracker.Interrupt }), prints("1"), ""},
	"secrets":                            {prints("1").but(func(x *execution) { x.secrets = 1 }), prints("1"), ""},
	"secrets now":                        {prints("1"), prints("1").but(func(x *execution) { x.secrets = 1 }), ""},
	"what was lost":                      {prints("1").but(func(x *execution) { x.lost = true }), prints("1"), ""},
	"what was lost now":                  {prints("1"), prints("2").but(func(x *execution) { x.lost = true }), ""},
	"what was cut, and the whole is one": {prints("1").but(func(x *execution) { x.cut = true }), prints("1").but(func(x *execution) { x.cut = true }), "equal"},
	"what was cut":                       {prints("1").but(func(x *execution) { x.cut = true }), prints("2"), ""},
	"bytes that are gone":                {prints("gone").but(func(x *execution) { x.unstored = true }), prints("2"), ""},
	"batches that tell too many":         {prints("1"), updated(5, 1, 1), ""},
	"batches that tell too few":          {prints("1"), updated(1, 0, 1), ""},
	"batches that tell nonsense":         {prints("1"), updated(-7, 1, 1), ""},
	"updates of an earlier cell that were written one by one": {shows("update_display_data", figure("c", "p")),
		shows("update_display_data", figure("b", "p"), "update_display_data", figure("c", "p")).but(func(x *execution) { x.counts = []int{1, 1} }), "equal"},
	"updates of two displays of earlier cells": {shows("update_display_data", figure("c", "p")),
		shows("update_display_data", figure("b", "q"), "update_display_data", figure("c", "p")), "differs"},
	"streams that mix to the end": {shows("stream", `{"name":"stdout","text":"a"}`, "stream", `{"name":"stderr","text":"x"}`, "stream", `{"name":"stdout","text":"b"}`, "stream", `{"name":"stderr","text":"y"}`),
		shows("stream", `{"name":"stdout","text":"ab"}`, "stream", `{"name":"stderr","text":"xy"}`), "equal"},
	"a widget": {result(3, "application/vnd.jupyter.widget-view+json", `{"model_id":"a"}`),
		result(4, "application/vnd.jupyter.widget-view+json", `{"model_id":"b"}`), ""},
}

func TestVerdictsOfWhatIsRepeated(t *testing.T) {
	h := newHouse(t)
	h.append(&tracker.SessionOpenedEntry{Header: h.head(tracker.ID{}), Engine: "go", Notebook: "lab/again.ipynb"})
	want := map[string]string{}
	for name, x := range verdicts {
		id := h.execute(name, x.before)
		if x.want != "" {
			want[name] = fmt.Sprint(x.want, " ", id)
		}
	}
	first := h.session
	h.session = tracker.NewID()
	h.append(&tracker.SessionOpenedEntry{Header: h.head(tracker.ID{}), Engine: "go", Notebook: "lab/again.ipynb"})
	for name, x := range verdicts {
		h.execute(name, x.again)
	}
	time.Sleep(150 * time.Millisecond) // what was recorded may be missing for that long
	for range 2 {                      // the second time they are remembered
		got := map[string]string{}
		for _, c := range get[web.NotebookCells](h, "/api/notebooks/cells?notebook=again.ipynb").Items {
			if c.Again != nil {
				got[c.CellID] = fmt.Sprint(c.Again.Verdict, " ", c.Again.Of)
			}
			if c.Again != nil && c.Again.Session != first {
				t.Errorf("%s: it repeats one of session %s", c.CellID, c.Again.Session)
			}
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	}
}

// TestWhatIsRepeated looks at which execution is found of those that could be meant.
func TestWhatIsRepeated(t *testing.T) {
	h := newHouse(t)
	open := func() {
		h.session = tracker.NewID()
		h.append(&tracker.SessionOpenedEntry{Header: h.head(tracker.ID{}), Engine: "go", Notebook: "lab/again.ipynb"})
	}
	stopped := prints("1").but(func(x *execution) { x.status = tracker.Interrupt })
	other := prints("1").but(func(x *execution) { x.source = "g()" })
	open()
	h.execute("a", prints("1"))
	b := h.execute("a", prints("2"))
	h.execute("a", other)
	h.execute("a", stopped)
	unnamed := h.execute("", prints("1"))
	open()
	c := h.execute("a", prints("2"))
	d := h.execute("a", prints("1"))
	e := h.execute("new", prints("1"))
	f := h.execute("new", prints("1"))
	h.cells = h.cells[:4]
	g := h.execute("", prints("1")) // In [5] once more
	time.Sleep(150 * time.Millisecond)
	got := map[tracker.ID]string{}
	for _, x := range get[web.Page[web.TimelineCell]](h, "/api/sessions/"+h.session.String()+"/cells").Items {
		if x.Again != nil {
			got[x.ID] = fmt.Sprint(x.Again.Verdict, " ", x.Again.Of)
		}
	}
	want := map[tracker.ID]string{c: fmt.Sprint("equal ", b), d: fmt.Sprint("differs ", b), f: fmt.Sprint("equal ", e), g: fmt.Sprint("equal ", unnamed)}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	for _, x := range get[web.Page[web.TimelineCell]](h, "/api/sessions/"+h.session.String()+"/cells?fields=id,name").Items {
		if x.Again != nil {
			t.Error("what nobody asked for was looked for")
		}
	}
}

// TestCompareKnowsWhatVaries compares the same executions as above, one pair at a time.
func TestCompareKnowsWhatVaries(t *testing.T) {
	h := newHouse(t)
	h.append(&tracker.SessionOpenedEntry{Header: h.head(tracker.ID{}), Engine: "go", Notebook: "lab/again.ipynb"})
	pairs := map[string][2]tracker.ID{}
	for name, x := range verdicts {
		pairs[name] = [2]tracker.ID{h.execute("before "+name, x.before), h.execute("again "+name, x.again)}
	}
	time.Sleep(150 * time.Millisecond) // as above
	for name, x := range verdicts {
		path := fmt.Sprintf("?a=%s&b=%s", pairs[name][0], pairs[name][1])
		differ := len(get[web.Page[web.CellPair]](h, "/api/compare/cells"+path).Items) > 0
		if x.want == "equal" && differ || (x.want == "differs" || x.want == "failed") && !differ {
			t.Errorf("%s: verdict %q, and compared they differ: %t", name, x.want, differ)
		}
		if d := get[account.Difference](h, "/api/compare"+path); d.Identical == differ {
			t.Errorf("%s: pairs of cells differ: %t, and all of it is identical: %t", name, differ, d.Identical)
		}
	}
}
