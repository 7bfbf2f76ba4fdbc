package observe

import (
	"slices"
	"strings"
)

// spawning is what the source of a program that starts processes itself has to hold.
var spawning = []string{"os/exec", "exec.Command", "os.StartProcess", "syscall.ForkExec", "syscall.Exec", "import \"C\"", "modernc.org/",
	// In Python: processes, and libraries whose own code opens files.
	"subprocess", "os.system", "os.popen", "os.spawn", "os.posix_spawn", "os.exec", "multiprocessing", "pexpect", "joblib", "pyarrow", "h5py", "netCDF4",
	"duckdb", "polars", "cv2", "tensorflow", "torch", "rasterio", "fiona", "lmdb", "xgboost", "lightgbm", "catboost", "safetensors", "pyspark",
}

// declaresSpawning says that a cell, and those after it, as they may use what it declares, may start processes or open files
// past package os.
func declaresSpawning(source string) bool {
	return slices.ContainsFunc(spawning, func(s string) bool { return strings.Contains(source, s) })
}

// runsShell says that a cell has a shell line, or is all for another program.
func runsShell(source string) bool {
	for line := range strings.Lines(source) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "!") || strings.HasPrefix(line, "%") && strings.Contains(line, "!") {
			return true
		}
		if name, ok := strings.CutPrefix(line, "%%"); ok && name != "" && name[0] != ' ' {
			return true
		}
	}
	return false
}
