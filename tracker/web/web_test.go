package web_test

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gemba-ml/gemba/tracker"
	"github.com/gemba-ml/gemba/tracker/account"
	"github.com/gemba-ml/gemba/tracker/index"
	"github.com/gemba-ml/gemba/tracker/web"
)

func TestOrderAgainstPosition(t *testing.T) {
	h := furnished(t)
	page := get[struct{ Items []web.TimelineCell }](h, "/api/sessions/"+h.session.String()+"/cells")
	var got []string
	for _, c := range page.Items {
		got = append(got, fmt.Sprintf("%s #%d repeat %d edited %t out of order %t newest %t", c.CellID, c.Sequence, c.Repeat, c.Edited, c.OutOfOrder, c.Newest))
	}
	want := []string{
		"one #1 repeat 1 edited false out of order false newest false",
		"two #2 repeat 1 edited false out of order false newest true",
		"one #3 repeat 2 edited true out of order true newest true",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPagesReachEveryRunOnce(t *testing.T) {
	h := furnished(t)
	for i := range 7 {
		h.run(fmt.Sprint("more-", i), h.cells[0], "0.1", 2)
	}
	time.Sleep(150 * time.Millisecond) // what was recorded may be missing for that long
	seen, after := map[string]int{}, ""
	for range 10 {
		page := get[struct {
			Items []map[string]any
			Next  string
		}](h, "/api/runs?limit=2&fields=id,name&order=metrics.loss&after="+after)
		for _, r := range page.Items {
			if len(r) != 2 {
				t.Errorf("a run has %v, want id and name", r)
			}
			seen[r["id"].(string)]++
		}
		if after = page.Next; after == "" {
			break
		}
	}
	if len(seen) != 9 || after != "" {
		t.Errorf("%d runs on pages, and %q behind them; want 9 and nothing", len(seen), after)
	}
}

func TestWrongQuestionsAreToldSo(t *testing.T) {
	h, other := furnished(t), furnished(t)
	cursor := get[struct{ Next string }](other, "/api/cells?limit=1").Next
	deleted := h.run("gone", h.cells[0], "1", 1)
	h.append(&tracker.RunEntry{Header: h.head(tracker.ID{}), Run: deleted, Stage: tracker.Deleted})
	for _, test := range []struct {
		method, path, body string
		status             int
		code               string
	}{
		{"GET", "/api/nothing", "", 404, "no_route"},
		{"DELETE", "/api/runs", "", 405, "no_method"},
		{"GET", "/api/runs?limit=1001", "", 400, "wrong_use"},
		{"GET", "/api/runs?limit=0", "", 400, "wrong_use"},
		{"GET", "/api/runs?limit=x", "", 400, "wrong_use"},
		{"GET", "/api/runs?fields=id,nothing", "", 400, "wrong_use"},
		{"GET", "/api/runs?filter=metrics.loss+%3C", "", 400, "wrong_filter"},
		{"GET", "/api/runs?order=nothing.x", "", 400, "wrong_filter"},
		{"GET", "/api/runs?after=garbage", "", 400, "no_page"},
		{"GET", "/api/runs?view=nothing", "", 404, "not_found"},
		{"GET", "/api/runs?limit=1&limit=2", "", 400, "wrong_use"},
		{"GET", "/api/cells?limit=1&after=" + cursor, "", 400, "no_page"},
		{"GET", "/api/cells?since=yesterday", "", 400, "wrong_use"},
		{"GET", "/api/cells/ffffffffffffffffffffffffffffffff", "", 404, "not_found"},
		{"GET", "/api/cells/" + h.runs[0].String(), "", 400, "wrong_use"},
		{"GET", "/api/runs/..%2F..%2Fetc%2Fpasswd", "", 404, "not_found"},
		{"GET", "/api/compare?a=first", "", 400, "wrong_use"},
		{"GET", "/api/compare?a=first&b=" + h.cells[0].String(), "", 400, "wrong_use"},
		{"GET", "/api/blobs/passwd", "", 400, "wrong_use"},
		{"GET", "/api/blobs/sha256:" + strings.Repeat("0", 63) + "1", "", 404, "not_kept"},
		{"PUT", "/api/views/x", `{"filter":"1"} {}`, 400, "wrong_use"},
		{"PUT", "/api/views/x", `{"sql":"1"}`, 400, "wrong_use"},
		{"PUT", "/api/views/x", `{"filter":"metrics."}`, 400, "wrong_filter"},
		{"PUT", "/api/views/a%0Ab", `{}`, 400, "wrong_use"},
		{"POST", "/api/reviews", `{"subject":"first","verdict":"fine"}`, 400, "wrong_use"},
		{"POST", "/api/reviews", `{"subject":"first","verdict":"commented","comment":" "}`, 400, "wrong_use"},
		{"POST", "/api/reviews", `not json`, 400, "wrong_use"},
	} {
		w := h.ask(test.method, test.path, test.body)
		var f web.Failure
		if err := json.Unmarshal(w.Body.Bytes(), &f); err != nil {
			t.Errorf("%s %s: %v: %s", test.method, test.path, err, w.Body)
			continue
		}
		if w.Code != test.status || f.Error.Code != test.code || f.Error.Message == "" {
			t.Errorf("%s %s: %d %+v, want %d %s", test.method, test.path, w.Code, f.Error, test.status, test.code)
		}
	}
	if got := get[account.Run](h, "/api/runs/"+deleted.String()); got.Stage != tracker.Deleted {
		t.Errorf("the deleted run is %s, want deleted, and all that it was", got.Stage)
	}
}

func TestAnswersAreNamedByTheLedgersState(t *testing.T) {
	h := furnished(t)
	ask := func(tag string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "/api/cells", nil)
		r.Header.Set("If-None-Match", tag)
		w := httptest.NewRecorder()
		h.server.ServeHTTP(w, r)
		return w
	}
	tag := ask("").Header().Get("ETag")
	if w := ask(tag); tag == "" || w.Code != http.StatusNotModified || w.Body.Len() != 0 {
		t.Fatalf("with the tag %q: %d and %d bytes, want 304 and none", tag, w.Code, w.Body.Len())
	}
	h.cell("three", "z := 3")
	time.Sleep(150 * time.Millisecond) // as above
	if w := ask(tag); w.Code != http.StatusOK || w.Header().Get("ETag") == tag {
		t.Errorf("after a cell: %d with tag %q, want 200 and another one", w.Code, w.Header().Get("ETag"))
	}
}

func TestLongAnswersAreCompressed(t *testing.T) {
	h := furnished(t)
	r := httptest.NewRequest(http.MethodGet, "/api/runs/first", nil)
	r.Header.Set("Accept-Encoding", "br, gzip")
	w := httptest.NewRecorder()
	h.server.ServeHTTP(w, r)
	if w.Header().Get("Content-Encoding") != "gzip" {
		t.Fatalf("encoding is %q", w.Header().Get("Content-Encoding"))
	}
	z, err := gzip.NewReader(w.Body)
	if err != nil {
		t.Fatal(err)
	}
	var run struct{ Name string }
	if err := json.NewDecoder(z).Decode(&run); err != nil || run.Name != "first" {
		t.Errorf("the run is called %q, %v", run.Name, err)
	}
}

func TestSeriesKeepExtremes(t *testing.T) {
	h := furnished(t)
	curves := get[struct {
		Series []struct {
			Points int
			X, Y   []float64
			Steps  []int64
		}
	}](h, "/api/series?run=first&run=second&metric=loss&points=200")
	if len(curves.Series) != 2 {
		t.Fatalf("%d series, want 2", len(curves.Series))
	}
	c := curves.Series[0]
	if len(c.X) > 200 || len(c.X) < 50 || c.Points != 5000 || c.Y[0] != 2 || c.X[len(c.X)-1] != 4999 {
		t.Errorf("%d points of %d, first %v, last step %v; want at most 200 of 5000, with both ends", len(c.X), c.Points, c.Y[0], c.X[len(c.X)-1])
	}
}

func TestManyRunsShowOnlyWhatDiffers(t *testing.T) {
	h := furnished(t)
	d := get[struct {
		Items []struct {
			Space, Key string
			Runs       []int
		}
		Total, Same int
	}](h, "/api/compare/runs?run=first&run=second")
	var got []string
	for _, k := range d.Items {
		got = append(got, k.Space+"."+k.Key)
	}
	if diff := cmp.Diff([]string{"params.lr", "metrics.loss"}, got); diff != "" || d.Same != 2 {
		t.Errorf("%s and %d are the same, want 2 (opt, team)", diff, d.Same)
	}
	for find, want := range map[string][]string{"LR": {"lr"}, "metrics ss": {"loss"}, "s.l": {"lr", "loss"}, "params loss": nil, " ": {"lr", "loss"}} {
		d := get[web.ManyDifferences](h, "/api/compare/runs?run=first&run=second&find="+url.QueryEscape(find))
		var got []string
		for _, k := range d.Items {
			got = append(got, k.Key)
		}
		if diff := cmp.Diff(want, got); diff != "" || d.Found != len(want) || d.Total != 2 {
			t.Errorf("%q: %d of %d keys, %s", find, d.Found, d.Total, diff)
		}
	}
	page := get[web.ManyDifferences](h, "/api/compare/runs?run=first&run=second&limit=1")
	if w := h.ask(http.MethodGet, "/api/compare/runs?run=first&run=second&limit=1&find=loss&after="+page.Next, ""); page.Next == "" || w.Code != http.StatusBadRequest {
		t.Errorf("the place behind a page of all keys is one among those that were looked for: %d %s", w.Code, w.Body)
	}
}

func TestLineageLeadsFromFilesToModels(t *testing.T) {
	h := furnished(t)
	g := get[web.Graph](h, "/api/lineage?id="+h.session.String())
	kinds, stale := map[string]int{}, 0
	names := map[string]string{}
	for _, n := range g.Nodes {
		kinds[n.Kind]++
		names[n.ID] = n.Kind + " " + n.Name
		if n.Stale && n.Kind == "file" {
			stale++
		}
	}
	if diff := cmp.Diff(map[string]int{"cell": 3, "file": 3, "run": 2, "artifact": 2, "model": 1, "snapshot": 1}, kinds); diff != "" || stale != 1 {
		t.Errorf("%d stale files, want 1; nodes (-want +got):\n%s", stale, diff)
	}
	edges := map[string]bool{}
	for _, e := range g.Edges {
		edges[names[e.From]+" "+e.Kind+" "+names[e.To]] = true
	}
	for _, want := range []string{"file /d/in.csv read cell x := 1", "cell y := 2 wrote file /d/out.bin", "cell y := 2 logged run second", "run second version model m 1", "cell y := 2 took snapshot data"} {
		if !edges[want] {
			t.Errorf("no edge %q among %v", want, edges)
		}
	}
}

func TestWhatIsWrittenIsThereAtOnce(t *testing.T) {
	h := furnished(t)
	review := h.ask(http.MethodPost, "/api/reviews", `{"subject":"second","verdict":"rejected","comment":"the data leaks **badly**"}`)
	if review.Code != http.StatusOK {
		t.Fatal(review.Body)
	}
	page := get[struct{ Items []index.Review }](h, "/api/reviews?subject=second")
	if len(page.Items) != 1 || page.Items[0].Verdict != tracker.Rejected || page.Items[0].By != "ada" || *page.Items[0].Comment != "the data leaks **badly**" {
		t.Errorf("reviews are %+v", page.Items)
	}
	if w := h.ask(http.MethodPut, "/api/runs/second/note", `{"note":"# why"}`); w.Code != http.StatusOK {
		t.Fatal(w.Body)
	}
	if got := get[struct{ Note string }](h, "/api/runs/second").Note; got != "# why" {
		t.Errorf("the note is %q", got)
	}
}

func TestAnIndexMadeAnewTellsTheSameReviews(t *testing.T) {
	h := furnished(t)
	h.ask(http.MethodPost, "/api/reviews", `{"subject":"first","verdict":"approved"}`)
	before := h.ask(http.MethodGet, "/api/reviews", "").Body.String()
	x, err := index.Open(t.Context(), h.dir)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	if err := x.Rebuild(t.Context()); err != nil {
		t.Fatal(err)
	}
	if after := h.ask(http.MethodGet, "/api/reviews", "").Body.String(); after != before || !strings.Contains(after, "approved") {
		t.Errorf("before %s, after %s", before, after)
	}
}

func TestChecksRunInTheBackground(t *testing.T) {
	h := furnished(t)
	if got := get[web.Progress](h, "/api/verify").State; got != "idle" {
		t.Errorf("at first it is %s", got)
	}
	h.ask(http.MethodPost, "/api/verify", "")
	type answer struct {
		State  string
		Result struct {
			OK     bool
			Proves []string
		}
	}
	deadline, v := time.Now().Add(time.Minute), answer{State: "running"}
	for v.State == "running" && time.Now().Before(deadline) {
		v = get[answer](h, "/api/verify")
	}
	if v.State != "done" || !v.Result.OK || len(v.Result.Proves) == 0 {
		t.Errorf("the check is %+v", v)
	}
}

func TestBlobsAreHarmless(t *testing.T) {
	h := furnished(t)
	for _, test := range []struct{ said, media, disposition string }{
		{"text/html", "text/html", "attachment"},
		{"image/svg+xml", "image/svg+xml", "attachment"},
		{"text/html;charset=x", "text/html", "attachment"},
		{"", "application/octet-stream", "attachment"},
		{"image/png", "image/png", ""},
		{"text/plain", "text/plain; charset=utf-8", ""},
		{"multipart/x-mixed-replace", "application/octet-stream", "attachment"},
	} {
		w := h.ask(http.MethodGet, "/api/blobs/"+h.blob.String()+"?type="+url.QueryEscape(test.said), "")
		got := []string{w.Header().Get("Content-Type"), w.Header().Get("Content-Disposition"), w.Header().Get("X-Content-Type-Options")}
		if diff := cmp.Diff([]string{test.media, test.disposition, "nosniff"}, got); diff != "" {
			t.Errorf("as %q: %s", test.said, diff)
		}
		if !strings.HasPrefix(w.Header().Get("Content-Security-Policy"), "sandbox;") || w.Body.String() != "<script>alert(1)</script>" {
			t.Errorf("as %q: policy %q, body %q", test.said, w.Header().Get("Content-Security-Policy"), w.Body)
		}
	}
	w := h.ask(http.MethodGet, "/api/blobs/"+h.blob.String()+"?type=image/png&name="+url.QueryEscape("../../é\r\nx.png"), "")
	if got := w.Header().Get("Content-Disposition"); strings.ContainsAny(got, "\r\n/") {
		t.Errorf("disposition is %q", got)
	}
}

func TestDamagedAndEmptyLedgers(t *testing.T) {
	h := newHouse(t)
	empty := get[web.Ledger](h, "/api/ledger")
	if empty.Cells != 0 || empty.Runs != 0 || len(empty.Problems) != 0 {
		t.Errorf("an empty ledger has %+v", empty)
	}
	if page := h.ask(http.MethodGet, "/api/runs", "").Body.String(); !strings.HasPrefix(page, `{"items":[]`) {
		t.Errorf("no runs are %s", page)
	}
	full := furnished(t)
	files, err := filepath.Glob(filepath.Join(full.dir, "journals", "*"))
	if err != nil || len(files) == 0 {
		t.Skip("journals are elsewhere")
	}
	for _, file := range files {
		if text, err := os.ReadFile(file); err == nil && strings.Contains(string(text), `"kind":"cell.started"`) {
			full.append(&tracker.GapEntry{Header: full.head(tracker.ID{}), Reason: "x"})
			f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = f.WriteString("{\"kind\":7}\n")
			_ = f.Close()
		}
	}
	time.Sleep(150 * time.Millisecond) // as above
	if l := get[web.Ledger](full, "/api/ledger"); len(l.Problems) == 0 || l.Cells != 3 {
		t.Errorf("a damaged ledger tells %d problems and %d cells, want one and all 3", len(l.Problems), l.Cells)
	}
}

func TestEventsTellWhatChanges(t *testing.T) {
	h := furnished(t)
	server := httptest.NewServer(h.server)
	defer server.Close()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	listen := func(last, after string) *bufio.Scanner {
		r, _ := http.NewRequestWithContext(ctx, http.MethodGet, server.URL+"/api/events?after="+after, nil)
		r.Header.Set("Last-Event-ID", last)
		answer, err := server.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = answer.Body.Close() })
		return bufio.NewScanner(answer.Body)
	}
	next := func(s *bufio.Scanner) (id, name string, c web.Changes) {
		for s.Scan() {
			field, value, _ := strings.Cut(s.Text(), ": ")
			switch field {
			case "id":
				id = value
			case "event":
				name = value
			case "data":
				if err := json.Unmarshal([]byte(value), &c); err != nil {
					t.Fatal(err)
				}
				return id, name, c
			}
		}
		t.Fatalf("the stream ended: %v", s.Err())
		return
	}
	first := listen("", "")
	id, name, _ := next(first)
	if name != "hello" {
		t.Fatalf("first comes %s", name)
	}
	cell := h.cell("four", "w := 4")
	all := map[tracker.ID]bool{}
	for !all[cell] {
		_, _, c := next(first)
		for _, got := range c.Cells {
			all[got] = true
		}
	}
	for _, again := range []*bufio.Scanner{listen(id, ""), listen("", id), listen(id, "other-7")} { // a connection that broke before the cell
		if _, name, c := next(again); name != "hello" || c.All {
			t.Errorf("again first comes %s, all %t", name, c.All)
		}
		if _, _, c := next(again); len(c.Cells) == 0 {
			t.Errorf("what was missed is %+v", c)
		}
	}
	if _, _, c := next(listen("other-7", "")); !c.All {
		t.Error("who was connected to another server is not told to ask for everything again")
	}
}

