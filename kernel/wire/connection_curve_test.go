package wire

import (
	"encoding/hex"
	"strings"
	"testing"
)

// Keys that libzmq made.
const (
	alicePublic = "2P>rnAxNWauBh@R1Aku91]nTk7v}{Z}7sWIOr1Na"
	aliceSecret = "d@Dy8BOn0blwDDfA{UjYkBA&MMYfiPYb7q!&2ck4"
	bobSecret   = "UTZv&RYM%)7nhiJft3&6Q6<?TopJwU<ZM8]Lav5v"
)

func TestCurveKeys(t *testing.T) {
	c, err := ParseConnection([]byte(`{"ip":"x","key":"k","curve_publickey":"` + alicePublic + `","curve_secretkey":"` + aliceSecret + `",` + ports + `}`))
	if err != nil || !c.Encrypted() {
		t.Fatalf("%v", err)
	}
	public, secret, err := c.CurveKeys()
	if hex.EncodeToString(public[:]) != "081f2421713d5fa65eb43fe204701c7805fa0c5d16f30bd2f92e39759c8f1a19" || hex.EncodeToString(secret[:]) != "2b6e1dfb74f64109428719d672ed270a3f992631978cce40bb16fc20e01968f6" || err != nil {
		t.Errorf("keys are %x and %x, %v", public, secret, err)
	}
	if public, secret, err := (Connection{}).CurveKeys(); public != [32]byte{} || secret != [32]byte{} || err != nil {
		t.Errorf("without encryption they are %x and %x, %v", public, secret, err)
	}
}

func TestErrorsTellNoKey(t *testing.T) {
	for _, c := range []Connection{
		{CurvePublicKey: alicePublic, CurveSecretKey: bobSecret}, {CurvePublicKey: bobSecret[:39] + "~", CurveSecretKey: aliceSecret},
		{CurveSecretKey: aliceSecret}, {CurvePublicKey: alicePublic, CurveSecretKey: aliceSecret[:35]},
	} {
		_, _, err := c.CurveKeys()
		if err == nil {
			t.Errorf("%+v is taken", c)
		} else if strings.Contains(err.Error(), aliceSecret[:10]) || strings.Contains(err.Error(), bobSecret[:10]) {
			t.Errorf("a key is told: %v", err)
		}
	}
}

func TestZ85(t *testing.T) {
	for text, want := range map[string]string{
		"":           "",
		"HelloWorld": "864fd26fb559f75b", // the test case of RFC 32
		"00000":      "00000000",
		"%nSc0":      "ffffffff",
		"JTKVSB%%)wK0E.X)V>+}o?pNmC{O&4W4b!Ni{Lh6": "8e0bdd697628b91d8f245587ee95c5b04d48963f79259877b49cd9063aead3b7", // RFC 32's reference program
	} {
		if got, err := decodeZ85(text); hex.EncodeToString(got) != want || err != nil {
			t.Errorf("%q is %x, %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"1234", "HelloWorl", "#####", "%nSc1", "1234\"", "1234 ", "1234\x00", "123é"} {
		if got, err := decodeZ85(text); err == nil {
			t.Errorf("%q is taken for %x", text, got)
		}
	}
}
