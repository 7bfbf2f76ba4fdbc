package environ

import (
	"path"
	"regexp"
	"slices"
	"strings"
)

// allowed are the environment variables that are recorded, by name or pattern; never others, but those that a project
// names.
var allowed = []string{
	// What the go command builds, and how its programs run.
	"GOFLAGS", "GOOS", "GOARCH", "GOAMD64", "GOARM64", "GOEXPERIMENT", "GOTOOLCHAIN", "GODEBUG", "GOGC", "GOMEMLIMIT", "GOMAXPROCS",
	"CGO_ENABLED", "CGO_CFLAGS", "CGO_CPPFLAGS", "CGO_CXXFLAGS", "CGO_LDFLAGS", "CC", "CXX",
	// What GoMLX and XLA compute on, and how.
	"GOMLX_*", "XLA_*", "PJRT_*", "TF_XLA_FLAGS", "TF_DETERMINISTIC_OPS", "TF_ENABLE_ONEDNN_OPTS",
	"CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "CUDA_LAUNCH_BLOCKING", "CUBLAS_WORKSPACE_CONFIG", "NVIDIA_VISIBLE_DEVICES",
	"NVIDIA_TF32_OVERRIDE", "ROCR_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "TPU_VISIBLE_DEVICES",
	"OMP_NUM_THREADS", "OMP_SCHEDULE", "OMP_PROC_BIND", "MKL_NUM_THREADS", "MKL_CBWR", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS",
	// What other programs of a cell go by.
	"LANG", "LANGUAGE", "LC_*", "TZ", "SOURCE_DATE_EPOCH", "LD_LIBRARY_PATH", "LD_PRELOAD", "DYLD_LIBRARY_PATH",
	"PYTHONHASHSEED", "CONDA_DEFAULT_ENV",
}

// secretive are names of variables that a pattern does not reach: what they hold is nobody's business.
var secretive = regexp.MustCompile(`(?i)token|secret|passw|passphrase|credential|cookie|auth|(^|_)(api|access|private|signing)?_?key(_|$)`)

// variables notes the allowed environment variables.
func (l *look) variables() {
	for _, v := range l.Env {
		name, _, ok := strings.Cut(v, "=")
		if ok && (isAllowed(name, allowed) || isAllowed(name, l.Variables)) {
			l.facts.set("env."+name, l.screened(name, l.variable(name)))
		}
	}
}

// isAllowed reports whether a list has the name of a variable. Who names a variable in full means it; a pattern
// reaches no name that speaks of a secret.
func isAllowed(name string, list []string) bool {
	return slices.ContainsFunc(list, func(pattern string) bool {
		fits, err := path.Match(pattern, name)
		return name != "" && (pattern == name || err == nil && fits && !secretive.MatchString(name))
	})
}

func (l *look) screened(name, value string) string {
	if l.Screen == nil || value == "" {
		return value
	}
	return l.Screen(name, value)
}

// variable returns the value of an environment variable, empty when it has none.
func (l *look) variable(name string) string {
	value, _ := l.lookup(name)
	return value
}

func (l *look) lookup(name string) (string, bool) {
	for _, v := range slices.Backward(l.Env) {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value, true
		}
	}
	return "", false
}