// TestPageIsShownWithoutTheLedger gives the page's files to who has no token, and nothing else.
func TestPageIsShownWithoutTheLedger(t *testing.T) {
	says := func(text string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) })
	}
	g := &web.Guard{Token: "secret", Cookie: "gemba_1", Page: says("page"), Next: says("ledger")}
	for path, want := range map[string]string{"/": "page", "/?token=old": "page", "/page-1.js": "page", "/api": "page", "//api/runs": "page", "/x/../api/runs": "page", "/API/runs": "page"} {
		r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:1"+path, nil)
		w := httptest.NewRecorder()
		if g.ServeHTTP(w, r); w.Body.String() != want {
			t.Errorf("%s without a token: %d %s, want the %s", path, w.Code, w.Body, want)
		}
	}
	for cookie, want := range map[string]int{"gemba_1=secret": http.StatusOK, "gemba_1=old": http.StatusForbidden, "": http.StatusForbidden} {
		r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1:1/api/runs", nil)
		r.Header.Set("Cookie", cookie)
		w := httptest.NewRecorder()
		if g.ServeHTTP(w, r); w.Code != want || (w.Body.String() == "ledger") != (want == http.StatusOK) {
			t.Errorf("the API with cookie %q: %d %s, want %d", cookie, w.Code, w.Body, want)
		}
	}
}

