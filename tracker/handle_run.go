package tracker

import "slices"

// handleRun turns the events of runs into entries.
func (s *scribe) handleRun(e Event) {
	switch e := e.(type) {
	case ExperimentChanged:
		h := header(e.Time, ID{}, ID{})
		s.append(&ExperimentEntry{Header: h, Experiment: e.Experiment, Name: s.clip(e.Name), Stage: e.Stage, Logged: s.logged(Logged{Tags: e.Tags}, h)})
	case RunChanged:
		s.append(&RunEntry{Header: header(e.Time, e.Session, e.Execution), Run: e.Run, Experiment: e.Experiment, Parent: e.Parent, Name: s.clip(e.Name),
			Status: e.Status, Stage: e.Stage, User: s.clip(e.User), Source: s.clip(e.Source), Started: encodable(e.Started), Ended: encodable(e.Ended)})
	case RunLogged:
		s.runLogged(e)
	case ArtifactLogged:
		s.append(&ArtifactEntry{Header: header(e.Time, e.Session, e.Execution), Run: e.Run, Path: s.clip(e.Path), Type: s.clip(e.Kind), Media: s.clip(e.Media),
			Artifact: e.Artifact, Tree: e.Tree, Files: e.Files, Bytes: e.Bytes, Removed: e.Removed})
	case ModelChanged:
		h := header(e.Time, ID{}, ID{})
		s.append(&ModelEntry{Header: h, Model: s.clip(e.Model), Version: e.Version, Stage: e.Stage, Renamed: s.clip(e.Renamed), Run: e.Run, Source: s.clip(e.Source),
			Status: s.clip(e.Status), Deployment: s.clip(e.Deployment), Logged: s.logged(Logged{Tags: e.Tags, Aliases: e.Aliases, Description: e.Description}, h)})
	case ViewSaved:
		h := header(e.Time, ID{}, ID{})
		s.append(&ViewEntry{Header: h, Name: s.clip(e.Name), Query: s.put(s.text(string(e.Query)), h)})
	case Reviewed:
		h := header(e.Time, e.Session, e.Execution)
		s.append(&ReviewEntry{Header: h, Subject: e.Subject, Verdict: e.Verdict, By: s.clip(e.By), Comment: s.put(s.text(e.Comment), h)})
	}
}

func (s *scribe) runLogged(e RunLogged) {
	h := header(e.Time, e.Session, e.Execution)
	points := s.put(EncodePoints(s.named(e.Metrics)), h)
	s.append(&LoggedEntry{Header: h, Run: e.Run, Logged: s.logged(Logged{Params: e.Params, Tags: e.Tags, Inputs: e.Inputs}, h),
		Params: len(e.Params), Tags: len(e.Tags), Inputs: len(e.Inputs), Points: points, Metrics: len(e.Metrics), Log: e.Log, End: e.End})
}

// logged stores what was logged without its secrets.
func (s *scribe) logged(l Logged, of Header) Digest {
	return s.put(s.document(s.unpaired(l).Encode()), of)
}

// unpaired returns params and tags without values that their names say are secrets: in the blob a name and its value are
// two members, which no rule sees together.
func (s *scribe) unpaired(l Logged) Logged {
	if s.options.Screen == nil {
		return l
	}
	l.Params, l.Tags = slices.Clone(l.Params), slices.Clone(l.Tags)
	for i := range l.Params {
		s.unpair(l.Params[i].Key, &l.Params[i].Value)
	}
	for i := range l.Tags {
		s.unpair(l.Tags[i].Key, &l.Tags[i].Value)
	}
	return l
}

func (s *scribe) unpair(key string, value *string) {
	text, found := screenMember(s.options.Screen.JSON, key, *value)
	if len(found) == 0 {
		return
	}
	s.tally.add(found)
	if text == found[0].Mark {
		s.options.Screen.Remember(found[0].Rule, *value) // it is one wherever it stands
	}
	*value = text
}

// named returns metrics whose keys hold no secrets, for the rare key that does.
func (s *scribe) named(metrics []Metric) []Metric {
	if s.options.Screen == nil {
		return metrics
	}
	clean := map[string]string{}
	for _, series := range Series(metrics) {
		if key := string(s.text(series[0].Key)); key != series[0].Key {
			clean[series[0].Key] = key
		}
	}
	if len(clean) == 0 {
		return metrics
	}
	metrics = slices.Clone(metrics)
	for i := range metrics {
		if key, found := clean[metrics[i].Key]; found {
			metrics[i].Key = key
		}
	}
	return metrics
}
