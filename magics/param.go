package magics

import "context"

func param() Magic {
	m := Magic{Name: "param", Args: "NAME=VALUE… [--type TYPE]", Help: "tell what the run is given; a param keeps its first value",
		Below: "more of NAME=VALUE", Takes: ParamKey,
		Options: []Option{{Name: "type", Value: "TYPE", Help: "text, int, float, bool or json, where the value does not tell", Takes: ValueType}}}
	m.Parse = func(args []string) (Action, error) {
		args, values, err := m.options(args)
		if err != nil {
			return nil, err
		}
		list, err := m.pairs(args)
		if err != nil {
			return nil, err
		}
		params, err := m.params(list, values)
		return logged(Logged{Params: params}), err
	}
	m.ParseCell = m.linesBelow()
	return m
}

func (m Magic) params(list []pair, values given) (params []Param, err error) {
	for _, p := range list {
		kind := TypeOf(p.Value)
		if values.has("type") {
			kind = values["type"]
			if err := m.oneOf("type", kind, ValueTypes()); err != nil {
				return nil, err
			}
			if !isType(p.Value, kind) {
				return nil, m.wrong("%q is no %s", p.Value, kind)
			}
		}
		params = append(params, Param{p.Key, p.Value, kind})
	}
	return params, nil
}

// logged is the action that logs something.
func logged(l Logged) Action {
	return func(ctx context.Context, at Place) error { return at.Host.Log(ctx, l) }
}
