// Command display exercises gonbui's displays; its first argument chooses how.
package main

import (
	"fmt"
	"os"
	"strconv"

	"github.com/janpfeifer/gonb/gonbui"
	"github.com/janpfeifer/gonb/gonbui/protocol"
)

func main() {
	n := 0
	if len(os.Args) > 2 {
		n, _ = strconv.Atoi(os.Args[2])
	}
	map[string]func(int){
		"kinds": kinds, "update": update, "order": order, "loss": loss, "idle": idle, "sync": sync, "garbage": garbage,
	}[os.Args[1]](n)
}

func kinds(int) {
	gonbui.DisplayHTML("<b>html</b>")
	gonbui.DisplayMarkdown("*md*")
	gonbui.DisplayPNG([]byte("\x89PNG\r\n"))
	gonbui.SendData(&protocol.DisplayData{Data: map[protocol.MIMEType]any{"application/json": `{"a":[1]}`, "text/plain": []byte("plain")},
		Metadata: map[string]any{"width": 3}})
	gonbui.Sync()
}

func update(int) {
	gonbui.UpdateHTML("count", "one")
	gonbui.UpdateHTML("count", "two")
	gonbui.Sync()
}

// order prints and displays in turn; Sync after a display is what a cell's gonbui does by itself.
func order(n int) {
	for i := range n {
		fmt.Printf("p%d\n", i)
		fmt.Fprintf(os.Stderr, "e%d\n", i)
		gonbui.DisplayHTML(fmt.Sprintf("d%d", i))
		gonbui.Sync()
	}
}

// loss displays much and ends without a word.
func loss(n int) {
	for i := range n {
		gonbui.DisplayHTML(strconv.Itoa(i))
	}
}

func sync(n int) {
	for range n {
		gonbui.DisplayHTML("x")
		gonbui.Sync()
	}
}

func idle(int) { fmt.Println("never opened") }

func garbage(int) {
	pipe, err := os.OpenFile(os.Getenv("GONB_PIPE"), os.O_WRONLY, 0)
	if err != nil {
		panic(err)
	}
	fmt.Fprint(pipe, "this is not gob")
	fmt.Println("still printing")
}
