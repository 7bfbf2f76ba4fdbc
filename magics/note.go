package magics

import "strings"

func note() Magic {
	m := Magic{Name: "note", Args: "[--hypothesis|--conclusion] TEXT", Help: "write a remark about the run, its hypothesis or its conclusion",
		Below: "the text, in Markdown", Options: []Option{{Name: "hypothesis", Help: "it tells what the run is to show"}, {Name: "conclusion", Help: "it tells what the run has shown"}}}
	m.ParseText = func(text string) (Action, error) {
		text, values, err := m.textOptions(text)
		if err != nil {
			return nil, err
		}
		n, err := m.note(text, values)
		return logged(Logged{Notes: []Note{n}}), err
	}
	m.ParseCell = func(args []string, below string) (Action, error) {
		args, values, err := m.options(args)
		if err != nil {
			return nil, err
		}
		n, err := m.note(strings.TrimSpace(strings.Join(args, " ")+"\n"+strings.ReplaceAll(below, "\r\n", "\n")), values)
		return logged(Logged{Notes: []Note{n}}), err
	}
	return m
}

func (m Magic) note(text string, values given) (n Note, err error) {
	switch n.Text = text; {
	case text == "":
		return n, m.wrong("it needs a text")
	case values.has("hypothesis") && values.has("conclusion"):
		return n, m.wrong("a text is either a hypothesis or a conclusion")
	case values.has("hypothesis"):
		n.About = "hypothesis"
	case values.has("conclusion"):
		n.About = "conclusion"
	}
	return n, nil
}
