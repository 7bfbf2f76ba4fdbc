package secrets

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// weak are values that no rule but ours takes for secrets. In the texts below, § stands for each, so that no scanner finds
// one in this file.
const (
	weakest = "hunter" + "2!"
	weak    = "gH7" + "!kd92"
	short   = "sk-abc" + "4f"
	number  = "4815" + "1623"
	basic   = "dXNlcjpwd" + "zE="
	amazon  = "wJalrXUtn" + "FEMI/K7MDENG/bPxRfiCYzzAbCdEfG1"
)

func TestWeakSecrets(t *testing.T) {
	s := New(Options{})
	for secret, texts := range map[string][]string{
		weak: {
			`db_password = "§"`, `db_password="§"`, `dbPassword := "§"`, `const DBPassword string = "§"`, `password: str = '§'`, `"password": "§"`,
			`{'user': 'bob', 'passwd': '§'}`, `connect(user="bob", password="§")`, `os.environ["DB_PASSWORD"] = "§"`, `os.Setenv("DB_PASSWORD", "§")`,
			`ALTER USER bob PASSWORD '§';`, `<password>§</password>`, `export DB_PASS=§`, `DB_PASSWORD=§`, `password: §`, `  password: "§"`, "pwd = `§`",
			`Server=db;User Id=sa;Password=§;Database=x`, `host=db password=§ user=bob`, `https://example.org/login?password=§&next=1`, `Password = "§" // of the test database`,
			`login --user bob --api-password §`, `postgres://bob:§@db.example.org/orders`, `redis://:§@db.example.org:6379`, `secret = "§"`, `client_secret: '§'`,
			`credentials = "§"`, `PASSWORD_PROD = "§"`, `passwords = {"bob": 1, "password": "§"}`, `logger.info("password=§")`,
		},
		weakest: {`PASSWORD: §`, `password=§`, `passphrase: "§"`, `the password: § works`},
		short:   {`api_key=§`, `apiKey: "§"`, `OPENAI_API_KEY=§`, `api-key: §`, `openai.api_key = "§"`, `curl --api-key § https://example.org`, `accessKey = '§'`, `HF_TOKEN=§`, `token = "§"`},
		number:  {`password = "§"`, `DB_PASSWORD=§`, `pwd: '§'`},
		basic:   {`Authorization: Basic §`, `headers={"Authorization": "Basic §"}`, `-H 'Authorization: Basic §'`},
		amazon:  {`aws_secret_access_key = §`, `AWS_SECRET_ACCESS_KEY=§`, `aws_secret_access_key="§"`, `{"aws_secret_access_key": "§"}`},
		"pw":    {},
	} {
		for _, text := range texts {
			full := strings.ReplaceAll(text, "§", secret)
			if clean, _ := s.Redact([]byte("x = 1\n" + full + "\ny = 2\n")); strings.Contains(string(clean), secret) {
				t.Errorf("%s: stays in %q", text, clean)
			} else if !strings.HasPrefix(string(clean), "x = 1\n") || !strings.HasSuffix(string(clean), "\ny = 2\n") {
				t.Errorf("%s: too much is taken: %q", text, clean)
			} else if again, more := s.Redact(clean); len(more) > 0 {
				t.Errorf("%s: a mark is taken for a secret: %q", text, again)
			}
			checkSplit(t, s, full, secret)
			b, _ := json.Marshal(map[string]any{"source": []string{full + "\n"}})
			if found := s.JSON(b); len(found) == 0 {
				t.Errorf("%s: stays in %s", text, b)
			}
		}
	}
}

// checkSplit looks for a secret in a stream that comes in two messages, cut at every place: what may be shown of the first one
// before the second is there does not hold a part of the secret that makes the rest of it known.
func checkSplit(t *testing.T, s *Screener, text, secret string) {
	t.Helper()
	quoted, _ := json.Marshal(text + "\n")
	inside := quoted[1 : len(quoted)-1]
	at := strings.Index(text, secret)
	for cut := range inside {
		if inside[cut] == '\\' || cut > 0 && inside[cut-1] == '\\' {
			continue
		}
		found, open := s.Stream(inside[:cut])
		shown := string(inside[:open])
		for _, f := range found {
			if f.Start < open {
				shown = ""
			}
		}
		if cut > at && strings.Contains(shown, secret[:min(len(secret), 4)]) {
			t.Fatalf("%s: cut at %d, %q is shown", text, cut, shown)
		}
	}
}

