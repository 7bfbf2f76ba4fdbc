# What there is to do, a line each. demo and test are the two commands of the README; the scripts are in .ci.
GOPLS := $(CURDIR)/.cache/bin/gopls
.PHONY: build demo test bench lint fmt fuzz venv chromium ui

build: ; go build -o gemba .
demo: ; @.ci/demo
test: venv chromium tracker/ui/node_modules $(GOPLS) ; @.ci/test $(TESTFLAGS)
bench: venv chromium tracker/ui/node_modules ; go build -o .cache/gemba . && go run ./kernel/kerneltest/bench && go run ./kernel/proxy/bench && go run ./lineage/bench && go run ./tracker/mlflow/bench && go run ./tracker/track/bench && GEMBA_FIGURES=1 go test ./tracker/ui/browser -run 'TestFigures$$' -count=1 -v -timeout 40m
lint: ; @.ci/lint
fmt: ; gofmt -w $$(git ls-files '*.go')
fuzz: ; @.ci/fuzz 10s
venv: .venv/installed
.venv/installed: kernel/kerneltest/requirements.lock ; @.ci/venv
chromium: ; @.ci/chromium
ui: tracker/ui/node_modules ; @.ci/ui
tracker/ui/node_modules: tracker/ui/package-lock.json ; cd tracker/ui && ../../.ci/again npm ci --silent --no-audit --no-fund && touch node_modules
$(GOPLS): ; GOBIN=$(dir $@) CGO_ENABLED=0 .ci/again go install golang.org/x/tools/gopls@v0.21.0
