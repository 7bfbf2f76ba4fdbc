package mlflow

import (
	"bytes"
	"encoding/json"
	"fmt"
	"testing"
)

func BenchmarkLogMetric(b *testing.B) {
	s := newSite(b)
	run := s.begin("0")
	body, _ := json.Marshal(object{"run_id": run, "run_uuid": run, "key": "loss", "value": 0.25, "timestamp": 1_700_000_000_000, "step": 7})
	b.ReportAllocs()
	for b.Loop() {
		if status, answer := s.send("POST", "/api/2.0/mlflow/runs/log-metric", bytes.NewReader(body)); status != 200 {
			b.Fatalf("%d %s", status, answer)
		}
	}
}

// batchOf is a request with n points of ten metrics.
func batchOf(run string, n int) []byte {
	var metrics []object
	for i := range n {
		metrics = append(metrics, object{"key": fmt.Sprintf("metric_%d", i%10), "value": float64(i) * 0.1, "timestamp": 1_700_000_000_000 + i, "step": i})
	}
	body, _ := json.Marshal(object{"run_id": run, "metrics": metrics})
	return body
}

func BenchmarkLogBatch(b *testing.B) {
	s := newSite(b)
	body := batchOf(s.begin("0"), 1000)
	b.SetBytes(int64(len(body)))
	b.ReportAllocs()
	for b.Loop() {
		if status, answer := s.send("POST", "/api/2.0/mlflow/runs/log-batch", bytes.NewReader(body)); status != 200 {
			b.Fatalf("%d %s", status, answer)
		}
	}
}

func BenchmarkHistory(b *testing.B) {
	s := newSite(b)
	run := s.begin("0")
	for i := range 20 {
		var metrics []object
		for j := range 1000 {
			metrics = append(metrics, object{"key": "loss", "value": float64(j) * 0.1, "timestamp": 1_700_000_000_000 + i*1000 + j, "step": i*1000 + j})
		}
		s.call("POST", "runs/log-batch", object{"run_id": run, "metrics": metrics})
	}
	b.ReportAllocs()
	for b.Loop() {
		if status, answer := s.send("GET", "/api/2.0/mlflow/metrics/get-history?metric_key=loss&run_id="+run, nil); status != 200 || len(answer) < 1_000_000 {
			b.Fatalf("%d %.200s", status, answer)
		}
	}
}

func BenchmarkCreateRun(b *testing.B) {
	s := newSite(b)
	b.ReportAllocs()
	for b.Loop() {
		run := s.begin("0")
		var params, metrics []object
		for i := range 5 {
			params = append(params, object{"key": fmt.Sprint("p", i), "value": fmt.Sprint(i)})
			metrics = append(metrics, object{"key": fmt.Sprint("m", i), "value": i, "timestamp": 1, "step": 0})
		}
		s.call("POST", "runs/log-batch", object{"run_id": run, "params": params, "metrics": metrics})
		s.call("POST", "runs/update", object{"run_id": run, "status": "FINISHED", "end_time": 2})
	}
}

func BenchmarkSearch(b *testing.B) {
	s := newSite(b)
	experiment := s.experiment("many")
	for i := range 10_000 {
		run := s.begin(experiment)
		s.call("POST", "runs/log-batch", object{"run_id": run, "params": []object{{"key": "lr", "value": fmt.Sprint(0.001 * float64(i%100))}, {"key": "depth", "value": fmt.Sprint(i % 7)}},
			"metrics": []object{{"key": "acc", "value": float64(i%1000) / 1000, "timestamp": 1, "step": 0}, {"key": "loss", "value": 1 / float64(i+1), "timestamp": 1, "step": 0}}})
	}
	for _, test := range []struct{ name, filter, order string }{
		{"all", "", ""},
		{"filtered and ordered", "metrics.acc > 0.5 AND params.depth = '3'", "metrics.loss ASC"},
	} {
		body, _ := json.Marshal(object{"experiment_ids": []string{experiment}, "filter": test.filter, "order_by": []string{test.order}, "max_results": 100})
		b.Run(test.name, func(b *testing.B) {
			for b.Loop() {
				if status, answer := s.send("POST", "/api/2.0/mlflow/runs/search", bytes.NewReader(body)); status != 200 {
					b.Fatalf("%d %s", status, answer)
				}
			}
		})
	}
}

// BenchmarkGetRun is what a client does at a run's end: it asks for the run behind something that it logged.
func BenchmarkGetRun(b *testing.B) {
	s := newSite(b)
	run := s.begin("0")
	for b.Loop() {
		s.call("POST", "runs/log-metric", object{"run_id": run, "key": "m", "value": 1, "timestamp": 1, "step": 0})
		s.call("GET", "runs/get?run_id="+run, nil)
	}
}
