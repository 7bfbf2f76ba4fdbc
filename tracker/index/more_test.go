package index

import (
	"fmt"
	"slices"
	"testing"

	"github.com/gemba-ml/gemba/tracker/filter"
)

// TestMoreColumns asks for fields of which a run can have several values.
func TestMoreColumns(t *testing.T) {
	x := searchLedger(t)
	branch, path := filter.Field{Space: filter.Git, Name: "branch"}, filter.Field{Space: filter.Data, Name: "path"}
	q := parsedSearch(t, "", "")
	q.Columns.More = []filter.Field{branch, path, {Space: filter.Params, Name: "lr"}}
	page, err := x.SearchRuns(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	branches := 0
	for _, r := range page.Runs {
		for _, f := range []filter.Field{branch, path} {
			found := parsedSearch(t, fmt.Sprintf("run_id = '%s' AND %s IS NOT NULL", r.ID, f), "")
			fits, err := x.SearchRuns(t.Context(), found)
			if err != nil {
				t.Fatal(err)
			}
			if has := len(fits.Runs) == 1; has != (len(r.More[f]) > 0) {
				t.Errorf("%s of %s is %q; a filter says that it has one: %v", f, r.Name, r.More[f], has)
			}
		}
		if slices.Contains(r.More[branch], "main") {
			branches++
		}
		if len(r.More) > 2 {
			t.Errorf("%s tells more than was asked for: %v", r.Name, r.More)
		}
	}
	if branches == 0 {
		t.Error("no run is of branch main")
	}
}
