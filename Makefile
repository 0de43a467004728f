# One word for each thing people do here. Bare `make` prints this page.

GO       ?= go
BIN      := bin
VERSION  ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LDFLAGS  := -s -w -X main.version=$(VERSION)
PAGES    := ui/web/dist/index.html
WEB      := $(shell find ui/web -path ui/web/node_modules -prune -o -path ui/web/dist -prune -o -type f -print 2>/dev/null)
FUZZTIME ?= 10s

export CGO_ENABLED ?= 0

.DEFAULT_GOAL := help
.PHONY: help run test check build demo e2e golden fuzz bench lint race pages fmt tools screens

help: ## print this page
	@awk -F':.*## ' '/^[a-z0-9]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: build ## build and start the appliance on its embedded store in ./data
	$(BIN)/cradle serve --data ./data --http :8080 --https :8443 --tftp :6969

test: ## every test that needs no other program and no Node
	$(GO) test ./...

check: fmt vet lint pages race e2e ## everything a release needs: format, vet, lint, race, pages, real clients

build: $(PAGES) ## leave bin/cradle and bin/phonesim
	@mkdir -p $(BIN)
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN)/cradle ./cmd/cradle
	$(GO) build -trimpath -ldflags '$(LDFLAGS)' -o $(BIN)/phonesim ./cmd/phonesim

demo: build ## appliance and simulated phones boot, register, call and are heard
	@cmd/cradle/testdata/demo.sh $(BIN)

e2e: build tools ## programs nobody here wrote: curl, tftp, baresip, SIPp, Chromium
	$(GO) test -tags e2e -count=1 -timeout 30m ./cmd/cradle -run '^TestE2E'

golden: ## write the golden files of the templates anew (read them before you accept them)
	$(GO) test ./provisioning -run TestGoldenFiles -update

fuzz: ## each fuzz target for FUZZTIME (10s)
	@cmd/cradle/testdata/fuzz.sh $(FUZZTIME)

bench: ## own benchmarks; with BENCH=folder also outside generators and peers found there
	@cmd/cradle/testdata/bench.sh "$(BENCH)"

fmt:
	@out=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$out" ] || { echo "not formatted: $$out"; exit 1; }

.PHONY: vet
vet:
	$(GO) vet ./... && $(GO) vet -tags e2e ./cmd/cradle

# The linter's own cache would tell of files in other clones.
lint: tools
	GOLANGCI_LINT_CACHE="$(CURDIR)/$(BIN)/lint" $$(command -v golangci-lint || echo $$($(GO) env GOPATH)/bin/golangci-lint) run ./...

race: ## every test under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race ./...

pages: $(PAGES) ## build and test the pages
	cd ui/web && npm run lint && npm test

$(PAGES): $(WEB)
	@command -v npm >/dev/null || { echo "Node with npm is needed to build the pages: install Node 20 or newer"; exit 1; }
	cd ui/web && npm ci --no-audit --no-fund && npm run build
	@touch $@

tools: ## install what check and e2e need, where it is missing
	@cmd/cradle/testdata/tools.sh

screens: build tools ## pictures for the documentation, made from the running program
	@cmd/cradle/testdata/screens.sh $(BIN)
