package magics

import "strconv"

func metric() Magic {
	m := Magic{Name: "metric", Args: "NAME=NUMBER… [--step N]", Help: "add figures to the run", Below: "more of NAME=NUMBER", Takes: MetricKey,
		Options: []Option{{Name: "step", Value: "N", Help: "the step they belong to, 0 when nothing is said"}}}
	m.Parse = func(args []string) (Action, error) {
		args, values, err := m.options(args)
		if err != nil {
			return nil, err
		}
		list, err := m.pairs(args)
		if err != nil {
			return nil, err
		}
		metrics, err := m.metrics(list, values)
		return logged(Logged{Metrics: metrics}), err
	}
	m.ParseCell = m.linesBelow()
	return m
}

func (m Magic) metrics(list []pair, values given) (metrics []Metric, err error) {
	var step int64
	if values.has("step") {
		if step, err = strconv.ParseInt(values["step"], 10, 64); err != nil {
			return nil, m.wrong("the step %q is no whole number", values["step"])
		}
	}
	for _, p := range list {
		value, err := strconv.ParseFloat(p.Value, 64)
		if err != nil {
			return nil, m.wrong("%s: %q is no number that can be kept", p.Key, p.Value)
		}
		metrics = append(metrics, Metric{p.Key, value, step})
	}
	return metrics, nil
}
