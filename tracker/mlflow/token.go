package mlflow

import (
	"encoding/base64"
	"strconv"
)

// A page of a list ends with a token for the next one. Clients give it back as it is; where lists come from memory it is
// a number of results to pass over.

func pageToken(offset int) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(offset)))
}

func pageOffset(token string) (int, error) {
	if token == "" {
		return 0, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(token)
	n, convErr := strconv.Atoi(string(b))
	if err != nil || convErr != nil || n < 0 {
		return 0, invalid("Invalid page token %.80q: it is not one that this server gave.", token)
	}
	return n, nil
}

// paged returns a page of a list, and the token of the next one, if there is one.
func paged[T any](list []T, token string, size int) (page []T, next string, err error) {
	from, err := pageOffset(token)
	if err != nil || from >= len(list) {
		return nil, "", err
	}
	to := min(from+size, len(list))
	if to < len(list) {
		next = pageToken(to)
	}
	return list[from:to], next, nil
}
