package guard

import "testing"

func TestHere(t *testing.T) {
	for host, want := range map[string]bool{
		"127.0.0.1": true, "127.0.0.1:80": true, "[::1]:80": true, "[::1]": true, "localhost:1": true, "LOCALHOST": true, "192.168.1.2:5": true,
		"": false, "evil.example": false, "evil.example:80": false, "127.0.0.1.evil.example": false, "localhost.evil.example:1": false,
	} {
		if got := Here(host); got != want {
			t.Errorf("Here(%q) = %t, want %t", host, got, want)
		}
	}
}

func TestSame(t *testing.T) {
	if Same("secret", "secre") || Same("", "x") || !Same("secret", "secret") {
		t.Error("secrets are told apart wrongly")
	}
}
