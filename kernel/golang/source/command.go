package source

import "strings"

// Prefix makes a command line a Go comment, so that other tools may read the cell as Go.
const Prefix = "//gonb:"

// Command is a line of a cell that is not Go: "%name args" or "!shell command".
type Command struct {
	Kind  byte     // '%' or '!'
	Line  int      // of the cell, from 1
	Lines int      // how many lines it takes, more than 1 when lines end in "\"
	Text  string   // all after the sign, lines joined by a blank, "!*" without the star
	Work  bool     // "!*": to be run in the folder where cells are built
	Words []string // of a '%' command: its name and its arguments; never empty
}

// Name is the first word of a '%' command, without the sign, and "" for a shell command.
func (c Command) Name() string {
	if len(c.Words) == 0 {
		return ""
	}
	return c.Words[0]
}

// Args are the words of a '%' command behind its name.
func (c Command) Args() []string {
	if len(c.Words) == 0 {
		return nil
	}
	return c.Words[1:]
}

// Magic is a cell whose first line says that the rest is not Go.
type Magic struct {
	Name string   // without its signs: "bash" for "%%bash"
	Args []string // words behind the name
	Body string   // all lines but the first, as they are
}

// Magics lists the names of the cell magics.
func Magics() []string { return []string{"bash", "gx", "script", "sh", "writefile"} }

func isMagic(name string) bool {
	for _, m := range Magics() {
		if m == name {
			return true
		}
	}
	return false
}

// parseMagic reads a cell magic off the first line, nil when there is none.
func parseMagic(text string) *Magic {
	first, body, _ := strings.Cut(text, "\n")
	first = strings.TrimPrefix(first, Prefix)
	words := Words(first)
	if !strings.HasPrefix(first, "%%") || len(words) == 0 {
		return nil
	}
	if name := strings.TrimPrefix(words[0], "%%"); isMagic(name) {
		return &Magic{Name: name, Args: words[1:], Body: body}
	}
	return nil
}

// A line is a line of a cell and where it begins.
type line struct {
	text   string
	offset int
}

// splitLines cuts text behind each line end.
func splitLines(text string) []line {
	var lines []line
	offset := 0
	for _, s := range strings.SplitAfter(text, "\n") {
		lines = append(lines, line{strings.TrimRight(s, "\r\n"), offset})
		offset += len(s)
	}
	return lines
}

// splitCommands takes the commands out of a cell's text. In the Go text that is left each of their bytes is a blank, so
// offsets, lines and columns stay what they are in the cell.
func splitCommands(text string) (commands []Command, goText string) {
	lines := splitLines(text)
	blank := []byte(text)
	var lex lexer
	for i := 0; i < len(lines); {
		if !isCommand(lines[i].text) || lex.inside != 0 {
			lex.line(lines[i].text)
			i++
			continue
		}
		c := readCommand(lines, i)
		commands = append(commands, c)
		for end := i + c.Lines; i < end; i++ {
			erase(blank[lines[i].offset : lines[i].offset+len(lines[i].text)])
		}
	}
	return commands, string(blank)
}

// Commands lists the commands of a cell; one that begins with a cell magic has none.
func Commands(text string) []Command {
	if parseMagic(text) != nil {
		return nil
	}
	commands, _ := splitCommands(text)
	return commands
}

func isCommand(s string) bool {
	s = strings.TrimPrefix(s, Prefix)
	return s != "" && (s[0] == '%' || s[0] == '!')
}

// readCommand reads the command that begins at line i.
func readCommand(lines []line, i int) Command {
	c := Command{Line: i + 1}
	for ; i < len(lines); i++ {
		s := strings.TrimPrefix(lines[i].text, Prefix)
		c.Lines++
		more := strings.HasSuffix(s, `\`)
		c.Text += strings.TrimSuffix(s, `\`)
		if !more {
			break
		}
		c.Text += " "
	}
	c.Kind, c.Text = c.Text[0], strings.TrimLeft(c.Text[1:], " \t")
	if c.Kind == '%' {
		c.Words = Words(c.Text)
	} else if rest, ok := strings.CutPrefix(c.Text, "*"); ok {
		c.Work, c.Text = true, strings.TrimLeft(rest, " \t")
	}
	return c
}

// erase makes every byte a blank.
func erase(b []byte) {
	for i := range b {
		if b[i] != '\n' && b[i] != '\r' {
			b[i] = ' '
		}
	}
}