// TestOrdinaryCode: what is written in programs about passwords, tokens and keys, and is none.
func TestOrdinaryCode(t *testing.T) {
	s := New(Options{})
	for line := range strings.Lines(ordinary) {
		if clean, found := s.Redact([]byte(line)); len(found) > 0 {
			t.Errorf("%q becomes %q", line, clean)
		}
	}
	if found := s.Text([]byte(ordinary)); len(found) > 0 {
		t.Errorf("all lines at once: %d are found", len(found))
	}
}

const ordinary = `token = tokenizer.next()
tokens = tokenizer(text, return_tensors="pt", max_length=512)
max_tokens=512, temperature=0.7, stop_token="<|im_end|>"
max_new_tokens: int = 256
tokens_per_second: 1234.5
tokens/s: 1234 key=3 token: 12 author, api call 200
secret_sauce = False
password = getpass()
password = getpass.getpass("Password: ")
password: str
password: str = None
password: Optional[str] = None
password = None
password = ""
password = "password"
password = "changeme"
password = "your-password-here"
password = "<password>"
password = "{{ db_password }}"
password = "${DB_PASSWORD}"
password = "********"
password = "xxxxxxxx"
PASSWORD=$DB_PASSWORD
DB_PASSWORD=${DB_PASSWORD:-}
password = os.environ["DB_PASSWORD"]
password = os.environ.get("DB_PASSWORD2")
password = cfg.db.password2
password := os.Getenv("PGPASSWORD2")
password = input("Enter your password: ")
password = f"{prefix}{number}"
pwd = os.getcwd()
pwd = Path("/home/bob/work2")
PWD=/home/bob/work2
OLDPWD=/home/bob/work2
self.tokenizer = AutoTokenizer.from_pretrained("bert-base-uncased", use_fast=True)
tokenizer = "gpt2"
tokenizer_name="meta-llama/Llama-3.2-1B"
token_type_ids = inputs["token_type_ids"]
pad_token = "[PAD]"
eos_token="</s>", bos_token="<s>", unk_token='<unk_0>'
pad_token = "pad_0001"
image_token_id = 32000
special_tokens = ["<extra_id_0>", "<extra_id_1>"]
num_tokens = len(tokens) + 1
token = tokens[i + 1]
token: Token2
token = next(self.tokens2)
token_embedding = nn.Embedding(50257, 768)
token_hash = "md5"
next_token = logits.argmax(dim=-1)
access_key = "key1"
access_key_id = request.access_key_id
api_key = settings.API_KEY2
api_key = None
api_key=api_key
api_key_path = "/etc/keys/key2.json"
api_key_env = "OPENAI_API_KEY2"
openai.api_key = os.getenv("OPENAI_API_KEY")
client = OpenAI(api_key=config["api_key"])
secret_name = "prod/db1"
secret = secrets.token_hex(16)
secret: "vault:kv/data/db1"
secrets = ["a1", "b2"]
credentials = service_account.Credentials.from_service_account_file("key2.json")
credential = DefaultAzureCredential2()
credentials_file: /home/bob/.aws/credentials2
password_length = 12
password_min_length: 12
password_hash = bcrypt.hash(password)
password_field = driver.find_element("id", "pw1")
passwordless = "v2"
if password == "":
if password != other.password1:
assert token == expected_token1
def login(user: str, password: str = "", token2: str = None) -> bool:
func login(user, password string, retries int64) error {
Password string ` + "`json:\"password,omitempty\"`" + `
type Token struct{ Kind int32; Text string }
case token.INT32: return "int32"
token := scanner.Token(i1)
secret.Size = 0x20
const tokenSize = 32
print("token:", tok1)
the basic idea of basic1 tests is basic
Authorization: Bearer <token>
Authorization: Basic <credentials>
headers = {"Authorization": f"Bearer {token}"}
postgres://user:password@host/db
postgres://user:${PGPASSWORD}@host/db
https://example.org/path?token=TOKEN
redis://localhost:6379/0
The password must have 8 characters, a digit and one of !@#.
Password: the 2nd one that you chose
a token: about 4 characters of text
secret (see section 3.2): none
loss_token = 0.693, token_acc: 98.5%
sha_token: "sha256"
token_bucket = TokenBucket(rate=100, capacity=1000)
`

func TestSplitAcrossMany(t *testing.T) {
	s := New(Options{})
	text := fmt.Sprintf("ready\\ndb_password = \\\"%s\\\"\\nPASSWORD: %s\\ndone\\n", weak, weakest)
	if found, open := s.Stream([]byte(text)); len(found) != 2 || open != len(text) {
		t.Errorf("found %d, open at %d of %d", len(found), open, len(text))
	}
}