func TestOnlyTheOwnPageGetsIn(t *testing.T) {
	passed := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "in") })
	g := &web.Guard{Token: "secret", Cookie: "gemba_1", Next: passed}
	for _, test := range []struct {
		name, method, host, path string
		header                   map[string]string
		status                   int
	}{
		{"cookie", "GET", "127.0.0.1:1", "/", map[string]string{"Cookie": "gemba_1=secret"}, 200},
		{"bearer", "GET", "localhost:1", "/api/runs", map[string]string{"Authorization": "bearer secret"}, 200},
		{"opened", "GET", "127.0.0.1:1", "/?token=secret", nil, 200},
		{"opened with a wrong token", "GET", "127.0.0.1:1", "/?token=other", nil, 403},
		{"nothing", "GET", "127.0.0.1:1", "/", nil, 403},
		{"cookie of another server", "GET", "127.0.0.1:1", "/", map[string]string{"Cookie": "gemba_2=secret"}, 403},
		{"rebound name", "GET", "evil.example:1", "/", map[string]string{"Cookie": "gemba_1=secret"}, 403},
		{"origin of another site", "POST", "127.0.0.1:1", "/api/reviews", map[string]string{"Cookie": "gemba_1=secret", "Origin": "http://evil.example"}, 403},
		{"another port", "GET", "127.0.0.1:1", "/api/runs", map[string]string{"Cookie": "gemba_1=secret", "Origin": "http://127.0.0.1:2"}, 403},
		{"no origin", "GET", "127.0.0.1:1", "/api/runs", map[string]string{"Cookie": "gemba_1=secret", "Origin": "null"}, 403},
		{"script of another site", "GET", "127.0.0.1:1", "/api/runs", map[string]string{"Cookie": "gemba_1=secret", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"}, 403},
		{"frame in another site", "GET", "127.0.0.1:1", "/", map[string]string{"Cookie": "gemba_1=secret", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}, 403},
		{"link", "GET", "127.0.0.1:1", "/?token=secret", map[string]string{"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}, 200},
		{"own script", "POST", "127.0.0.1:1", "/api/reviews", map[string]string{"Cookie": "gemba_1=secret", "Origin": "http://127.0.0.1:1", "Sec-Fetch-Site": "same-origin"}, 200},
	} {
		r := httptest.NewRequest(test.method, test.path, nil)
		r.Host = test.host
		for k, v := range test.header {
			r.Header.Set(k, v)
		}
		w := httptest.NewRecorder()
		g.ServeHTTP(w, r)
		if w.Code != test.status {
			t.Errorf("%s: %d, want %d: %s", test.name, w.Code, test.status, w.Body)
		}
		if strings.Contains(test.path, "token=secret") {
			c := w.Result().Cookies()
			if len(c) != 1 || !c[0].HttpOnly || c[0].SameSite != http.SameSiteStrictMode || !strings.Contains(w.Body.String(), `searchParams.delete("token")`) {
				t.Errorf("%s: cookies %v, body %s", test.name, c, w.Body)
			}
		} else if in := w.Body.String() == "in"; in != (test.status == http.StatusOK) {
			t.Errorf("%s: passed on: %t", test.name, in)
		}
	}
}
