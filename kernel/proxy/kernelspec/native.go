package kernelspec

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// nativeName is the kernel that Jupyter offers wherever ipykernel is in its environment, with or without a kernelspec.
const nativeName = "python3"

// nativeDir is where the package ipykernel keeps the kernel's logos. Jupyter names this folder as the kernel's, though it holds
// no kernel.json.
var nativeDir = filepath.Join("ipykernel", "resources")

func isNative(dir string) bool {
	return strings.HasSuffix(dir, string(filepath.Separator)+nativeDir) && !holdsSpec(dir)
}

// nativePrefix is the environment that ipykernel is in: PREFIX/lib/python3.N/site-packages/ipykernel/resources.
func nativePrefix(dir string) string {
	above := filepath.Dir(filepath.Dir(filepath.Dir(dir)))
	if strings.EqualFold(filepath.Base(above), "lib") { // PREFIX/Lib/site-packages, on Windows
		return filepath.Dir(above)
	}
	return filepath.Dir(filepath.Dir(above))
}

// nativeSpec is the kernelspec that ipykernel.kernelspec.get_kernel_dict makes.
func nativeSpec(dir string) (Spec, bool) {
	if info, err := os.Stat(dir); err != nil || !info.IsDir() || !isNative(dir) {
		return Spec{}, false
	}
	return Spec{
		Dir: dir, Argv: []string{nativePython(dir), "-m", "ipykernel_launcher", "-f", "{connection_file}"},
		DisplayName: "Python 3 (ipykernel)", Language: "python", Protocol: "5.5",
		Metadata: json.RawMessage(`{"debugger":true}`),
	}, true
}

// nativePython is the interpreter of the version that ipykernel is installed for, where the folders tell which.
func nativePython(dir string) string {
	version := filepath.Base(filepath.Dir(filepath.Dir(filepath.Dir(dir))))
	if exactPython.MatchString(version) {
		if info, err := os.Stat(filepath.Join(nativePrefix(dir), "bin", version)); err == nil && !info.IsDir() {
			return version
		}
	}
	return "python3"
}

// native finds the folder of ipykernel in the first environment that has it.
func (h host) native() (dir string, found bool) {
	patterns := []string{"lib/python3*/site-packages", "lib64/python3*/site-packages", "local/lib/python3*/dist-packages", "lib/python3*/dist-packages"}
	if runtime.GOOS == "windows" {
		patterns = []string{"Lib/site-packages"}
	}
	for _, prefix := range h.environments() {
		for _, p := range patterns {
			dirs, _ := filepath.Glob(filepath.Join(prefix, filepath.FromSlash(p), nativeDir)) // fails only for a malformed pattern
			if len(dirs) > 0 {
				return dirs[len(dirs)-1], true
			}
		}
	}
	return "", false
}
