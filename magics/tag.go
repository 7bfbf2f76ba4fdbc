package magics

func tag() Magic {
	m := Magic{Name: "tag", Args: "NAME=VALUE…", Help: "note something about the run; the last value of a name counts", Below: "more of NAME=VALUE", Takes: TagKey}
	m.Parse = func(args []string) (Action, error) {
		args, _, err := m.options(args)
		if err != nil {
			return nil, err
		}
		list, err := m.pairs(args)
		var l Logged
		for _, p := range list {
			l.Tags = append(l.Tags, Tag(p))
		}
		return logged(l), err
	}
	m.ParseCell = m.linesBelow()
	return m
}
