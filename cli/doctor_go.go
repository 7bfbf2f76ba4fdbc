package cli

import (
	"context"
	"debug/buildinfo"
	"encoding/json"
	"errors"
	"fmt"
	"go/version"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/gemba-ml/gemba/kernel/golang/gopls"
)

// oldestGo is the oldest toolchain that builds every cell: GoMLX v0.28 asks for it.
const oldestGo = "go1.26.5"

// goEnv is what `go env` tells that matters here.
type goEnv struct {
	GOVERSION, GOCACHE, CC, CGO_ENABLED string
}

func readGoEnv(ctx context.Context) (goEnv, error) {
	var env goEnv
	out, err := exec.CommandContext(ctx, "go", "env", "-json").Output()
	if exit := new(exec.ExitError); errors.As(err, &exit) && len(exit.Stderr) > 0 {
		return env, fmt.Errorf("run go env: %s", oneLine(string(exit.Stderr)))
	}
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
		f.Detail, f.Fix = fmt.Sprintf("%s does not work: %v", path, err), "go env   (says what it lacks)"
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
		return finding{Name: "build cache", Health: missing, Detail: fmt.Sprintf("%s: %v", env.GOCACHE, err),
			Fix: "export GOCACHE=" + filepath.Join(os.TempDir(), "go-build")}
	}
	return finding{Name: "build cache", Health: fine, Detail: env.GOCACHE}
}

func examineGopls(ctx context.Context, a *app) finding {
	if _, err := readGoEnv(ctx); err != nil {
		return finding{}
	}
	f := finding{Name: "gopls", Health: lacking, Fix: "gemba doctor --fix   (or " + gopls.Command + ")"}
	path, err := gopls.Find()
	if err != nil {
		f.Detail = "cells run, without completion and inspection: " + goplsFault(err)
		f.mend = func(ctx context.Context) error {
			_, err := gopls.Install(ctx, a.stderr)
			return err
		}
		return f
	}
	detail := path
	if info, err := buildinfo.ReadFile(path); err == nil {
		detail = fmt.Sprintf("%s, built by %s, %s", info.Main.Version, info.GoVersion, path)
	}
	return finding{Name: f.Name, Health: fine, Detail: detail}
}

// goplsFault says why there is none, without what would mend it: that stands below.
func goplsFault(err error) string {
	text, _, _ := strings.Cut(err.Error(), ";")
	return text
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
		return finding{Name: "C compiler", Health: lacking, Detail: words[0] + " not found; cgo cells and the XLA backend cannot be built",
			Fix: compilerFix[runtime.GOOS]}
	}
	if env.CGO_ENABLED == "0" {
		return finding{Name: "C compiler", Health: lacking, Detail: path + ", but CGO_ENABLED=0; cgo cells and the XLA backend cannot be built",
			Fix: "unset CGO_ENABLED"}
	}
	return finding{Name: "C compiler", Health: fine, Detail: path}
}
