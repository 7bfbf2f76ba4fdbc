package profile

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/gemba-ml/gemba/lineage/profile/table"
)

// judged is what DuckDB tells of a column.
type judged struct {
	File, Column, Type, Min, Max string
	Rows, Values, Distinct       int64
	Mean, Std                    *string
	Quantiles                    []float64
}

// duckTypes are our names for DuckDB's types.
var duckTypes = map[string][]string{
	"BIGINT": {"integer"}, "INTEGER": {"integer"}, "UBIGINT": {"integer"}, "HUGEINT": {"integer"}, "DOUBLE": {"float", "integer"}, "BOOLEAN": {"boolean"},
	"VARCHAR": {"text", "mixed"}, "DATE": {"date"}, "TIMESTAMP": {"timestamp"},
}

// TestProfilesEqualDuckDB compares profiles of four real tables and a made one, each as CSV, JSON lines and Parquet,
// with what DuckDB's SUMMARIZE and exact quantiles tell.
func TestProfilesEqualDuckDB(t *testing.T) {
	folder := t.TempDir()
	judgements := judge(t, folder)
	profiles := map[string]*Profile{}
	for _, j := range judgements {
		p := profiles[j.File]
		if p == nil {
			p = profileFile(t, filepath.Join(folder, j.File))
			profiles[j.File] = p
		}
		t.Run(j.File+"/"+j.Column, func(t *testing.T) {
			c, err := p.column(j.Column)
			if err != nil {
				t.Fatal(err)
			}
			compare(t, p, c, j)
		})
	}
	if len(profiles) != 15 {
		t.Errorf("%d files were judged, want 15", len(profiles))
	}
}

func compare(t *testing.T, p *Profile, c *Column, j judged) {
	if !slices.Contains(duckTypes[j.Type], c.Type) {
		t.Errorf("type %s, DuckDB's is %s", c.Type, j.Type)
	}
	if p.Rows != j.Rows || p.Rows-c.Nulls != j.Values || p.Bad != 0 {
		t.Errorf("%d rows, %d values, %d bad; want %d and %d", p.Rows, p.Rows-c.Nulls, p.Bad, j.Rows, j.Values)
	}
	if by := 4*c.DistinctError*float64(j.Distinct) + 1e-9; math.Abs(float64(c.Distinct-j.Distinct)) > by {
		t.Errorf("%d distinct, want %d ± %v", c.Distinct, j.Distinct, by)
	}
	same(t, "min", c.Min.String(), j.Min, 0)
	same(t, "max", c.Max.String(), j.Max, 0)
	if j.Quantiles == nil {
		return
	}
	compareQuantiles(t, c, j)
	same(t, "mean", c.Mean.String(), *j.Mean, 1e-9)
	same(t, "standard deviation", c.Std.String(), *j.Std, 1e-9)
}

// compareQuantiles wants the quartiles within 1 % of their values, others within 1 % of the middle of the column.
func compareQuantiles(t *testing.T, c *Column, j judged) {
	t.Helper()
	for i, percent := range []float64{5, 25, 50, 75, 95} {
		at := slices.IndexFunc(c.Quantiles, func(q Quantile) bool { return q.Percent == percent })
		got, err := strconv.ParseFloat(c.Quantiles[at].Value.Text, 64)
		by := 0.01 * math.Abs(j.Quantiles[i])
		if percent < 25 || percent > 75 {
			by = 0.01 * (j.Quantiles[4] - j.Quantiles[0])
		}
		if err != nil || math.Abs(got-j.Quantiles[i]) > by {
			t.Errorf("quantile %v is %v, want %v ± %v", percent, got, j.Quantiles[i], by)
		}
	}
}

// same says whether two texts are equal, or numbers that differ by no more than a share of the second one.
func same(t *testing.T, what, got, want string, by float64) {
	t.Helper()
	a, errA := strconv.ParseFloat(got, 64)
	b, errB := strconv.ParseFloat(want, 64)
	if got != want && (errA != nil || errB != nil || math.Abs(a-b) > by*math.Abs(b)) {
		t.Errorf("%s is %s, want %s", what, got, want)
	}
}

func profileFile(t *testing.T, path string) *Profile {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	p, err := Of(t.Context(), table.Source{Name: path, At: f, Size: info.Size()})
	if err != nil || p == nil {
		t.Fatalf("profile %v, error %v", p, err)
	}
	return p
}

// judge runs DuckDB.
func judge(t *testing.T, folder string) (list []judged) {
	penguins, err := filepath.Abs("../../notebooks/examples/penguins.csv")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(python(t), "testdata/judge.py", folder, penguins)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("run DuckDB: %v", err)
	}
	for line := range bytes.Lines(out) {
		var j judged
		if err := json.Unmarshal(line, &j); err != nil {
			t.Fatal(err)
		}
		list = append(list, j)
	}
	return list
}

// python returns an interpreter that has DuckDB, from a virtual environment that is made when it is missing.
func python(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs("../../.cache/duckdb")
	if err != nil {
		t.Fatal(err)
	}
	lock, err := os.ReadFile("testdata/requirements.lock")
	if err != nil {
		t.Fatal(err)
	}
	path, done := filepath.Join(folder, "bin", "python"), filepath.Join(folder, "requirements.lock")
	if have, err := os.ReadFile(done); err == nil && bytes.Equal(have, lock) {
		return path
	}
	for _, args := range [][]string{
		{"python3", "-m", "venv", "--clear", folder},
		{path, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--retries", "10", "--timeout", "60", "--no-deps", "-r", "testdata/requirements.lock"},
	} {
		if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
			lacking(t, "DuckDB cannot be installed: "+err.Error()+"\n"+string(out))
		}
	}
	if err := os.WriteFile(done, lock, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// lacking ends a test whose other part cannot be had: CI must have it.
func lacking(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
}
