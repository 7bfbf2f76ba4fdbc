package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// z85 are the digits of Z85, the text form of keys (https://rfc.zeromq.org/spec/32/).
const z85 = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"

// decodeZ85 returns the bytes of a text: four for each five characters.
func decodeZ85(text string) ([]byte, error) {
	if len(text)%5 != 0 {
		return nil, fmt.Errorf("%d characters are no Z85, which has them by five", len(text))
	}
	out := make([]byte, 0, len(text)/5*4)
	for ; text != ""; text = text[5:] {
		var value uint64
		for _, c := range []byte(text[:5]) {
			digit := strings.IndexByte(z85, c)
			if digit < 0 {
				return nil, errors.New("a character is not one of Z85's")
			}
			value = value*85 + uint64(digit)
		}
		if value > 1<<32-1 {
			return nil, errors.New("five characters are more than Z85 can mean")
		}
		out = binary.BigEndian.AppendUint32(out, uint32(value))
	}
	return out, nil
}
