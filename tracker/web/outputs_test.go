package web_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/web"
)

// showing records a cell execution that showed something: pairs of a message's type and its content. Each batch is one list of them.
func (h *house) showing(batches ...[]string) tracker.ID {
	id := tracker.NewID()
	h.append(&tracker.CellStartedEntry{Header: h.head(id), Count: len(h.cells) + 1, CellID: "show", Notebook: "lab/plot.ipynb", Source: h.put("show()"), SourceSize: 6})
	for _, batch := range batches {
		var lines bytes.Buffer
		for i := 0; i < len(batch); i += 2 {
			b, err := json.Marshal(tracker.Output{Time: h.now, Type: batch[i], Content: json.RawMessage(batch[i+1])})
			if err != nil {
				h.t.Fatal(err)
			}
			lines.Write(append(b, '\n'))
		}
		h.append(&tracker.CellOutputsEntry{Header: h.head(id), Outputs: h.put(lines.String()), Size: int64(lines.Len()), Count: len(batch) / 2, Messages: 1})
	}
	h.append(&tracker.CellFinishedEntry{Header: h.head(id), Status: tracker.OK})
	h.cells = append(h.cells, id)
	time.Sleep(110 * time.Millisecond) // what was recorded may be missing for that long
	return id
}

func (h *house) outputsOf(cell tracker.ID, query string) web.CellOutputs {
	return get[web.CellOutputs](h, "/api/cells/"+cell.String()+"/outputs?"+query)
}

const (
	png     = "\x89PNG\r\n\x1a\nnot really"
	hostile = `<script>fetch("http://evil.example")</script><img src=x onerror=alert(1)>`
)

func figure(html, display string) string {
	b, _ := json.Marshal(map[string]any{"metadata": map[string]any{}, "transient": map[string]string{"display_id": display},
		"data": map[string]any{"text/plain": []string{"<Figure ", "1>"}, "image/png": base64.StdEncoding.EncodeToString([]byte(png)) + "\n", "text/html": html}})
	return string(b)
}

