# The only entry point: people, CI and documentation call these targets and nothing else.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

CONFIGURATION ?= Release
AOT_FRAMEWORK := $(shell sed -n 's|.*<KeelsonAotFramework>\(.*\)</KeelsonAotFramework>.*|\1|p' Directory.Build.props)
RID ?= linux-$(shell uname -m | sed 's/x86_64/x64/; s/aarch64/arm64/')
BIN := artifacts/dist/bin
RESULTS := artifacts/test-results

# What the build, the product and its tests need from Debian. The linker's part first, then what pods need, then what tests need.
BUILD_PACKAGES := gcc libc6-dev zlib1g-dev
RUN_PACKAGES := containernetworking-plugins iptables nftables libzstd1 iproute2
TEST_PACKAGES := busybox-static docker-registry runc crun python3-grpcio
PEER_PACKAGES := containerd
VM_PACKAGES := qemu-system-x86 mmdebstrap e2fsprogs busybox-static
PACKAGES := $(BUILD_PACKAGES) $(RUN_PACKAGES) $(TEST_PACKAGES)

SOURCES := $(shell find src proto -name '*.cs' -o -name '*.csproj' -o -name '*.proto' -o -name '*.yaml' -o -name '*.json' | grep -v /obj/) \
	Directory.Build.props Directory.Packages.props

export DOTNET_CLI_TELEMETRY_OPTOUT := 1
export DOTNET_NOLOGO := 1
export MSBUILDTERMINALLOGGER := off

##@ Run

.PHONY: run
run: publish ## Start a daemon with everything it needs and a first pod; serves until Ctrl-C, then cleans up
	@eng/deps.sh $(RUN_PACKAGES) busybox-static docker-registry
	@eng/run.sh $(BIN)

##@ Build

.PHONY: deps
deps: ## Install the Debian packages that are missing (needs root)
	@eng/deps.sh $(PACKAGES)

.PHONY: build-deps
build-deps:
	@eng/deps.sh $(BUILD_PACKAGES)

.PHONY: build
build: ## Build every project for every framework, analyzers on, warnings are errors
	dotnet build Keelson.slnx -c Debug -nologo -clp:NoSummary -v:q

.PHONY: build-fast
build-fast: ## Build the tests and what they need, analyzers off
	dotnet build eng/Tests.proj -nologo -clp:NoSummary -v:q -p:RunAnalyzers=false

.PHONY: publish
publish: build-deps $(BIN)/keelson $(BIN)/keelson-shim ## Publish the NativeAOT binaries keelson and keelson-shim to artifacts/dist/bin

$(BIN)/keelson: $(SOURCES)
	@eng/publish.sh CriServer keelson $(AOT_FRAMEWORK) $(RID) $(BIN)

$(BIN)/keelson-shim: $(SOURCES)
	@eng/publish.sh Shim keelson-shim $(AOT_FRAMEWORK) $(RID) $(BIN)

##@ Test

.PHONY: test
test: ## Everything: unit, layout, integration as root, critest against our daemon; one summary line at the end
	@eng/test.sh all

.PHONY: test-unit
test-unit: ## Unit tests only; needs neither root nor Debian packages (what does is skipped with its reason)
	@eng/test.sh unit

.PHONY: test-integration
test-integration: ## Integration tests: real daemon, real plugins, real registry, real kills (needs root)
	@eng/test.sh integration

.PHONY: test-layout
test-layout: ## Structs and constants of src/Linux/Native against the C compiler
	@eng/test.sh layout

.PHONY: test-vm
test-vm: ## Tests of a real node, in an emulated machine: cgroup v2, systemd, AppArmor, Debian's kernel (needs root)
	@eng/test.sh vm

.PHONY: vm-deps
vm-deps:
	@eng/deps.sh $(VM_PACKAGES)

.PHONY: critest
critest: ## CRI tests against any runtime: make critest ENDPOINT=unix:///run/x.sock [FILTER=Name]
	@eng/test.sh critest

.PHONY: critest-reference
critest-reference: ## The same CRI tests against Debian's containerd, to find tests that are wrong
	@eng/deps.sh $(PACKAGES) $(PEER_PACKAGES)
	@eng/with-containerd.sh eng/test.sh critest

##@ Verify

.PHONY: lint
lint: build format-check verify-size ## Build with analyzers, check the formatting, list the large files

.PHONY: format-check
format-check: ## Fail when a file's whitespace is not as .editorconfig says
	dotnet format whitespace Keelson.slnx --verify-no-changes --no-restore

.PHONY: verify-size
verify-size: ## List source files above 500 lines
	@eng/verify-size.sh

.PHONY: aot-check
aot-check: publish ## Hold the published binaries to their size and memory ceilings
	@eng/aot-check.sh $(BIN)

##@ Bench

.PHONY: bench
bench: publish ## Measure pod start, exec, memory and logs: make bench [N=50] [ONLY=host,cni,exec,memory,logs] [PEER=unix:///run/containerd/containerd.sock]
	@eng/deps.sh $(RUN_PACKAGES) busybox-static docker-registry
	@eng/bench.sh $(BIN)

##@ Utility

.PHONY: clean
clean: ## Remove what was built
	rm -rf artifacts

.PHONY: help
help: ## Show this help
	@awk 'BEGIN {FS = ":.*##"; printf "Usage: make \033[36m<target>\033[0m\n"} \
	/^[a-zA-Z_-]+:.*?##/ { printf "  \033[36m%-18s\033[0m %s\n", $$1, $$2 } \
	/^##@/ { printf "\n\033[1m%s\033[0m\n", substr($$0, 5) }' $(MAKEFILE_LIST)
