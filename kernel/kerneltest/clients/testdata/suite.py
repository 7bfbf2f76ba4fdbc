"""jupyter_kernel_test's groups for ipykernel, as it is or wrapped: KERNEL names it. Prints how each test ended, a line each."""
import os
import sys
import unittest

import jupyter_kernel_test as jkt
from conformance import Patient


class IPyKernel(Patient):
    kernel_name = os.environ["KERNEL"]
    language_name = "python"
    file_extension = ".py"
    code_hello_world = "print('hello, world')"
    code_stderr = "import sys; print('oops', file=sys.stderr)"
    completion_samples = [{"text": "zi", "matches": {"zip"}}]
    complete_code_samples = ["1", "print('hello, world')", "def f(x):\n  return x*2\n\n\n"]
    incomplete_code_samples = ["print('''hello", "def f(x):\n  x*2"]
    invalid_code_samples = ["import = 7q"]
    code_page_something = "zip?"
    code_generate_error = "raise"
    code_execute_result = [{"code": "1+2+3", "result": "6"}, {"code": "[n*n for n in range(1, 4)]", "result": "[1, 4, 9]"}]
    code_display_data = [{"code": "from IPython.display import HTML, display\ndisplay(HTML('<b>test</b>'))", "mime": "text/html"}]
    code_history_pattern = "1?2*"
    supported_history_operations = ("tail", "range", "search")
    code_inspect_sample = "zip"
    code_clear_output = "from IPython.display import clear_output\nclear_output()"


class Welcome(jkt.IopubWelcomeTests):
    kernel_name = os.environ["KERNEL"]
    support_iopub_welcome = True


class Lines(unittest.TextTestResult):
    def stopTest(self, test):
        super().stopTest(test)
        ends = {"error": self.errors, "failed": self.failures}
        skipped = dict(self.skipped)
        end = next((name for name, list in ends.items() if any(test is t or test is getattr(t, "test_case", 0) for t, _ in list)), None)
        print(type(test).__name__, test._testMethodName, end or ("skipped: " + skipped[test] if test in skipped else "ok"), flush=True)


if __name__ == "__main__":
    suite = unittest.TestSuite(unittest.defaultTestLoader.loadTestsFromTestCase(c) for c in (IPyKernel, Welcome))
    unittest.TextTestRunner(stream=sys.stderr, resultclass=Lines).run(suite)
