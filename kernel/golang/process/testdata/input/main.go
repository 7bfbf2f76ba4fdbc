// Command input reads standard input as cells do, with and without asking first.
package main

import (
	"bufio"
	"fmt"
	"io"
	"os"

	"github.com/janpfeifer/gonb/gonbui"
)

func main() {
	if len(os.Args) > 1 { // read without asking
		b, err := io.ReadAll(os.Stdin)
		fmt.Printf("before %q %v\n", b, err)
	}
	var x int
	request("Enter:", false)
	_, err := fmt.Scan(&x)
	fmt.Println("int", x, err)
	request("Pin:", true)
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	fmt.Printf("line %q %v\n", line, err)
	_, err = os.Stdin.Read(make([]byte, 1))
	fmt.Println("after", err)
}

// request is gonbui.RequestInput as it is in cells, where each message to the kernel is acknowledged.
func request(prompt string, password bool) {
	gonbui.RequestInput(prompt, password)
	gonbui.Sync()
}
