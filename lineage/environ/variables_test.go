package environ

import (
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// told returns the variables of an environment, with their values.
func told(e Environment) map[string]string {
	list := map[string]string{}
	for _, f := range e {
		if name, ok := strings.CutPrefix(f.Name, "env."); ok {
			list[name] = f.Value
		}
	}
	return list
}

// TestOnlyAllowedVariables: of variables with random names, some of them close to allowed ones, no other is ever told,
// nor is its value anywhere in the document.
func TestOnlyAllowedVariables(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 2))
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ_abc0123456789*?[]\\ .-\n"
	random := func() string {
		var b strings.Builder
		for range 1 + r.IntN(12) {
			b.WriteByte(letters[r.IntN(len(letters))])
		}
		return b.String()
	}
	allows := func(name string) bool {
		return slices.ContainsFunc(allowed, func(a string) bool {
			prefix, wild := strings.CutSuffix(a, "*")
			return name == a || wild && strings.HasPrefix(name, prefix)
		})
	}
	var env []string
	secret := map[string]string{} // value to name
	for i := range 5000 {
		name := random()
		if near := allowed[r.IntN(len(allowed))]; i%2 == 0 {
			name = []string{near + name, name + near, strings.ToLower(near), strings.Replace(near, "_", "", 1)}[r.IntN(4)]
		}
		value := "value-" + random() + "-" + strings.Repeat(string(rune('a'+i%26)), 8) + "-" + path.Base(random())
		env = append(env, name+"="+value)
		if !allows(name) {
			secret[value] = name
		}
	}
	e := see(t, Options{Env: env, Go: "none"})
	for name := range told(e) {
		if !allows(name) {
			t.Errorf("the variable %q is told", name)
		}
	}
	document := string(e.Document())
	if len(secret) < 4000 {
		t.Fatalf("%d variables may not be told, want most", len(secret))
	}
	for value, name := range secret {
		if strings.Contains(document, value) || strings.Contains(document, `"env.`+name+`"`) {
			t.Errorf("the variable %q is told", name)
		}
	}
}

func TestVariables(t *testing.T) {
	env := []string{
		"LANG=C.UTF-8", "GOMLX_BACKEND=xla:cpu", "XLA_FLAGS=", "HOME=/home/ada", "PASSWORD=no", "GOMLX_API_KEY=s3cret", "XLA_AUTH_TOKEN=s3cret",
		"OMP_NUM_THREADS=1", "OMP_NUM_THREADS=4", "MY_MODEL=big", "MY_TOKEN=t0ken", "LAB_ONE=1", "LAB_SECRET=2", "=C:=x", "", "TZ",
		"LC_ALL=sha256:" + strings.Repeat("ab", 32), "LD_PRELOAD=a\xffb\nc",
	}
	got := told(see(t, Options{Env: env, Go: "none", Variables: []string{"MY_MODEL", "MY_TOKEN", "LAB_*", "[", ""}}))
	want := map[string]string{"LANG": "C.UTF-8", "GOMLX_BACKEND": "xla:cpu", "OMP_NUM_THREADS": "4", "MY_MODEL": "big", "MY_TOKEN": "t0ken",
		"LAB_ONE": "1", "LC_ALL": "sha256:" + strings.Repeat("ab", 32) + "…", "LD_PRELOAD": "a\ufffdb\nc"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestScreen: each value that is told, and each setting of the go command, has been looked through for secrets.
func TestScreen(t *testing.T) {
	e := see(t, Options{Env: []string{"XLA_FLAGS=a=hunter2 b", "GOFLAGS=-ldflags=-X=main.key=hunter2", "MINE=hunter2"}, Variables: []string{"MINE"},
		Screen: func(name, value string) string { return strings.ReplaceAll(value, "hunter2", "<"+name+">") }})
	if text := string(e.Document()); strings.Contains(text, "hunter2") || e.Value("env.MINE") != "<MINE>" || e.Value("env.XLA_FLAGS") != "a=<XLA_FLAGS> b" {
		t.Error(text)
	}
}
