# Two commands for a newcomer: make run, make test. All needs Go and Node; make
# test installs the rest from Debian's packages when it can.
include assets.mk

PORT ?= 8080
SOURCES := $(shell find cmd internal rulepacks -name '*.go' -o -name '*.sql' -o -name '*.yaml' -o -name '*.csv' 2>/dev/null)

.PHONY: run build generate check lint test soak fuzz bench largest needs format clean

# Starts the demonstration authority on http://127.0.0.1:$(PORT).
run: onus
	./onus serve --demo --quiet --data demo --listen 127.0.0.1:$(PORT)

build: onus

onus: $(ASSETS)/dist/manifest.json $(SOURCES) go.mod
	go build -trimpath -o onus ./cmd/onus

# The templates' Go code is committed; make generate renews it.
generate:
	go tool templ generate -path internal/web
	go run ./cmd/onus schema > docs/entries.schema.json
	go run ./cmd/onus rules reference > docs/rules.md

# Fast: format, vet, the import rule, generated files, unit tests without engines.
check: $(ASSETS)/dist/manifest.json
	@test -z "$$(gofmt -l $$(git ls-files "*.go" | grep -v _templ.go))" || { gofmt -l $$(git ls-files "*.go" | grep -v _templ.go); echo "not formatted: run make format"; exit 1; }
	go vet ./...
	$(MAKE) lint
	go test -short ./...

# The linter has a module of its own, so that none of its parts come into ours.
bin/golangci-lint: tools/go.mod
	cd tools && go build -o ../bin/golangci-lint github.com/golangci/golangci-lint/v2/cmd/golangci-lint

lint: bin/golangci-lint
	bin/golangci-lint run ./...

# An authority of 12,000 open children and five years, made by the simulator where it is
# not there yet, and its pages timed: at most 100 ms and 150 kB each.
LARGEST ?= largest
largest: onus
	test -f $(LARGEST)/onus.db || ./onus simulate --data $(LARGEST) --children 12000 --months 60
	ONUS_LARGEST=$(abspath $(LARGEST)) go test -run '^$$' -bench Largest -benchtime 5x -timeout 60m ./internal/bench

format:
	gofmt -w $$(git ls-files "*.go" | grep -v _templ.go)

# What the tests need beside Go and Node, installed when it can be.
needs:
	@sh scripts/needs.sh

# Everything that must pass: both databases, a real browser, the command line.
test: needs $(ASSETS)/dist/manifest.json
	@test -z "$$(gofmt -l $$(git ls-files "*.go" | grep -v _templ.go))" || { gofmt -l $$(git ls-files "*.go" | grep -v _templ.go); echo "not formatted: run make format"; exit 1; }
	go vet ./... && go vet -tags browser ./...
	$(MAKE) lint
	go tool templ generate -path internal/web && git diff --exit-code --stat -- internal/web || { echo "generated templates are behind: run make generate and commit"; exit 1; }
	go test -timeout 20m ./...
	go test -count=1 -p 1 -timeout 20m -tags browser ./internal/web/shell/gallery ./e2e # they run a program that is built, which the cache of go test does not see

# The properties with many more random cases than make test draws: before a
# stop, and after a change to what they hold.
soak:
	for p in line child day duty entry ledger; do go test -timeout 60m ./internal/$$p -rapid.checks=5000 || exit 1; done
	go test -timeout 60m ./internal/app -run TestBothEnginesKeepStep -rapid.checks=200
	ONUS_KILLS=200 go test -timeout 60m -v ./internal/app -run TestWhatWasAcknowledgedSurvivesKilling

# Every fuzz target for a while each: make fuzz; at night, make fuzz FUZZTIME=10m. On
# their seeds alone they run with every go test.
FUZZTIME ?= 30s
fuzz:
	@for p in $$(grep -rl --include='*_test.go' '^func Fuzz' internal | xargs -n1 dirname | sort -u); do \
		for f in $$(grep -ho '^func Fuzz[A-Za-z0-9_]*' $$p/*_test.go | cut -c6-); do \
			echo "$$p $$f"; go test -run '^$$' -fuzz "^$$f\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 2s ./$$p || exit 1; \
		done; \
	done

bench: onus
	go test -run '^$$' -bench . -benchmem ./internal/access ./internal/duty ./internal/ledger ./internal/returns/cin ./internal/returns/cincheck ./internal/bench

clean:
	rm -rf onus bin node_modules $(ASSETS)/dist/*
