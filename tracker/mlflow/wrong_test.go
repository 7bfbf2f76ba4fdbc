package mlflow

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// TestWrongInput sends what is wrong; afterwards the run is as it was.
func TestWrongInput(t *testing.T) {
	s := newSite(t)
	run := s.begin("0")
	s.call("POST", "runs/log-parameter", object{"run_id": run, "key": "lr", "value": "0.1"})
	point := object{"key": "loss", "value": 1, "timestamp": 1, "step": 0}
	s.call("POST", "runs/log-batch", object{"run_id": run, "metrics": []object{point}})
	before := s.call("GET", "runs/get?run_id="+run, nil)
	long := strings.Repeat("x", 10_000)
	many := func(n int, of func(int) object) (list []object) {
		for i := range n {
			list = append(list, of(i))
		}
		return list
	}
	key := func(i int) object { return object{"key": fmt.Sprint("k", i), "value": "v"} }
	for _, test := range []struct {
		name    string
		path    string
		message object
		code    Code
		says    string
	}{
		{"a metric's name of 10 kB", "runs/log-metric", object{"key": long, "value": 1, "timestamp": 1}, InvalidParameter, "exceeds the maximum length of 250"},
		{"the same in a batch", "runs/log-batch", object{"metrics": []object{point, {"key": long, "value": 1, "timestamp": 1}}}, InvalidParameter, "exceeds the maximum length of 250"},
		{"a name with a bad sign", "runs/log-batch", object{"metrics": []object{point, {"key": "a\x00b", "value": 1, "timestamp": 1}}}, InvalidParameter, "metrics[1].name"},
		{"a name that climbs", "runs/log-metric", object{"key": "../a", "value": 1, "timestamp": 1}, InvalidParameter, "resolve to"},
		{"no name", "runs/log-batch", object{"metrics": []object{{"value": 1, "timestamp": 1}}}, InvalidParameter, "metrics[0].key"},
		{"no value", "runs/log-batch", object{"metrics": []object{point, {"key": "a", "timestamp": 1}}}, InvalidParameter, "metrics[1].value"},
		{"no time", "runs/log-metric", object{"key": "a", "value": 1}, InvalidParameter, "timestamp"},
		{"a time before 1970", "runs/log-metric", object{"key": "a", "value": 1, "timestamp": -1}, InvalidParameter, "nonnegative"},
		{"a time in nanoseconds", "runs/log-batch", object{"metrics": []object{{"key": "a", "value": 1, "timestamp": int64(1_700_000_000_000_000_000)}}}, InvalidParameter, "metrics[0].timestamp"},
		{"a value that is no number", "runs/log-batch", object{"metrics": []object{{"key": "a", "value": "much", "timestamp": 1}}}, InvalidParameter, "metrics[0].value"},
		{"a step that is no integer", "runs/log-batch", object{"metrics": []object{{"key": "a", "value": 1, "timestamp": 1, "step": 1.5}}}, InvalidParameter, "metrics[0].step"},
		{"metrics that are none", "runs/log-batch", object{"metrics": "all"}, InvalidParameter, "metrics"},
		{"metrics that are numbers", "runs/log-batch", object{"metrics": []int{1}}, InvalidParameter, "an object should"},
		{"too many metrics", "runs/log-batch", object{"metrics": many(1001, func(int) object { return point })}, InvalidParameter, "at most 1000 metrics"},
		{"too many params", "runs/log-batch", object{"params": many(101, key)}, InvalidParameter, "at most 100 params"},
		{"too many in all", "runs/log-batch", object{"metrics": many(950, func(int) object { return point }), "tags": many(60, key)}, InvalidParameter, "at most 1000 metrics, params, and tags"},
		{"a param twice", "runs/log-batch", object{"params": []object{{"key": "a", "value": "1"}, {"key": "a", "value": "1"}}}, InvalidParameter, "Duplicate parameter keys have been submitted: ['a']"},
		{"another value of a param", "runs/log-parameter", object{"key": "lr", "value": "0.2"}, InvalidParameter, "already logged with value='0.1'"},
		{"the same in a batch that is right otherwise", "runs/log-batch", object{"metrics": []object{point}, "params": []object{{"key": "new", "value": "1"}, {"key": "lr", "value": "0.2"}}}, InvalidParameter, "'old_value': '0.1'"},
		{"a tag that is ours", "runs/set-tag", object{"key": hidden + "x", "value": "1"}, InvalidParameter, "reserved"},
		{"a tag that there is not", "runs/delete-tag", object{"key": "none"}, DoesNotExist, "No tag with name: none"},
		{"a status that there is not", "runs/update", object{"status": "DONE"}, InvalidParameter, "Want RUNNING"},
		{"a run id of another kind", "runs/log-metric", object{"run_id": "../../etc", "key": "a", "value": 1, "timestamp": 1}, DoesNotExist, "not found"},
		{"a run of another ledger", "runs/log-metric", object{"run_id": strings.Repeat("ab", 16), "key": "a", "value": 1, "timestamp": 1}, DoesNotExist, "not found"},
		{"no run", "runs/set-tag", object{"run_id": "", "key": "a"}, InvalidParameter, "run_id"},
		{"a type that is another one", "runs/set-tag", object{"key": []int{1}}, InvalidParameter, "key"},
		{"an experiment that there is not", "runs/create", object{"experiment_id": "17"}, DoesNotExist, "id=17"},
		{"an experiment without a name", "experiments/create", object{"name": " "}, InvalidParameter, "name"},
		{"a long name of an experiment", "experiments/create", object{"name": long}, InvalidParameter, "500"},
		{"a name that is taken", "experiments/create", object{"name": "Default"}, AlreadyExists, "already exists"},
		{"a filter that does not parse", "runs/search", object{"experiment_ids": []string{"0"}, "filter": "metrics.loss > 1 ANDD x = 2"}, InvalidParameter, "position 18"},
		{"an order that does not parse", "runs/search", object{"experiment_ids": []string{"0"}, "order_by": []string{"metrics.loss UP"}}, InvalidParameter, "position 14"},
		{"too many results", "runs/search", object{"experiment_ids": []string{"0"}, "max_results": 50_001}, InvalidParameter, "50000"},
		{"a page of nobody", "runs/search", object{"experiment_ids": []string{"0"}, "page_token": "?"}, InvalidParameter, "page"},
		{"a model's name with a slash", "registered-models/create", object{"name": "logged/m-1"}, InvalidParameter, "cannot contain"},
		{"a version of no model", "model-versions/create", object{"name": "none", "source": "runs:/" + run + "/m", "run_id": run}, DoesNotExist, "none"},
		{"a file as a model", "model-versions/create", object{"name": "none", "source": "/etc/passwd"}, InvalidParameter, "Invalid model version source"},
		{"a file's address as a model", "model-versions/create", object{"name": "none", "source": "file:///etc/passwd"}, InvalidParameter, "Invalid model version source"},
		{"a model that climbs", "model-versions/create", object{"name": "none", "source": "mlflow-artifacts:/0/" + run + "/artifacts/%252e%252e/x", "run_id": run}, InvalidParameter, "Invalid model version source"},
		{"another run's model", "model-versions/create", object{"name": "none", "source": "mlflow-artifacts:/0/" + run + "/artifacts/m", "run_id": strings.Repeat("ab", 16)}, InvalidParameter, "must identify"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, found := test.message["run_id"]; !found && strings.HasPrefix(test.path, "runs/") {
				test.message["run_id"] = run
			}
			if text := s.refused("POST", test.path, test.message, test.code); !strings.Contains(text, test.says) || len(text) > 1000 {
				t.Errorf("the message is %q, want one with %q", text, test.says)
			}
		})
	}
	if diff := cmp.Diff(before, s.call("GET", "runs/get?run_id="+run, nil)); diff != "" {
		t.Errorf("the run changed (-before +after):\n%s", diff)
	}
}

