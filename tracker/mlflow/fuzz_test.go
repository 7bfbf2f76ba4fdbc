package mlflow

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzBatch compares the reader of batches with encoding/json: what one takes for a batch the other one reads alike.
func FuzzBatch(f *testing.F) {
	for _, seed := range []string{
		`{"run_id":"a","metrics":[{"key":"k","value":1.5,"timestamp":"7","step":-1},{"key":"k","value":"NaN","timestamp":1,"step":null}],"params":[{"key":"p","value":"v"}],"tags":[]}`,
		`{"metrics":null,"run_uuid":"b"}`, `{"metrics":[{"\u006bey":"k","value":1e3,"timestamp":1e3,"model_id":"m-1","dataset_name":"d"}]}`, `[`, `{"metrics":[[]]}`, `{} {}`, `null`, ` `, `{"metrics":[{"key":"`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		var got logBatch
		if got.read(body) != nil || len(body) == 0 {
			return
		}
		var want struct {
			runID
			Metrics []metric
			Params  []pair
			Tags    []pair
		}
		if otherCase(body) || json.Unmarshal(body, &want) != nil {
			return
		}
		if len(want.Metrics) != len(got.points) {
			return
		}
		for i, p := range got.points {
			if w, err := want.Metrics[i].checked(); err == nil && (w.Key != p.Key || w.Step != p.Step || w.Time != p.Time || math.Float64bits(w.Value) != math.Float64bits(p.Value)) {
				t.Errorf("point %d is %+v, want %+v", i, p, w)
			}
		}
	})
}

// otherCase reports whether names may be in another case: to encoding/json these are the same names.
func otherCase(body []byte) bool {
	plain := strings.NewReplacer("NaN", "", "Infinity", "").Replace(string(body))
	return strings.ContainsFunc(plain, func(r rune) bool { return 'A' <= r && r <= 'Z' || r >= utf8.RuneSelf || r == '\\' })
}
