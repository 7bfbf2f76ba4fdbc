package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/gemba-ml/gemba/lineage/profile"
	tables "github.com/gemba-ml/gemba/lineage/profile/table"
	"github.com/gemba-ml/gemba/lineage/settings"
)

func profileCommand(a *app) *cobra.Command {
	var asJSON bool
	var rules string
	c := &cobra.Command{
		Use:   "profile PATH...|-",
		Short: "Tell what is in a table: types, nulls, ranges, distinct and frequent values",
		Long: `profile reads tables (CSV and its kin, JSON lines, Parquet; in gzip, zstd or bzip2 too) once and tells of each column the
type, nulls, smallest and largest value, mean, quantiles, distinct and most frequent values. In folders it finds
tables by their extensions; - is the standard input.

With --rules it checks the data-quality rules that gemba.json has for a dataset, and exits with 1 when one fails.`,
		Example: `  gemba profile data/train.csv
  gemba profile data/ --rules train
  gemba profile diff old.csv new.csv --key id`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			ctx, done := untilSignal(c.Context())
			defer done()
			err := a.profile(ctx, args, rules, asJSON)
			if s := (stopped{}); errors.As(context.Cause(ctx), &s) {
				return s
			}
			return err
		},
	}
	c.Flags().StringVar(&rules, "rules", "", "check the rules of the dataset with this `name`")
	jsonFlag(c, &asJSON)
	c.AddCommand(a.profileDiffCommand())
	return c
}

// shownProfile is what `profile --json` tells of a table.
type shownProfile struct {
	*profile.Profile
	Columns []profile.Column `json:"columns"`
}

// shownProfiles is what `profile --json` tells.
type shownProfiles struct {
	Tables []shownProfile    `json:"tables"`
	Checks []profile.Verdict `json:"checks,omitempty"`
	Failed int               `json:"failed"`
}

func (a *app) profile(ctx context.Context, paths []string, dataset string, asJSON bool) error {
	rules, err := a.rulesOf(dataset)
	if err != nil {
		return err
	}
	files := &openFiles{stdin: a.stdin}
	defer files.close()
	found, err := tablesIn(paths)
	if err != nil {
		return err
	}
	var all []*profile.Profile
	for _, path := range found {
		p, err := files.profile(ctx, path)
		if err != nil {
			return err
		}
		all = append(all, p)
	}
	verdicts, err := profile.Check(ctx, rules, profile.Input{Profiles: all, Open: files.open, Other: files.dataset, Now: a.now()})
	if err != nil {
		return err
	}
	if err := a.printProfiles(all, verdicts, asJSON); err != nil {
		return err
	}
	if profile.Failed(verdicts) > 0 {
		return errFailed
	}
	return nil
}

// rulesOf reads the rules that gemba.json has for a dataset.
func (a *app) rulesOf(dataset string) ([]profile.Rule, error) {
	if dataset == "" {
		return nil, nil
	}
	project, err := settings.Load(projectDir("."))
	if err != nil {
		return nil, err
	}
	line, ok := project.Datasets[dataset]
	if !ok {
		return nil, withHint(wrongUse("%s has no dataset %q", settings.Name, dataset), `add it: {"datasets": {%q: {"rules": [{"rule": "volume", "min": 1}]}}}`, dataset)
	}
	rules, err := profile.ParseRules(line.Rules)
	if err != nil {
		return nil, fmt.Errorf("%s: dataset %s: %w", settings.Name, dataset, err)
	}
	return rules, nil
}

