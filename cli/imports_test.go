package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const module = "github.com/gemba-ml/gemba"

// rule says which of our packages a package may import. A pattern that ends in "/..." stands for
// the package and everything below it. The first rule whose pattern fits a package decides.
type rule struct {
	pattern string
	may     []string
}

// importTable is the house's law (the design's section 8): knowledge flows one way.
var importTable = []rule{
	// Pure vocabulary, and what is linked into other people's programs: nothing of ours.
	{"kernel/wire", nil},
	{"kernel/cell/...", nil},
	{"tracker", nil},
	{"tracker/track", nil},
	{"tracker/plot", nil},
	{"tracker/imports", []string{"tracker"}},           // sources know no ledger
	{"tracker/track/gomlx", []string{"tracker/track"}}, // and GoMLX: gemba itself must not import it
	{"kernel/zmtp", nil},
	{"kernel/watch", nil},
	{"kernel/bridge", []string{"kernel/wire"}},
	{"magics/...", []string{"magics/..."}},

	// The ledger knows no kernel.
	{"tracker/...", []string{"tracker/..."}},
	{"lineage/bench", []string{"kernel/kerneltest", "kernel/wire", "lineage/..."}}, // it drives what it measures
	{"lineage/...", []string{"tracker/...", "lineage/..."}},

	// Engines do not know each other, and the server knows none of them.
	{"kernel", []string{"kernel/bridge", "kernel/wire", "kernel/zmtp", "magics", "tracker"}},
	{"kernel/golang/...", []string{"kernel/golang/...", "kernel/cell", "kernel/watch", "kernel/wire", "magics", "tracker"}},
	{"kernel/proxy/...", []string{"kernel/proxy/...", "kernel", "kernel/bridge", "kernel/watch", "kernel/wire", "kernel/zmtp", "magics", "tracker"}},
	{"kernel/compute/...", []string{"kernel/compute/...", "kernel/wire", "magics", "tracker"}},
	{"kernel/kerneltest/...", []string{"kernel/kerneltest/...", "kernel/wire", "kernel/zmtp", "magics", "tracker"}},

	// What is made from a ledger reads it; a headless run speaks to an engine in wire's words.
	{"notebooks/...", []string{"notebooks/...", "tracker/...", "lineage/...", "kernel/wire"}},
	{"docker/...", []string{"docker/...", "tracker/...", "lineage/..."}},

	// Only the command line knows everything.
	{"cli", []string{"..."}},
	{"", []string{"cli"}},
}

func TestImportsFollowTheTable(t *testing.T) {
	packages := listPackages(t)
	if len(packages) < 3 {
		t.Fatalf("go list found %d packages of %s, want all of them", len(packages), module)
	}
	for _, problem := range breaches(packages) {
		t.Error(problem)
	}
}

func TestBreachesAreFound(t *testing.T) {
	for _, test := range []struct {
		from, to string
		want     []string
	}{
		{"kernel/golang", "kernel/golang/gopls", nil},
		{"tracker/index", "tracker", nil},
		{"cli", "kernel/proxy", nil},
		{"kernel/golang", "kernel/proxy", []string{"kernel/golang must not import kernel/proxy"}},
		{"kernel/wire", "tracker", []string{"kernel/wire must not import tracker"}},
		{"tracker/track", "tracker", []string{"tracker/track must not import tracker"}},
		{"tracker/track/gomlx", "tracker", []string{"tracker/track/gomlx must not import tracker"}},
		{"tracker/journal", "kernel", []string{"tracker/journal must not import kernel"}},
		{"kernel", "tracker/journal", []string{"kernel must not import tracker/journal"}},
		{"attic", "tracker", []string{"attic has no rule in the import table"}},
	} {
		t.Run(test.from+" to "+test.to, func(t *testing.T) {
			got := breaches(map[string][]string{test.from: {test.to}})
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("breaches (-want +got):\n%s", diff)
			}
		})
	}
}

// breaches returns what importTable does not allow, given each package's imports, all of them ours
// and without the module's name.
func breaches(packages map[string][]string) []string {
	var problems []string
	for from, imports := range packages {
		i := slices.IndexFunc(importTable, func(r rule) bool { return fits(r.pattern, from) })
		if i < 0 {
			problems = append(problems, fmt.Sprintf("%s has no rule in the import table", from))
			continue
		}
		for _, to := range imports {
			if !slices.ContainsFunc(importTable[i].may, func(p string) bool { return fits(p, to) }) {
				problems = append(problems, fmt.Sprintf("%s must not import %s", from, to))
			}
		}
	}
	slices.Sort(problems)
	return problems
}

func fits(pattern, path string) bool {
	if pattern == "..." {
		return true
	}
	parent, below := strings.CutSuffix(pattern, "/...")
	return path == parent || below && strings.HasPrefix(path, parent+"/")
}

// listPackages asks go list for every package of the module and its imports, tests left out.
func listPackages(t *testing.T) map[string][]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-e", "-json=ImportPath,Imports", module+"/...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	packages := map[string][]string{}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p struct {
			ImportPath string
			Imports    []string
		}
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatalf("read go list: %v", err)
		}
		packages[ours(p.ImportPath)] = nil
		for _, path := range p.Imports {
			if path == module || strings.HasPrefix(path, module+"/") {
				packages[ours(p.ImportPath)] = append(packages[ours(p.ImportPath)], ours(path))
			}
		}
	}
}

func ours(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
}
