package filter

import (
	"fmt"
	"slices"
	"strings"
)

// spaces are the words for each space; those of MLflow, and "env".
var spaces = map[string]Space{
	"metric": Metrics, "metrics": Metrics,
	"param": Params, "params": Params, "parameter": Params, "parameters": Params,
	"tag": Tags, "tags": Tags,
	"attribute": Attributes, "attributes": Attributes, "attr": Attributes, "run": Attributes,
	"dataset": Datasets, "datasets": Datasets,
	"git": Git, "data": Data, "cell": Cell, "env": Env,
}

// names are what the spaces hold; a space that is missing here holds any name. An attribute's name may be written in
// several ways, the first of which is MLflow's and the one that Field has.
var names = map[Space][][]string{
	Attributes: {{"run_id", "id"}, {"run_name", "name", "Run name", "run name"}, {"experiment_id"}, {"experiment", "experiment_name"}, {"status"}, {"start_time", "created", "Created", "started"},
		{"end_time", "ended"}, {"duration"}, {"user_id", "user"}, {"artifact_uri"}, {"lifecycle_stage", "stage"}, {"parent", "parent_id"}, {"session"}, {"notebook"}, {"source"}},
	Datasets: {{"name"}, {"digest"}, {"context"}},
	Git:      {{"commit"}, {"branch"}, {"dirty"}, {"remote"}},
	Data:     {{"digest"}, {"path"}},
	Cell:     {{"source"}, {"id"}, {"notebook"}},
}

// field reads a space and a name, or an attribute's name alone. A name that is not a plain word is in quotes.
func (p *parser) field() (Field, error) {
	begin := p.token
	if begin.kind == end || begin.kind == sign {
		return Field{}, p.unexpected("a field, such as metrics.loss,")
	}
	if err := p.advance(); err != nil {
		return Field{}, err
	}
	space, name := Attributes, begin.text
	if begin.kind == word {
		before, after, dotted := strings.Cut(begin.text, ".")
		named, known := spaces[strings.ToLower(before)]
		if dotted && !known {
			return Field{}, p.fail(begin.at, fmt.Sprintf("there are no fields %q; there are metrics, params, tags, attributes, datasets, git, data, cell and env", before))
		}
		if dotted {
			space, name = named, after
		}
		if dotted && after == "" {
			var err error
			if name, err = p.quotedName(begin); err != nil {
				return Field{}, err
			}
		}
	}
	return p.known(Field{space, name}, begin.at)
}

// quotedName reads the name behind a space and its dot.
func (p *parser) quotedName(space token) (string, error) {
	if p.token.at != space.end || p.token.kind != quoted && p.token.kind != named {
		return "", p.unexpected("a name")
	}
	name := p.token.text
	return name, p.advance()
}

// known gives a field its first name, and refuses one that its space has not.
func (p *parser) known(f Field, at int) (Field, error) {
	list, closed := names[f.Space]
	if f.Space == Attributes && p.attributes != nil {
		list = p.attributes
	}
	if !closed {
		return f, nil
	}
	for _, same := range list {
		if slices.ContainsFunc(same, func(name string) bool { return strings.EqualFold(name, f.Name) }) {
			f.Name = same[0]
			return f, nil
		}
	}
	var firsts []string
	for _, same := range list {
		firsts = append(firsts, same[0])
	}
	return f, p.fail(at, fmt.Sprintf("%s has no %q; it has %s", f.Space, f.Name, strings.Join(firsts, ", ")))
}