// TestBombs sends bodies that are not what they seem.
func TestBombs(t *testing.T) {
	s := newSite(t)
	run := s.begin("0")
	for _, test := range []struct {
		name string
		path string
		body string
		code Code
	}{
		{"deep lists", "runs/log-batch", strings.Repeat("[", 1<<20), InvalidParameter},
		{"deep lists within", "runs/log-batch", `{"metrics":` + strings.Repeat("[", 1<<20), InvalidParameter},
		{"deep objects", "runs/log-batch", strings.Repeat(`{"metrics":`, 1<<18), BadRequest},
		{"deep where nobody looks", "runs/log-batch", `{"other":` + strings.Repeat("[", 1<<20), BadRequest},
		{"deep lists elsewhere", "runs/create", `{"tags":` + strings.Repeat("[", 1<<20), BadRequest},
		{"many empty metrics", "runs/log-batch", `{"run_id":"` + run + `","metrics":[` + strings.Repeat("{},", 1<<20) + "{}]}", InvalidParameter},
		{"many metrics", "runs/log-batch", `{"run_id":"` + run + `","metrics":[` + strings.Repeat(`{"key":"a","value":1,"timestamp":1},`, 1<<17) + "{}]}", InvalidParameter},
		{"too much", "runs/log-batch", strings.Repeat(" ", bodyLimit+1), TooLarge},
		{"too much elsewhere", "runs/set-tag", `{"value":"` + strings.Repeat("x", bodyLimit), TooLarge},
		{"half a batch", "runs/log-batch", `{"run_id":"` + run + `","metrics":[{"key":"a","value":1,"timestamp":1}`, BadRequest},
		{"half a tag", "runs/set-tag", `{"run_id":"` + run + `","key":"a"`, BadRequest},
		{"no JSON", "runs/set-tag", "run_id=1", BadRequest},
		{"two requests", "runs/log-batch", `{"run_id":"` + run + `"} {}`, BadRequest},
	} {
		t.Run(test.name, func(t *testing.T) {
			status, answer := s.send("POST", "/api/2.0/mlflow/"+test.path, strings.NewReader(test.body))
			if status != statuses[test.code] || !bytes.Contains(answer, []byte(test.code)) || len(answer) > 1000 {
				t.Errorf("status %d, %.500s, want %s", status, answer, test.code)
			}
		})
	}
	if data := at(t, s.call("GET", "runs/get?run_id="+run, nil), "run", "data").(object); data["metrics"] != nil {
		t.Errorf("the run has %v", data["metrics"])
	}
}

