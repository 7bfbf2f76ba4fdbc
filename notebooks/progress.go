package notebooks

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"
)

// Progress is a Watcher that writes a line for each cell: its number, its name, how it
// ended and how long it took. While a long cell runs it says so, with the last line that the cell
// showed: every second in place on a terminal, every Every elsewhere.
type Progress struct {
	W        io.Writer
	Terminal bool                       // W is a terminal: lines may be rewritten and coloured
	Every    time.Duration              // between two lines about a running cell when W is no terminal
	Width    int                        // columns of a line on a terminal, 0 when not known
	Name     func(source string) string // what a cell is called

	mu   sync.Mutex
	last string // what the running cell showed last
	stop chan struct{}
	done sync.WaitGroup
}

// Started begins the line of a cell.
func (p *Progress) Started(s Step) {
	p.last, p.stop = "", make(chan struct{})
	if p.Terminal {
		fmt.Fprint(p.W, p.head(s))
	}
	p.done.Add(1)
	go p.tick(s, p.stop)
}

// tick reports on a cell that goes on and on. It ends when stop is closed.
func (p *Progress) tick(s Step, stop <-chan struct{}) {
	defer p.done.Done()
	every := p.Every
	if p.Terminal {
		every = time.Second
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for ran := every; ; ran += every {
		select {
		case <-stop:
			return
		case <-ticker.C:
			p.running(s, ran)
		}
	}
}

// running writes how long a cell has been at it, and what it showed last.
func (p *Progress) running(s Step, ran time.Duration) {
	p.mu.Lock()
	line := fmt.Sprintf("%s  … %v  %s", p.head(s), ran, p.last)
	p.mu.Unlock()
	if p.Terminal {
		fmt.Fprint(p.W, "\r\x1b[K", clip(line, cmp.Or(p.Width, 80)-1))
		return
	}
	fmt.Fprintln(p.W, strings.TrimRight(line, " "))
}

// Shown keeps the last line of text that the cell shows.
func (p *Progress) Shown(_ Step, m Message) {
	var stream struct{ Text string }
	if m.Type != "stream" || json.Unmarshal(m.Content, &stream) != nil {
		return
	}
	if line := lastLine(plainText(stream.Text)); line != "" {
		p.mu.Lock()
		p.last = line
		p.mu.Unlock()
	}
}

// Finished ends the line of a cell, and shows the error of one that failed.
func (p *Progress) Finished(s Step) {
	close(p.stop)
	p.done.Wait()
	if p.Terminal {
		fmt.Fprint(p.W, "\r\x1b[K")
	}
	fmt.Fprintf(p.W, "%s  %s  %s\n", p.head(s), p.paint(s.Status), Duration(s.Took))
	if s.Error == nil || s.Status == OK {
		return
	}
	for _, line := range s.Error.Traceback {
		fmt.Fprintln(p.W, p.plain(line))
	}
}

// paint colours a status on a terminal.
func (p *Progress) paint(s Status) string {
	switch {
	case !p.Terminal:
		return string(s)
	case s == OK:
		return "\x1b[32m" + string(s) + "\x1b[0m"
	}
	return "\x1b[31m" + string(s) + "\x1b[0m"
}

// plain takes the colours out of a traceback that does not go to a terminal.
func (p *Progress) plain(line string) string {
	if p.Terminal {
		return line
	}
	return stripColours(line)
}

// stripColours removes the escape sequences ESC [ … m.
func stripColours(s string) string { return colours.ReplaceAllString(s, "") }

var colours = regexp.MustCompile("\x1b\\[[0-9;]*m")

// plainText is s without colours and without characters that would move a terminal's cursor.
func plainText(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\r' {
			return ' '
		}
		return r
	}, stripColours(s))
}

// titleWidth is how many columns the first line of a cell gets.
const titleWidth = 52

// head is the beginning of a cell's line: "[ 3/12] model := train(data)".
func (p *Progress) head(s Step) string {
	title := clip(strings.TrimSpace(plainText(p.Name(s.Cell.Source))), titleWidth)
	total := fmt.Sprint(s.Total)
	pad := strings.Repeat(" ", titleWidth-utf8.RuneCountInString(title))
	return fmt.Sprintf("[%*d/%s] %s%s", len(total), s.Index, total, title, pad)
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return strings.TrimSpace(s[strings.LastIndexAny(s, "\r\n")+1:])
}

// clip shortens s to width runes.
func clip(s string, width int) string {
	runes := []rune(s)
	if width < 1 || len(runes) <= width {
		return s
	}
	return string(runes[:width-1]) + "…"
}

// Duration writes d for people, with three figures: 312ms, 4.21s, 2m5s.
func Duration(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Round(10 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