// tablesIn replaces folders by the tables in them.
func tablesIn(paths []string) (found []string, err error) {
	for _, path := range paths {
		info, err := os.Stat(path)
		if path == "-" || err == nil && !info.IsDir() {
			found = append(found, path)
			continue
		}
		if err != nil {
			return nil, err
		}
		before := len(found)
		err = filepath.WalkDir(path, func(at string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() && tables.Named(at) {
				found = append(found, at)
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("look for tables: %w", err)
		}
		if len(found) == before {
			return nil, fmt.Errorf("look for tables in %s: %w: no file's name ends in .csv, .tsv, .jsonl, .ndjson or .parquet", path, tables.ErrNotTable)
		}
	}
	return found, nil
}

// openFiles opens tables, and closes all at the end.
type openFiles struct {
	stdin io.Reader
	files []*os.File
}

func (o *openFiles) close() { o.closeFrom(0) }

// closeFrom closes the files behind the first so many.
func (o *openFiles) closeFrom(first int) {
	for _, f := range o.files[first:] {
		_ = f.Close() // it was only read
	}
	o.files = o.files[:first]
}

func (o *openFiles) open(path string) (tables.Source, error) {
	if path == "-" {
		return tables.Source{Stream: o.stdin}, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return tables.Source{}, err
	}
	o.files = append(o.files, f)
	info, err := f.Stat()
	if err != nil {
		return tables.Source{}, err
	}
	source := tables.Source{Name: path, At: f, Size: info.Size()}
	if !info.Mode().IsRegular() {
		source = tables.Source{Name: path, Stream: f}
	}
	if !tables.Named(path) {
		source.Name = "" // who names a file wants it read, whatever its extension
	}
	return source, nil
}

func (o *openFiles) profile(ctx context.Context, path string) (*profile.Profile, error) {
	defer o.closeFrom(len(o.files)) // a folder may have more tables than a process may have files
	source, err := o.open(path)
	if err != nil {
		return nil, err
	}
	t, err := tables.Open(source)
	if errors.Is(err, tables.ErrNotTable) && source.Name == "" {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if err != nil {
		return nil, err
	}
	return profile.OfTable(ctx, filepath.ToSlash(path), t)
}

// dataset opens the tables of another dataset, which is named by its path.
func (o *openFiles) dataset(path string) ([]tables.Source, error) {
	found, err := tablesIn([]string{path})
	if errors.Is(err, fs.ErrNotExist) {
		found, err = tablesIn([]string{filepath.Join(projectDir("."), path)})
	}
	var list []tables.Source
	for _, path := range found {
		source, err := o.open(path)
		if err != nil {
			return nil, err
		}
		list = append(list, source)
	}
	return list, err
}

func (a *app) printProfiles(all []*profile.Profile, verdicts []profile.Verdict, asJSON bool) error {
	if asJSON {
		shown := shownProfiles{Tables: []shownProfile{}, Checks: verdicts, Failed: profile.Failed(verdicts)}
		for _, p := range all {
			shown.Tables = append(shown.Tables, shownProfile{p, append([]profile.Column{}, p.Columns...)})
		}
		return printJSON(a.stdout, shown)
	}
	for i, p := range all {
		if i > 0 {
			fmt.Fprintln(a.stdout)
		}
		if err := a.printProfile(p); err != nil {
			return err
		}
	}
	return a.printVerdicts(verdicts)
}

// numberTitles are the columns of a profile's overview that are set to the right.
var numberTitles = []string{"nulls", "distinct", "min", "median", "mean", "max"}

func (a *app) printProfile(p *profile.Profile) error {
	look := painterFor(a.stdout)
	fmt.Fprintln(a.stdout, look.paint(bold, oneLine(p.Headline())))
	for _, line := range p.Remarks() {
		fmt.Fprintln(a.stdout, look.paint(yellow, "  "+oneLine(line)))
	}
	titles, rows := p.Overview()
	t := &table{}
	for _, title := range titles {
		t.columns = append(t.columns, column{strings.ToUpper(title), slices.Contains(numberTitles, title)})
	}
	for _, row := range rows {
		cells := make([]cell, len(row))
		for i, text := range row {
			cells[i] = cell{text: text}
		}
		t.add(cells...)
	}
	return t.print(a.stdout)
}

// printVerdicts lists how rules came out.
func (a *app) printVerdicts(verdicts []profile.Verdict) error {
	if len(verdicts) == 0 {
		return nil
	}
	t := &table{columns: []column{{title: "CHECK"}, {title: "RULE"}, {title: "TABLE"}, {title: "WHY"}}}
	for _, v := range verdicts {
		result := cell{"passed", green}
		if !v.Passed {
			result = cell{"failed", red}
		}
		t.add(result, cell{text: v.Rule}, cell{text: v.Table}, cell{text: v.Sentence})
	}
	fmt.Fprintln(a.stdout)
	return t.print(a.stdout)
}