// TestWrongPaths asks for artifacts outside of runs.
func TestWrongPaths(t *testing.T) {
	s := newSite(t)
	run := s.begin("0")
	base := "/api/2.0/mlflow-artifacts/artifacts/"
	for _, path := range []string{
		base + "0/" + run + "/artifacts/../../../etc/passwd", base + "0/" + run + "/artifacts/%2e%2e/x", base + "0/" + run + "/artifacts/%252e%252e/x",
		base + "0/" + run + "/artifacts/a%5Cb", base + "0/" + run + "/artifacts/a%00b", base + "0/" + run + "/artifacts/C:/x", base + "0/" + run + "/artifacts/%2Fetc/passwd",
		base + "0/" + run + "/artifacts/file:%2F%2Fx", base + "etc/passwd", base + "0/" + run + "/artifacts", base + "0/" + run + "/artifacts/" + strings.Repeat("x", 3000),
	} {
		for _, method := range []string{"PUT", "GET"} {
			status, answer := s.send(method, path, strings.NewReader("x"))
			if status != http.StatusBadRequest && !(method == "GET" && status == http.StatusNotFound) {
				t.Errorf("%s %.120s: status %d, %s", method, path, status, answer)
			}
		}
	}
	for _, path := range []string{"artifacts/list?run_id=" + run + "&path=../x", "artifacts/list?run_id=" + run + "&path=%252e%252e/x", "artifacts/list?run_id=" + run + "&path=/etc"} {
		s.refused("GET", path, nil, InvalidParameter)
	}
	if status, answer := s.send("PUT", base+"0/"+strings.Repeat("ab", 16)+"/artifacts/x", strings.NewReader("x")); status != http.StatusNotFound {
		t.Errorf("an artifact of no run: status %d, %s", status, answer)
	}
	if files := s.call("GET", "artifacts/list?run_id="+run, nil)["files"]; files != nil {
		t.Errorf("the run has %v", files)
	}
}

