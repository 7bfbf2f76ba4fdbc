package mlflow

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
)

// python returns a Python with the stock MLflow client. It is kept in the checkout's cache, and made again when
// the lock file is another one.
func python(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs("../../.cache/mlflow-client")
	if err != nil {
		t.Fatal(err)
	}
	lock, err := os.ReadFile("testdata/requirements.lock")
	if err != nil {
		t.Fatal(err)
	}
	path, done := filepath.Join(folder, "bin", "python"), filepath.Join(folder, "requirements.lock")
	if have, err := os.ReadFile(done); err == nil && string(have) == string(lock) {
		return path
	}
	if runtime.GOOS == "windows" {
		t.Skip("the lock file is for Unix")
	}
	for _, arg := range [][]string{
		{"python3", "-m", "venv", "--clear", folder},
		{path, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "-r", "testdata/requirements.lock"},
	} {
		if out, err := exec.Command(arg[0], arg[1:]...).CombinedOutput(); err != nil {
			lacking(t, "install the MLflow client: "+err.Error()+"\n"+string(out))
		}
	}
	if err := os.WriteFile(done, lock, 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// lacking ends a test that cannot run because a part is not there. CI has to have all parts.
func lacking(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") != "" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// TestStockClient lets the MLflow client of Python do what its users do.
func TestStockClient(t *testing.T) {
	interpreter := python(t)
	s := newSite(t)
	server := httptest.NewServer(&Guard{Token: "secret", Next: s.server})
	defer server.Close()
	for _, topic := range []string{"experiments", "runs", "search", "artifacts", "datasets", "autolog", "registry"} {
		t.Run(topic, func(t *testing.T) {
			c := exec.Command(interpreter, "testdata/client.py", topic)
			c.Env = append(os.Environ(), "MLFLOW_TRACKING_URI="+server.URL, "MLFLOW_TRACKING_TOKEN=secret", "MLFLOW_HTTP_REQUEST_MAX_RETRIES=0", "GIT_PYTHON_REFRESH=quiet",
				"MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR=false", "MLFLOW_DISABLE_TELEMETRY=true", "PYTHONDONTWRITEBYTECODE=1")
			if out, err := c.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}
