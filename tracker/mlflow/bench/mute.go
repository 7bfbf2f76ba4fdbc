//go:build unix

package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"strings"
)

// clientAlone is the name of the server that only answers.
const clientAlone = "the client alone"

// historyPoints is how many points a metric's history has.
const historyPoints = 20_000

// startMute starts a server that keeps nothing and gives the same answers to all, ready beforehand: what a client needs with it is its own time.
func startMute() (*server, func()) {
	const run = `{"info":{"run_id":"0123456789abcdef0123456789abcdef","run_uuid":"0123456789abcdef0123456789abcdef","run_name":"run","experiment_id":"1","status":"RUNNING",` +
		`"start_time":1,"artifact_uri":"mlflow-artifacts:/1","lifecycle_stage":"active"},"data":{}}`
	answers := map[string]string{
		"experiments/create":  `{"experiment_id":"1"}`,
		"runs/create":         `{"run":` + run + `}`,
		"runs/get":            `{"run":` + run + `}`,
		"runs/update":         `{"run_info":` + run[len(`{"info":`):strings.Index(run, `,"data"`)] + `}`,
		"metrics/get-history": points(),
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.Header().Set("Content-Type", "application/json")
		dir, name := path.Split(r.URL.Path)
		answer, found := answers[path.Join(path.Base(dir), name)]
		if !found {
			answer = "{}"
		}
		_, _ = io.WriteString(w, answer)
	}))
	return &server{name: clientAlone, address: s.URL, figures: map[string][]float64{}}, s.Close
}

func points() string {
	var list []string
	for i := range historyPoints {
		list = append(list, fmt.Sprintf(`{"key":"history","value":%v,"timestamp":%d,"step":%d}`, float64(i)*0.1, 1_700_000_000_000+i, i))
	}
	return `{"metrics":[` + strings.Join(list, ",") + `]}`
}