// TestClientsThatDie breaks connections in the middle of a batch and of an artifact. Nothing of them is there.
func TestClientsThatDie(t *testing.T) {
	s := newSite(t)
	run := s.begin("0")
	server := httptest.NewServer(s.server)
	defer server.Close()
	batch := batchOf(run, 1000)
	for _, request := range []string{
		"POST /api/2.0/mlflow/runs/log-batch HTTP/1.1\r\nHost: localhost\r\nContent-Length: " + fmt.Sprint(len(batch)) + "\r\n\r\n" + string(batch[:len(batch)-100]),
		"PUT /api/2.0/mlflow-artifacts/artifacts/0/" + run + "/artifacts/half HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3000000\r\n\r\n" + strings.Repeat("x", 2_000_000),
		"PUT /api/2.0/mlflow-artifacts/artifacts/0/" + run + "/artifacts/half HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
	} {
		c, err := net.Dial("tcp", server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(c, request)
		_ = c.(*net.TCPConn).CloseWrite()
		answer, _ := io.ReadAll(c) // until the server has seen the end
		if bytes.Contains(answer, []byte(" 200 ")) {
			t.Errorf("half a request is answered with %s", answer)
		}
		_ = c.Close()
	}
	if status, _ := s.send("PUT", "/api/2.0/mlflow-artifacts/artifacts/0/"+run+"/artifacts/half", io.MultiReader(strings.NewReader("x"), iotest.ErrReader(io.ErrUnexpectedEOF))); status != http.StatusBadRequest {
		t.Errorf("a broken body: status %d", status)
	}
	got := s.call("GET", "runs/get?run_id="+run, nil)
	if metrics := at(t, got, "run", "data").(object)["metrics"]; metrics != nil {
		t.Errorf("the run has %v", metrics)
	}
	if files := s.call("GET", "artifacts/list?run_id="+run, nil)["files"]; files != nil {
		t.Errorf("the run has %v", files)
	}
}

// TestStepsThatGoBack are no mistake: points are kept in the order in which they come.
func TestStepsThatGoBack(t *testing.T) {
	s := newSite(t)
	run := s.begin("0")
	for i, step := range []int{5, 3, 3, -1, 9} {
		s.call("POST", "runs/log-metric", object{"run_id": run, "key": "loss", "value": i, "timestamp": fmt.Sprint(1000 + i), "step": fmt.Sprint(step)})
	}
	var got []float64
	for _, m := range s.call("GET", "metrics/get-history?run_id="+run+"&metric_key=loss", nil)["metrics"].([]any) {
		got = append(got, at(t, m, "step").(float64))
	}
	if diff := cmp.Diff([]float64{5, 3, 3, -1, 9}, got); diff != "" {
		t.Errorf("steps (-want +got):\n%s", diff)
	}
	data := at(t, s.call("GET", "runs/get?run_id="+run, nil), "run", "data", "metrics").([]any)
	if at(t, data[0], "step") != 9.0 || at(t, data[0], "value") != 4.0 {
		t.Errorf("the metric is %v, want the value of step 9", data[0])
	}
}

// TestAgain starts the server again: what was answered is there, and what a param was is still known.
func TestAgain(t *testing.T) {
	s := newSite(t)
	experiment := s.experiment("again")
	run := s.begin(experiment)
	s.call("POST", "runs/log-batch", object{"run_id": run, "params": []object{{"key": "lr", "value": "0.1"}}, "tags": []object{{"key": "t", "value": "1"}},
		"metrics": []object{{"key": "loss", "value": "NaN", "timestamp": 1, "step": 0}}})
	before := s.call("GET", "runs/get?run_id="+run, nil)
	s.reopen()
	if diff := cmp.Diff(before, s.call("GET", "runs/get?run_id="+run, nil)); diff != "" {
		t.Errorf("the run changed (-before +after):\n%s", diff)
	}
	s.reopen()
	s.refused("POST", "runs/log-parameter", object{"run_id": run, "key": "lr", "value": "0.2"}, InvalidParameter)
	s.call("POST", "runs/log-parameter", object{"run_id": run, "key": "lr", "value": "0.1"})
	s.call("POST", "runs/delete-tag", object{"run_id": run, "key": "t"})
	s.refused("POST", "experiments/create", object{"name": "again"}, AlreadyExists)
	if info := s.call("POST", "runs/update", object{"run_id": run, "status": 3, "end_time": "5"})["run_info"]; at(t, info, "status") != "FINISHED" || at(t, info, "experiment_id") != experiment {
		t.Errorf("the run is %v", info)
	}
}

// TestFullDisk has a ledger that cannot be written: nobody is told that something was kept.
func TestFullDisk(t *testing.T) {
	s := newSite(t)
	run := s.begin("0")
	real := s.server.Recorder
	s.server.Recorder = broken{real}
	s.refused("POST", "runs/log-metric", object{"run_id": run, "key": "loss", "value": 1, "timestamp": 1}, Unavailable)
	s.refused("POST", "runs/log-parameter", object{"run_id": run, "key": "lr", "value": "1"}, Unavailable)
	s.refused("POST", "runs/update", object{"run_id": run, "status": "FINISHED", "run_name": "other"}, Unavailable)
	s.refused("POST", "runs/delete", object{"run_id": run}, Unavailable)
	s.server.Recorder = real
	if info := at(t, s.call("POST", "runs/update", object{"run_id": run}), "run_info"); at(t, info, "status") != "RUNNING" || at(t, info, "run_name") == "other" {
		t.Errorf("the run is %v", info)
	}
	s.call("POST", "runs/log-parameter", object{"run_id": run, "key": "lr", "value": "2"})
	params := at(t, s.call("GET", "runs/get?run_id="+run, nil), "run", "data", "params")
	if diff := cmp.Diff([]any{object{"key": "lr", "value": "2"}}, params); diff != "" {
		t.Errorf("params (-want +got):\n%s", diff)
	}
}

// broken is a recorder whose disk is full.
type broken struct{ Recorder }

func (broken) Err() error                  { return errFull }
func (broken) Flush(context.Context) error { return errFull }

var errFull = fmt.Errorf("no space left on device")

func TestGuard(t *testing.T) {
	passed := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	for _, test := range []struct {
		name   string
		token  string
		host   string
		header http.Header
		want   int
	}{
		{"no token asked", "", "127.0.0.1:5000", nil, 204},
		{"localhost", "", "localhost:5000", nil, 204},
		{"IPv6", "", "[::1]:5000", nil, 204},
		{"another name", "", "evil.example", nil, 403},
		{"a name that was allowed", "", "Lab.example:80", nil, 204},
		{"another site's page", "", "127.0.0.1:5000", http.Header{"Sec-Fetch-Site": {"cross-site"}}, 403},
		{"another origin", "", "127.0.0.1:5000", http.Header{"Origin": {"http://evil.example"}}, 403},
		{"the own page", "", "127.0.0.1:5000", http.Header{"Origin": {"http://127.0.0.1:5000"}}, 204},
		{"no token", "t", "127.0.0.1:5000", nil, 401},
		{"a wrong token", "t", "127.0.0.1:5000", http.Header{"Authorization": {"Bearer x"}}, 401},
		{"the token", "t", "127.0.0.1:5000", http.Header{"Authorization": {"Bearer t"}}, 204},
		{"the token of a bearer in lower case", "t", "127.0.0.1:5000", http.Header{"Authorization": {"bearer t"}}, 204},
		{"the token as a password", "t", "127.0.0.1:5000", http.Header{"Authorization": {"Basic dTp0"}}, 204},
	} {
		t.Run(test.name, func(t *testing.T) {
			g := &Guard{Token: test.token, Hosts: []string{"lab.example"}, Next: passed}
			r := httptest.NewRequest("POST", "http://"+test.host+"/api/2.0/mlflow/runs/create", nil)
			for name, values := range test.header {
				r.Header[name] = values
			}
			w := httptest.NewRecorder()
			g.ServeHTTP(w, r)
			if w.Code != test.want {
				t.Errorf("status %d, want %d: %s", w.Code, test.want, w.Body)
			}
		})
	}
}
