package mlflow

import (
	"bytes"
	"fmt"
	"math"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestListings searches experiments, models and versions with MLflow's grammar.
func TestListings(t *testing.T) {
	s := newSite(t)
	for i, name := range []string{"alpha", "beta", "Gamma"} {
		s.call("POST", "experiments/create", object{"name": name, "tags": []object{{"key": "n", "value": fmt.Sprint(i)}}})
		s.call("POST", "registered-models/create", object{"name": name, "tags": []object{{"key": "n", "value": fmt.Sprint(i)}}, "description": "d"})
		s.call("POST", "model-versions/create", object{"name": name, "source": "s3://bucket/" + name})
	}
	s.call("POST", "model-versions/create", object{"name": "beta", "source": "s3://bucket/beta2"})
	for _, test := range []struct {
		path, list, filter, order string
		want                      []string
	}{
		{"experiments/search", "experiments", "", "name DESC", []string{"beta", "alpha", "Gamma", "Default"}},
		{"experiments/search", "experiments", "name ILIKE '%AM%'", "", []string{"Gamma"}},
		{"experiments/search", "experiments", "tags.n != '1' AND creation_time > 0", "name", []string{"Gamma", "alpha"}},
		{"experiments/search", "experiments", "name IN ('beta', 'alpha') AND tags.`n` = '1'", "", []string{"beta"}},
		{"registered-models/search", "registered_models", "", "", []string{"Gamma", "alpha", "beta"}},
		{"registered-models/search", "registered_models", "name LIKE '%a' and tags.n = '0'", "", []string{"alpha"}},
		{"model-versions/search", "model_versions", "name = 'beta'", "version_number ASC", []string{"beta", "beta"}},
		{"model-versions/search", "model_versions", "version_number > 1", "", []string{"beta"}},
		{"model-versions/search", "model_versions", "source_path LIKE 's3://%/G%'", "", []string{"Gamma"}},
	} {
		query := url.Values{"filter": {test.filter}}
		if test.order != "" {
			query.Set("order_by", test.order)
		}
		var got []string
		list, _ := s.call("GET", test.path+"?"+query.Encode(), nil)[test.list].([]any)
		for _, one := range list {
			got = append(got, at(t, one, "name").(string))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s %q by %q (-want +got):\n%s", test.path, test.filter, test.order, diff)
		}
	}
	s.refused("GET", "registered-models/search?filter="+url.QueryEscape("status = 'x'"), nil, InvalidParameter)
}

// TestExperimentInAFilter names an experiment by the number that clients know.
func TestExperimentInAFilter(t *testing.T) {
	s := newSite(t)
	one, other := s.experiment("one"), s.experiment("other")
	run := s.begin(one)
	s.begin(other)
	runs := s.call("POST", "runs/search", object{"experiment_ids": []string{one, other, "17"}, "filter": "attributes.experiment_id = '" + one + "'"})["runs"].([]any)
	if len(runs) != 1 || at(t, runs[0], "info", "run_id") != run {
		t.Errorf("found %v, want run %s", runs, run)
	}
}

// TestBitsAreKept logs values that are hard to keep, in a batch and alone.
func TestBitsAreKept(t *testing.T) {
	s := newSite(t)
	run := s.begin("0")
	values := []string{"0.1", "-0", "1e308", "5e-324", "0.30000000000000004", `"Infinity"`, `"-Infinity"`, "9007199254740993", "1.7976931348623157e308"}
	var batch []string
	for i, v := range values {
		batch = append(batch, fmt.Sprintf(`{"key":"batch","value":%s,"timestamp":%d,"step":%d}`, v, i, math.MaxInt64-i))
		body := fmt.Sprintf(`{"run_id":%q,"key":"alone","value":%s,"timestamp":%d,"step":"%d"}`, run, v, i, math.MinInt64+i)
		if status, answer := s.send("POST", "/api/2.0/mlflow/runs/log-metric", strings.NewReader(body)); status != 200 {
			t.Fatalf("%s: %d %s", v, status, answer)
		}
	}
	if status, answer := s.send("POST", "/ajax-api/2.0/mlflow/runs/log-batch", strings.NewReader(fmt.Sprintf(`{"run_id":%q,"metrics":[%s]}`, run, strings.Join(batch, ",")))); status != 200 {
		t.Fatalf("%d %s", status, answer)
	}
	for _, key := range []string{"alone", "batch"} {
		_, answer := s.send("GET", "/api/2.0/mlflow/metrics/get-history?run_id="+run+"&metric_key="+key, nil)
		var q struct {
			Metrics []struct {
				Value double
				Step  integer
			}
		}
		if err := unmarshal(answer, &q); err != nil || len(q.Metrics) != len(values) {
			t.Fatalf("%v: %s", err, answer)
		}
		for i, m := range q.Metrics {
			var want double
			if err := want.UnmarshalJSON([]byte(values[i])); err != nil {
				t.Fatal(err)
			}
			step := integer(math.MaxInt64 - i)
			if key == "alone" {
				step = integer(math.MinInt64 + i)
			}
			if math.Float64bits(float64(want)) != math.Float64bits(float64(m.Value)) || m.Step != step {
				t.Errorf("%s: %v at step %d, want %v at %d", key, m.Value, m.Step, want, step)
			}
		}
	}
}

// TestRepeatedRequests logs one point twice, as a client does whose connection broke before the answer: it is one point.
func TestRepeatedRequests(t *testing.T) {
	s := newSite(t)
	run := s.begin("0")
	for range 2 {
		s.call("POST", "runs/log-metric", object{"run_id": run, "key": "loss", "value": 1, "timestamp": 1, "step": 1})
	}
	if got := s.call("GET", "metrics/get-history?run_id="+run+"&metric_key=loss", nil)["metrics"].([]any); len(got) != 1 {
		t.Errorf("%d points, want 1: %v", len(got), got)
	}
}

// TestBulkHistory asks for points of several runs, whole and spread.
func TestBulkHistory(t *testing.T) {
	s := newSite(t)
	var runs []string
	for range 2 {
		run := s.begin("0")
		if status, answer := s.send("POST", "/api/2.0/mlflow/runs/log-batch", bytes.NewReader(batchOf(run, 1000))); status != 200 {
			t.Fatalf("%d %s", status, answer)
		}
		runs = append(runs, run)
	}
	steps := func(path string) (list []int) {
		for _, m := range s.call("GET", path, nil)["metrics"].([]any) {
			list = append(list, int(at(t, m, "step").(float64)))
		}
		return list
	}
	if got := steps("metrics/get-history-bulk?metric_key=metric_3&run_id=" + runs[0] + "&run_id=" + runs[1]); len(got) != 200 || got[0] != 3 || got[199] != 993 {
		t.Errorf("bulk: %v", got)
	}
	if got := steps("metrics/get-history-bulk?metric_key=metric_3&max_results=150&run_id=" + runs[0] + "&run_id=" + runs[1]); len(got) != 150 {
		t.Errorf("bulk of 150: %v", got)
	}
	if diff := cmp.Diff([]int{103, 243, 393}, steps("metrics/get-history-bulk-interval?metric_key=metric_3&max_results=3&start_step=100&end_step=400&run_ids="+runs[0])); diff != "" {
		t.Errorf("interval (-want +got):\n%s", diff)
	}
	s.refused("GET", "metrics/get-history-bulk-interval?metric_key=metric_3&start_step=5&run_ids="+runs[0], nil, InvalidParameter)
	s.refused("GET", "metrics/get-history-bulk?metric_key=metric_3", nil, InvalidParameter)
}
