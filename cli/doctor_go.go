package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"go/version"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// oldestGo is the oldest toolchain that builds every cell: GoMLX v0.28 asks for it.
const oldestGo = "go1.26.5"

// goplsFor names the gopls to install for each Go: gopls reads the standard library of the Go it
// was built for, and its newest release asks for a newer Go than cells may have.
var goplsFor = map[string]string{"go1.25": "v0.20.0", "go1.26": "v0.21.0"}

// goEnv is what `go env` tells that matters here.
type goEnv struct {
	GOVERSION, GOROOT, GOPATH, GOBIN, GOCACHE, CC, CGO_ENABLED string
}

func readGoEnv(ctx context.Context) (goEnv, error) {
	var env goEnv
	out, err := exec.CommandContext(ctx, "go", "env", "-json").Output()
	if err != nil {
		return env, fmt.Errorf("run go env: %w", err)
	}
	if err := json.Unmarshal(out, &env); err != nil {
		return env, fmt.Errorf("read go env: %w", err)
	}
	return env, nil
}

func examineGo(ctx context.Context, _ *app) finding {
	const install = "install Go 1.26 or newer: https://go.dev/doc/install"
	f := finding{Name: "go", Health: missing, Fix: install}
	path, err := exec.LookPath("go")
	if err != nil {
		f.Detail = "no go command on PATH; Go cells cannot be built"
		return f
	}
	env, err := readGoEnv(ctx)
	if err != nil {
		f.Detail = fmt.Sprintf("%s does not work: %v", path, err)
		return f
	}
	f.Detail = fmt.Sprintf("%s, %s", env.GOVERSION, path)
	if version.Compare(env.GOVERSION, oldestGo) < 0 {
		f.Health, f.Detail = lacking, f.Detail+"; GoMLX cells need "+oldestGo
		return f
	}
	return finding{Name: f.Name, Health: fine, Detail: f.Detail}
}

func examineBuildCache(ctx context.Context, _ *app) finding {
	env, err := readGoEnv(ctx)
	if err != nil {
		return finding{} // examineGo has said it
	}
	if err := canWrite(env.GOCACHE); err != nil {
		return finding{"build cache", missing, fmt.Sprintf("%s: %v", env.GOCACHE, err), "export GOCACHE=" + filepath.Join(os.TempDir(), "go-build")}
	}
	return finding{Name: "build cache", Health: fine, Detail: env.GOCACHE}
}

func examineGopls(ctx context.Context, _ *app) finding {
	env, err := readGoEnv(ctx)
	if err != nil {
		return finding{}
	}
	want, pinned := goplsFor[version.Lang(env.GOVERSION)]
	if !pinned {
		want = "latest"
	}
	f := finding{Name: "gopls", Health: lacking, Fix: "go install golang.org/x/tools/gopls@" + want}
	path := findGopls(env)
	if path == "" {
		f.Detail = "not found; cells run, without completion and inspection"
		return f
	}
	have, builtFor := goplsVersion(ctx, path)
	f.Detail = fmt.Sprintf("%s, built by %s, %s", have, builtFor, path)
	if version.Compare(version.Lang(builtFor), version.Lang(env.GOVERSION)) < 0 {
		f.Detail += "; it is older than the installed Go"
		return f
	}
	return finding{Name: f.Name, Health: fine, Detail: f.Detail}
}

// findGopls looks where `go install` puts programs too: that folder is often not on PATH.
func findGopls(env goEnv) string {
	if path, err := exec.LookPath("gopls"); err == nil {
		return path
	}
	folders := []string{env.GOBIN}
	for _, folder := range filepath.SplitList(env.GOPATH) {
		folders = append(folders, filepath.Join(folder, "bin"))
	}
	for _, folder := range folders {
		if path, err := exec.LookPath(filepath.Join(folder, "gopls")); folder != "" && err == nil {
			return path
		}
	}
	return ""
}

// goplsVersion reads version and toolchain from the program file, without starting it.
func goplsVersion(ctx context.Context, path string) (have, builtFor string) {
	out, _ := exec.CommandContext(ctx, "go", "version", "-m", path).Output()
	have, builtFor = "unknown version", "unknown"
	for line := range strings.Lines(string(out)) {
		switch f := strings.Fields(line); {
		case len(f) == 2 && strings.HasSuffix(f[0], ":"):
			builtFor = f[1]
		case len(f) >= 3 && f[0] == "mod":
			have = f[2]
		}
	}
	return have, builtFor
}

// compilerFix is how each system gets a C compiler.
var compilerFix = map[string]string{
	"linux":   "apt-get install gcc   (or your distribution's C compiler)",
	"darwin":  "xcode-select --install",
	"windows": "install MSYS2 and its mingw-w64 gcc: https://www.msys2.org",
}

func examineCompiler(ctx context.Context, _ *app) finding {
	env, err := readGoEnv(ctx)
	if err != nil {
		return finding{}
	}
	words := strings.Fields(env.CC)
	if len(words) == 0 {
		words = []string{"gcc"}
	}
	path, err := exec.LookPath(words[0])
	if err != nil {
		return finding{"C compiler", lacking, words[0] + " not found; cgo cells and the XLA backend cannot be built", compilerFix[runtime.GOOS]}
	}
	if env.CGO_ENABLED == "0" {
		return finding{"C compiler", lacking, path + ", but CGO_ENABLED=0; cgo cells and the XLA backend cannot be built", "unset CGO_ENABLED"}
	}
	return finding{Name: "C compiler", Health: fine, Detail: path}
}
