package environ

import (
	"cmp"
	"slices"
	"strings"
)

// Difference is a fact that two environments do not share. Was is empty when it was added, Is when it was removed.
type Difference struct {
	Name string `json:"name"`
	Was  string `json:"was,omitempty"`
	Is   string `json:"is,omitempty"`
}

// String says the difference in a few words.
func (d Difference) String() string {
	switch {
	case d.Was == "":
		return d.Name + " is " + d.Is + ", and was not there"
	case d.Is == "":
		return d.Name + " is not there, and was " + d.Was
	}
	return d.Name + " is " + d.Is + ", and was " + d.Was
}

// WithoutModules leaves out what differs in modules, where one side does not tell them.
func WithoutModules(list []Difference) []Difference {
	return slices.DeleteFunc(slices.Clone(list), func(d Difference) bool { return strings.HasPrefix(d.Name, "module.") })
}

// weights say which facts change results most: the first prefix that fits decides, and what has none comes last.
var weights = []string{
	"module.", "python.version", "python.package.", "python.", "go.version", "gemba.version", "engine.", "compute.", "gpu.driver", "gpu.", "go.", "env.", "cpu.features", "cpu.model",
	"os.image", "os.", "locale", "time.zone", "limit.", "cpu.", "memory.", "missing.",
}

// Diff returns what differs between two environments, the most important differences first.
func Diff(a, b Environment) []Difference {
	var list []Difference
	for _, was := range a {
		if is := b.Value(was.Name); is != was.Value {
			list = append(list, Difference{was.Name, was.Value, is})
		}
	}
	for _, is := range b {
		if a.Value(is.Name) == "" {
			list = append(list, Difference{Name: is.Name, Is: is.Value})
		}
	}
	sortByWeight(list)
	return list
}

func sortByWeight(list []Difference) {
	slices.SortFunc(list, func(a, b Difference) int {
		return cmp.Or(cmp.Compare(weight(a.Name), weight(b.Name)), strings.Compare(a.Name, b.Name))
	})
}

func weight(name string) int {
	i := slices.IndexFunc(weights, func(prefix string) bool { return strings.HasPrefix(name, prefix) })
	if i < 0 {
		return len(weights)
	}
	return i
}
