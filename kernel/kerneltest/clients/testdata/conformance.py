"""jupyter_kernel_test's groups, for the kernel that KERNEL names."""
import os
import time
import unittest

import jupyter_kernel_test as jkt
from jupyter_kernel_test.msgspec_v5 import validate_message

KERNEL = os.environ["KERNEL"]
PATIENCE = 180  # seconds; guards against hanging, for the first Go cell may have the standard library to compile
jkt.TIMEOUT = PATIENCE
EDITOR = 5  # seconds; the engine waits no longer for gopls, which a busy machine takes longer to start


class Patient(jkt.KernelTests):
    """The suite for machines that do other things too: it gives a message a tenth of a second to come, and takes a
    channel to be empty when none came for so long."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for channel in (cls.kc.shell_channel, cls.kc.iopub_channel):
            channel.get_msg = cls.patient(channel.get_msg)

    @staticmethod
    def patient(get_msg):
        return lambda timeout=None: get_msg(timeout=PATIENCE)

    def flush_channels(self):
        last = self.kc.kernel_info()
        for get_msg in (self.kc.get_shell_msg, self.kc.get_iopub_msg):
            while True:
                msg = get_msg(timeout=PATIENCE)
                validate_message(msg)
                done = msg["msg_type"] == "kernel_info_reply" or msg["content"].get("execution_state") == "idle"
                if done and msg["parent_header"].get("msg_id") == last:
                    break


class Verbs(Patient):
    """The server with an engine for tests: every optional group is on."""

    kernel_name = "verbs"
    language_name = "verbs"
    file_extension = ".verbs"
    code_hello_world = "print hello, world"
    code_stderr = "warn oops"
    completion_samples = [{"text": "prin", "matches": {"print"}}]
    complete_code_samples = ["print x"]
    incomplete_code_samples = ["print \\"]
    invalid_code_samples = ["?"]
    code_page_something = "page something"
    code_generate_error = "fail NameError x"
    code_execute_result = [{"code": "result 42", "result": "42"}, {"code": "result 43", "result": "43"}]
    code_display_data = [{"code": "html <b>x</b>", "mime": "text/html"}]
    code_history_pattern = "result 4?"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "print"
    code_clear_output = "clear"

    def test_history(self):
        # The last part of the suite's test expects several different cells to match and, at once, one unique
        # source: it is meant for one pattern that fits one of the sources.
        self.code_history_pattern = "result 42"
        super().test_history()


class Go(Patient):
    """The Go engine. A Go cell has no value, no pager and nothing that clears its output, as in GoNB, so those
    three groups have nothing to test here; the engine for tests has them."""

    kernel_name = "gemba"
    language_name = "go"
    file_extension = ".go"
    code_hello_world = 'import "fmt"\n%%\nfmt.Println("hello, world")'
    code_stderr = 'import ("fmt"; "os")\n%%\nfmt.Fprintln(os.Stderr, "oops")'
    completion_samples = [{"text": 'import "strings"\nvar x = strings.ToUpp', "matches": {"ToUpper", "ToUpperSpecial"}}]
    complete_code_samples = ["x := 1", "func f() int { return 1 }", "%%\nfmt.Println(1)"]
    incomplete_code_samples = ["func f() int {", "x := []int{1,", "fmt.Println("]
    invalid_code_samples = ["func f() int { return 1 }}", "x := = 1"]
    code_generate_error = "var x int = \"text\""
    code_display_data = [
        {"code": 'import "github.com/janpfeifer/gonb/gonbui"\n%%\ngonbui.DisplayHTML("<b>x</b>")', "mime": "text/html"},
        {"code": "%help", "mime": "text/markdown"},
    ]
    code_history_pattern = "%%\nprintln(1)"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "import \"strings\"\nvar y = strings.ToUpper"

    def ready(self, ask, code):
        """Asks until the engine does not give up."""
        took, end = EDITOR, time.monotonic() + PATIENCE
        while took >= EDITOR and time.monotonic() < end:
            begun = time.monotonic()
            ask(code, len(code))
            self.get_non_kernel_info_reply(timeout=PATIENCE)
            took = time.monotonic() - begun

    def test_completion(self):
        self.flush_channels()
        for sample in self.completion_samples:
            self.ready(self.kc.complete, sample["text"])
        super().test_completion()

    def test_inspect(self):
        self.flush_channels()
        self.ready(self.kc.inspect, self.code_inspect_sample)
        super().test_inspect()

    def test_history(self):
        self.code_execute_result = [{"code": "%%\nprintln(1)"}, {"code": "%%\nprintln(2)"}]
        try:
            super().test_history()
        finally:
            self.code_execute_result = []


class Welcome(jkt.IopubWelcomeTests):
    kernel_name = KERNEL
    support_iopub_welcome = True


def load_tests(loader, _tests, _pattern):
    suite = unittest.TestSuite()
    for case in ({"verbs": Verbs, "gemba": Go}[KERNEL], Welcome):
        suite.addTests(loader.loadTestsFromTestCase(case))
    return suite


if __name__ == "__main__":
    unittest.main(verbosity=2)
