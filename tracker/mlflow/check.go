package mlflow

import (
	"encoding/json"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/gemba-ml/gemba/tracker"
)

// Limits of MLflow (mlflow/utils/validation.py), in characters where they are about text. A param's or a tag's long value is kept
// whole: MLflow cuts it since its database must.
const (
	maxKey             = 250
	maxExperimentName  = 500
	maxExperimentTag   = 20_000
	maxModelTag        = 100_000
	maxAlias           = 255
	maxBatchMetrics    = 1000
	maxBatchParamsTags = 100
	maxBatch           = 1000
	maxDatasets        = 1000
	maxDatasetName     = 500
	maxDatasetDigest   = 36
	maxDatasetSource   = 65_535
	maxDatasetSchema   = 1_048_575
	maxDatasetProfile  = 16_777_215
)

// required says that a parameter is missing.
func required(name, value string) error {
	if value == "" {
		return invalid("Missing value for required parameter '%s'. See the API docs for more information about request parameters.", name)
	}
	return nil
}

// requiredAll is required for pairs of names and values.
func requiredAll(pairs ...string) error {
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := required(pairs[i], pairs[i+1]); err != nil {
			return err
		}
	}
	return nil
}

// invalidValue says that a parameter has a wrong value, of which the beginning is shown.
func invalidValue(name, value, why string) error {
	if utf8.RuneCountInString(value) > 100 {
		value = string([]rune(value)[:100]) + "…"
	}
	shown, _ := json.Marshal(value) // a string always is
	return invalid("Invalid value %s for parameter '%s' supplied: %s", shown, name, why)
}

// checkLength refuses a text of more than limit characters.
func checkLength(name string, limit int, value string) error {
	if len(value) > limit && utf8.RuneCountInString(value) > limit {
		return invalid("'%s' exceeds the maximum length of %d characters", name, limit)
	}
	return nil
}

// checkKey refuses a name of a metric, a param or a tag that MLflow does: one that a file could not have.
func checkKey(parameter, what, key string) error {
	if err := checkLength(what, maxKey, key); err != nil {
		return err
	}
	for _, r := range key {
		if !keyRune(r) {
			return invalidValue(parameter, key, "Names may only contain alphanumerics, underscores (_), dashes (-), periods (.), spaces ( ), colon(:) and slashes (/).")
		}
	}
	return checkPlace(parameter, key)
}

func keyRune(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("/_.- :", r)
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r)
}

// checkPlace refuses a name that is another one when it is taken for a path.
func checkPlace(parameter, name string) error {
	clean := path.Clean(name)
	if clean != name || clean == "." || strings.HasPrefix(clean, "..") || strings.HasPrefix(clean, "/") {
		return invalidValue(parameter, name, "Names may be treated as files in certain cases, and must not resolve to other names when treated as such. This name would resolve to '"+clean+"'")
	}
	return nil
}

// hidden is what the names of tags begin with that this package keeps for itself: what MLflow has and a ledger has no place for.
const hidden = "gemba.mlflow."

// checkTag refuses a tag of which the name is not allowed.
func checkTag(parameter, key string) error {
	if strings.HasPrefix(key, hidden) {
		return invalidValue(parameter, key, "Names that begin with "+hidden+" are reserved.")
	}
	return checkKey(parameter, "key", key)
}

// page is one of MLflow's ways to ask for so many results: none given is normal.
func pageSize(asked *integer, normal, most int64) (int, error) {
	if asked == nil {
		return int(normal), nil
	}
	if n := int64(*asked); n < 1 || n > most {
		return 0, invalid("Invalid value %d for parameter 'max_results' supplied: it must be at least 1 and at most %d.", n, most)
	}
	return int(*asked), nil
}

// parseRun reads the id of a run.
func parseRun(text string) (tracker.ID, error) {
	if err := required("run_id", text); err != nil {
		return tracker.ID{}, err
	}
	id, err := tracker.ParseID(text)
	if err != nil || id.IsZero() {
		return id, noRun(text)
	}
	return id, nil
}

func noRun(id string) error { return fail(DoesNotExist, "Run with id=%.80s not found", id) }