func TestOutputsAreToldWithoutTheirBytes(t *testing.T) {
	h := furnished(t)
	long := strings.Repeat("é", 100_000)
	cell := h.showing([]string{"stream", `{"name":"stdout","text":"gone"}`, "clear_output", `{"wait":true}`, "stream", `{"name":"stderr","text":"` + long + `"}`,
		"display_data", figure("<b>old</b>", "d1")},
		[]string{"update_display_data", figure("<b>new</b>", "d1"), "error", `{"ename":"ValueError","evalue":"two\nlines","traceback":["a","b"]}`})
	o := h.outputsOf(cell, "")
	var got []string
	for _, out := range o.Items {
		text := fmt.Sprintf("%d %s%s shown %t", out.N, out.Type, out.Stream, out.Shown)
		if out.Updated != nil {
			text += fmt.Sprint(" as ", *out.Updated)
		}
		for _, x := range out.Data {
			text += fmt.Sprintf(" %s %d %t", x.Type, x.Size, x.Truncated)
		}
		got = append(got, text)
	}
	want := []string{
		"0 streamstdout shown false text/plain 4 false",
		"1 clear_output shown false",
		"2 streamstderr shown true text/plain 200000 true",
		"3 display_data shown true as 4 text/html 10 false image/png 18 false text/plain 10 false",
		"4 update_display_data shown false text/html 10 false image/png 18 false text/plain 10 false",
		"5 error shown true text/plain 3 false",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if text := *o.Items[2].Data[0].Text; len(text) != 64<<10 || strings.Trim(text, "é") != "" {
		t.Errorf("the text's beginning has %d bytes, and ends with %q", len(text), text[len(text)-3:])
	}
	if html := o.Items[3].Data[0]; html.Text != nil || html.Document == "" || o.Items[5].Value != "two lines" {
		t.Errorf("%+v, %q", html, o.Items[5].Value)
	}
	if w := h.ask(http.MethodGet, o.Items[4].Data[1].URL, ""); w.Body.String() != png || w.Header().Get("Content-Type") != "image/png" {
		t.Errorf("the image is %q of %s", w.Body, w.Header().Get("Content-Type"))
	}
	if w := h.ask(http.MethodGet, o.Items[2].Data[0].URL, ""); w.Body.String() != long {
		t.Errorf("the text has %d bytes", w.Body.Len())
	}
}

// TestLongOutputsComeInPages shows more than fits on a page: each comes once, and no page is long.
func TestLongOutputsComeInPages(t *testing.T) {
	h := furnished(t)
	text := `{"name":"stdout","text":"` + strings.Repeat("x", 90_000) + `"}`
	var batch []string
	for range 40 {
		batch = append(batch, "stream", text)
	}
	cell := h.showing(batch, batch)
	seen, pages, after := 0, 0, ""
	for {
		o := h.outputsOf(cell, "after="+after)
		for _, out := range o.Items {
			if out.N != seen {
				t.Fatalf("output %d comes after %d others", out.N, seen)
			}
			seen++
		}
		pages++
		if after = o.Next; after == "" {
			break
		}
	}
	if seen != 80 || pages < 4 {
		t.Errorf("%d outputs on %d pages, want 80 on 5", seen, pages)
	}
	if whole := h.ask(http.MethodGet, "/api/cells/"+cell.String(), ""); whole.Body.Len() > 4<<20 || !strings.Contains(whole.Body.String(), `"outputs_cut":true`) {
		t.Errorf("the account of the cell has %d bytes", whole.Body.Len())
	}
	if without := h.ask(http.MethodGet, "/api/cells/"+cell.String()+"?outputs=false", ""); without.Body.Len() > 5000 {
		t.Errorf("without outputs it has %d bytes", without.Body.Len())
	}
}

// TestTextsComeAsOne saves all that streams and errors said, and says where something is missing.
func TestTextsComeAsOne(t *testing.T) {
	h := furnished(t)
	id := tracker.NewID()
	lines := func(all ...string) string {
		text := ""
		for i := 0; i < len(all); i += 2 {
			text += `{"time":"2026-01-02T03:04:05Z","type":"` + all[i] + `","content":` + all[i+1] + "}\n"
		}
		return text
	}
	batch := func(text string, count int, tail bool) tracker.Entry {
		return &tracker.CellOutputsEntry{Header: h.head(id), Outputs: h.put(text), Size: int64(len(text)), Count: count, Messages: int64(count), Tail: tail}
	}
	h.append(&tracker.CellStartedEntry{Header: h.head(id), CellID: "x"},
		batch(lines("stream", `{"name":"stdout","text":"one\n"}`, "clear_output", `{}`, "display_data", figure("<b>no</b>", "d"), "stream", `{"name":"stderr","text":["t","wo\n"]}`), 4, false),
		&tracker.CellOutputsEntry{Header: h.head(id), Outputs: tracker.DigestOf([]byte("never stored")), Size: 10, Count: 2, Messages: 2},
		batch(lines("stream", `{"name":"stdout","text":"end\n"}`, "error", `{"ename":"E","evalue":"v","traceback":["at","x"]}`), 2, true),
		&tracker.CellFinishedEntry{Header: h.head(id), Status: tracker.Failed})
	time.Sleep(110 * time.Millisecond) // as above
	w := h.ask(http.MethodGet, "/api/cells/"+id.String()+"/text?name=a%2Fb.txt", "")
	if got := w.Header().Get("Content-Disposition"); w.Code != http.StatusOK || !strings.HasPrefix(got, "attachment") || strings.Contains(got, "/") {
		t.Errorf("%d, saved as %q", w.Code, got)
	}
	_, rest, _ := strings.Cut(w.Body.String(), "[2 outputs from 5 on are not in the ledger: ")
	_, rest, _ = strings.Cut(rest, "]\n")
	if got := w.Body.String(); !strings.HasPrefix(got, "one\ntwo\n\n[") || rest != "\n[what came here is not kept: too much was shown]\nend\nat\nx" {
		t.Errorf("the texts are %q", got)
	}
	if w := h.ask(http.MethodGet, "/api/cells/"+h.runs[0].String()+"/text", ""); w.Code != http.StatusBadRequest {
		t.Errorf("of a run: %d %s", w.Code, w.Body)
	}
}

func TestOutputsThatAreNotKeptAreTold(t *testing.T) {
	h := furnished(t)
	id := tracker.NewID()
	gone := tracker.DigestOf([]byte("never stored"))
	line := `{"time":"2026-01-02T03:04:05Z","type":"stream","content":{"name":"stdout","text":"end"}}` + "\n"
	h.append(&tracker.CellStartedEntry{Header: h.head(id), CellID: "x"},
		&tracker.CellOutputsEntry{Header: h.head(id), Outputs: gone, Size: 10, Count: 3, Messages: 3},
		&tracker.CellOutputsEntry{Header: h.head(id), Outputs: h.put(line), Size: 10, Count: 1, Messages: 1, Tail: true})
	time.Sleep(110 * time.Millisecond) // as above
	o := h.outputsOf(id, "")
	if len(o.Missing) != 1 || o.Missing[0].Count != 3 || o.Total != 4 || len(o.Items) != 1 || o.Items[0].N != 3 || !o.Items[0].Behind || o.Status != tracker.Running {
		t.Errorf("%+v", o)
	}
	for n, want := range map[int]int{0: http.StatusNotFound, 3: http.StatusOK, 4: http.StatusNotFound} {
		if w := h.ask(http.MethodGet, fmt.Sprintf("/api/cells/%s/outputs/%d", id, n), ""); w.Code != want {
			t.Errorf("output %d: %d %s", n, w.Code, w.Body)
		}
	}
}

func TestHostileOutputsAreShownWhereTheyCanDoNothing(t *testing.T) {
	h := furnished(t)
	data, _ := json.Marshal(map[string]any{"data": map[string]any{"text/html": hostile, "image/svg+xml": `<svg onload="alert(1)"/>`,
		"application/javascript": `alert("</script><b>")`, "text/plain": "x", "application/x-httpd": "aGk="}})
	cell := h.showing([]string{"display_data", string(data), "display_data", `{"data":{"text/html":"<LINK rel=preconnect href=//evil><iframe src=//evil></iframe>"}}`})
	reach := "/api/cells/" + cell.String() + "/outputs/1"
	at := "/api/cells/" + cell.String() + "/outputs/0"
	for _, test := range []struct {
		path, media, policy, holds string
		status                     int
	}{
		{at + "/document?type=text/html", "text/html; charset=utf-8", "sandbox; default-src 'none'", hostile, 200},
		{at + "/document?type=text/html&scripts=true", "text/html; charset=utf-8", "sandbox allow-scripts; default-src 'none'", "script-src &#39;unsafe-inline&#39;", 200},
		{at + "/document?type=application/javascript&scripts=true", "text/html; charset=utf-8", "sandbox allow-scripts; default-src 'none'", `alert("<\/script><b>")</script>`, 200},
		{at + "/document?type=image/svg%2Bxml&theme=dark", "text/html; charset=utf-8", "sandbox; default-src 'none'", `content="dark"`, 200},
		{reach + "/document?type=text/html", "text/html; charset=utf-8", "sandbox; default-src 'none'", "<gm-LINK rel=preconnect href=//evil><gm-iframe src=//evil></iframe>", 200},
		{reach + "/document?type=text/html&scripts=true", "text/html; charset=utf-8", "sandbox allow-scripts; default-src 'none'", "<gm-LINK rel=preconnect href=//evil><iframe src=//evil></iframe>", 200},
		{at + "/document?type=text/plain", "application/json", "", "not shown", 400},
		{at + "?type=text/html", "text/html", "sandbox; default-src 'none'", hostile, 200},
		{at + "?type=image/svg%2Bxml", "image/svg+xml", "sandbox; default-src 'none'", "onload", 200},
		{at + "?type=application/x-httpd", "application/octet-stream", "sandbox; default-src 'none'", "hi", 200},
		{"/api/blobs/" + h.blob.String() + "/document?type=text/html", "text/html; charset=utf-8", "sandbox; default-src 'none'", "alert(1)", 200},
		{"/api/blobs/" + h.blob.String() + "/document?type=text/plain", "application/json", "", "not shown", 400},
	} {
		w := h.ask(http.MethodGet, test.path, "")
		policy := w.Header().Get("Content-Security-Policy")
		if w.Code != test.status || w.Header().Get("Content-Type") != test.media || !strings.HasPrefix(policy, test.policy) || !strings.Contains(w.Body.String(), test.holds) {
			t.Errorf("%s: %d %s %q %s", test.path, w.Code, w.Header().Get("Content-Type"), policy, w.Body)
		}
		if scripts := strings.Contains(test.path, "scripts=true"); test.status == 200 && scripts != strings.Contains(policy, "script-src") {
			t.Errorf("%s: policy %q", test.path, policy)
		}
		if tag := w.Header().Get("ETag"); tag != "" {
			r := h.ask(http.MethodGet, test.path+"&name="+url.QueryEscape("x"), "")
			if r.Header().Get("ETag") == tag {
				t.Errorf("%s: another question has the tag %s too", test.path, tag)
			}
			again := httptest.NewRequest(http.MethodGet, test.path, nil)
			again.Header.Set("If-None-Match", tag)
			known := httptest.NewRecorder()
			h.server.ServeHTTP(known, again)
			if got := known.Header().Get("Content-Security-Policy"); known.Code != http.StatusNotModified || got != policy {
				t.Errorf("%s: known already: %d, policy %q, want the same: browsers take it in the place of what they kept", test.path, known.Code, got)
			}
		}
	}
}
