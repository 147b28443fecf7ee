# Every command of the project; `make` alone prints them. Each target makes the environment it needs.

SHELL := /bin/bash
.DEFAULT_GOAL := help
ROOT := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))

# Downloads are kept beside the environments; nothing is written outside this folder.
export UV_CACHE_DIR := $(ROOT)/.venv-cache
export UV_PYTHON_DOWNLOADS := never
# Without bytecode kept, every worker and every command compiles what it imports anew.
unexport PYTHONDONTWRITEBYTECODE
export SAM_CLI_TELEMETRY := 0
export __SAM_CLI_APP_DIR := $(ROOT)/.venv-sam/app

DEV := .venv/.ready
LOCALSTRIPE := .venv-localstripe/.ready
SAM := .venv-sam/.ready
LINTERS := .venv-linters/.ready
AUDIT := .venv-audit/.ready
JUDGE := .venv-judge/.ready
BENCH := .venv-bench/.ready
SCREENS := .venv-screens/.ready
BIN := .venv/bin
SEEDS ?= 3000
ORDER_SEEDS ?= 500
NUMBER_SEEDS ?= 2000
DELIVERY_SEEDS ?= 2000
NIGHTLY_SEEDS ?= 20000
EXAMPLES ?= 20000
REGION ?= eu-west-1
ENV ?= default

.PHONY: help
help: ## Print this list
	@awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- Environments: made from hashed requirements, made again only when those change ---

.PHONY: setup
setup: $(DEV) ## Make .venv

$(DEV): requirements/dev.txt requirements/uv.txt
	@infra/setup.sh dev

$(LOCALSTRIPE): requirements/localstripe.txt | $(DEV)
	@infra/setup.sh localstripe

$(SAM): requirements/sam.txt | $(DEV)
	@infra/setup.sh sam

$(LINTERS): requirements/linters.txt | $(DEV)
	@infra/setup.sh linters

$(AUDIT): requirements/audit.txt | $(DEV)
	@infra/setup.sh audit

$(JUDGE): requirements/judge.txt | $(DEV)
	@infra/setup.sh judge

$(BENCH): requirements/bench.txt | $(DEV)
	@infra/setup.sh bench

$(SCREENS): requirements/screens.txt | $(DEV)
	@infra/setup.sh screens

# --- Run ---

.PHONY: run
run: setup ## Run Kassa and a gateway here, with real traffic (GATEWAY=all: every one; ONCE=1: then stop)
	@exec $(BIN)/kassa up $(if $(GATEWAY),--gateway $(GATEWAY)) $(if $(filter-out 0,$(ONCE)),--once)

.PHONY: training
training: setup ## Run a stack to learn on, at fakes of every gateway, beside any other of this machine
	@KASSA_STATE=.kassa/training/stack.json \
		$(BIN)/kassa up --training --gateway all --port 4570 --gateway-port 8450

# --- Proofs ---

# One worker has the embedded stack, which waits a third of its time; two fill both cores.
BESIDE := --dist loadscope --no-loadscope-reorder

.PHONY: test
test: setup ## Run all suites that fit: unit, integration, simulation, conformance, e2e
	$(BIN)/pytest -n 3 $(BESIDE) -m "not slow" --ignore tests/house

.PHONY: e2e
e2e: setup ## Run the tests against the embedded stack
	$(BIN)/pytest -n 2 $(BESIDE) tests/e2e

.PHONY: localstripe
localstripe: $(DEV) $(LOCALSTRIPE) ## Play the payments of the demo against localstripe instead of our fake
	@KASSA_STATE=.kassa/localstripe/stack.json \
		$(BIN)/kassa up --once --gateway localstripe --port 4567 --gateway-port 8421

.PHONY: gateways
gateways: setup ## Play the demo at a fake of every gateway, check it and stop
	@KASSA_STATE=.kassa/gateways/stack.json \
		$(BIN)/kassa up --once --gateway all --port 4568 --gateway-port 8430

.PHONY: conformance
conformance: $(DEV) ## Replay real payloads of gateways, all orders included
	$(BIN)/pytest tests/conformance

.PHONY: golden-year
golden-year: $(DEV) ## Report a made-up shop's year and compare every figure; every zone, every language's PDF; lists of 50,000
	$(BIN)/pytest -q -n 2 --dist loadgroup -m slow tests/reports tests/console \
		--ignore tests/reports/anomalies/test_golden_score.py

.PHONY: anomalies-score
anomalies-score: $(DEV) ## Count what of planted anomalies is found in made-up years, and false alarms (SEEDS=1)
	$(BIN)/pytest -q -s -m slow tests/reports/anomalies/test_golden_score.py

.PHONY: screens
screens: setup $(SCREENS) ## Walk every screen of the console in Chromium (PICTURES=1: draw the docs' pictures anew)
	.venv-screens/bin/pytest -q -rA --confcutdir tests/screens -p no:cacheprovider tests/screens
	$(if $(PICTURES),cp .kassa/output/screens/desktop/approver-en-today.png docs/pictures/today.png)
	$(if $(PICTURES),cp .kassa/output/screens/phone/approver-en-refunds-1.png docs/pictures/refund.png)
	$(if $(PICTURES),cp .kassa/output/screens/phone/approver-ja-disputes-3.png docs/pictures/dispute.png)
	$(if $(PICTURES),cp .kassa/output/screens/desktop/approver-en-refunds.png docs/pictures/queue.png)
	$(if $(PICTURES),cp .kassa/output/screens/desktop/approver-en-disputes-3.png docs/pictures/dispute-desk.png)
	$(if $(PICTURES),cp .kassa/output/screens/desktop/approver-en-reports.png docs/pictures/reports.png)
	$(if $(PICTURES),cp .kassa/output/screens/desktop/approver-en-invoices.png docs/pictures/invoices.png)
	$(if $(PICTURES),cp .kassa/output/screens/desktop/approver-en-alerts-1.png docs/pictures/alert.png)
	$(if $(PICTURES),cp .kassa/output/screens/desktop/approver-en-health.png docs/pictures/health.png)

.PHONY: judge-invoices
judge-invoices: $(DEV) $(JUDGE) ## Hold generated electronic invoices against the official rules
	@$(BIN)/python -m tests.conformance.einvoices

.PHONY: simulate
simulate: $(DEV) ## Run the fault simulation (SEEDS=3000 ORDER_SEEDS=500 NUMBER_SEEDS=2000 DELIVERY_SEEDS=2000, or SEED=n for one)
	$(BIN)/python -m tests.simulation $(if $(SEED),--seed $(SEED),--seeds $(SEEDS))
	$(if $(SEED),,$(BIN)/python -m tests.simulation --orders --seeds $(ORDER_SEEDS))
	$(if $(SEED),,$(BIN)/python -m tests.simulation --numbers --seeds $(NUMBER_SEEDS))
	$(if $(SEED),,$(BIN)/python -m tests.simulation --deliveries --seeds $(DELIVERY_SEEDS))

.PHONY: simulate-deliveries
simulate-deliveries: $(DEV) ## Tell people and programs under faults (DELIVERY_SEEDS=2000, or SEED=n for one)
	$(BIN)/python -m tests.simulation --deliveries $(if $(SEED),--seed $(SEED),--seeds $(DELIVERY_SEEDS))

.PHONY: simulate-numbers
simulate-numbers: $(DEV) ## Number documents under faults (NUMBER_SEEDS=2000, or SEED=n for one)
	$(BIN)/python -m tests.simulation --numbers $(if $(SEED),--seed $(SEED),--seeds $(NUMBER_SEEDS))

.PHONY: simulate-nightly
simulate-nightly: $(DEV) ## Run the fault simulation for hours (NIGHTLY_SEEDS=20000)
	$(BIN)/python -m tests.simulation --seeds $(NIGHTLY_SEEDS)
	$(BIN)/python -m tests.simulation --orders --seeds $(NIGHTLY_SEEDS)
	$(BIN)/python -m tests.simulation --numbers --seeds $(NIGHTLY_SEEDS)
	$(BIN)/python -m tests.simulation --deliveries --seeds $(NIGHTLY_SEEDS)

.PHONY: enumerate
enumerate: $(DEV) ## Try every single fault of a payment's lifecycle and of two refunds'
	$(BIN)/python -m tests.simulation --enumerate

.PHONY: properties
properties: $(DEV) ## Hold the books against every order of small worlds and many random ones (EXAMPLES=20000)
	EXAMPLES=$(EXAMPLES) $(BIN)/pytest -q -n 2 --dist worksteal --hypothesis-profile=search \
		-m "slow or not slow" tests/ledger/test_payments.py tests/ledger/test_objects.py \
		tests/ledger/test_every_order.py
	EXAMPLES=$$(( $(EXAMPLES) / 50 )) $(BIN)/pytest -q -n 2 --dist worksteal \
		--hypothesis-profile=search -m "hypothesis and not e2e"
	API_EXAMPLES=$$(( $(EXAMPLES) / 200 )) $(BIN)/pytest -q -n 2 tests/http_api/test_api_schema.py
	STACK_EXAMPLES=$$(( $(EXAMPLES) / 1000 )) $(BIN)/pytest -q -n 2 tests/e2e/test_api_schema.py

.PHONY: mutants
mutants: $(DEV) ## Plant known mistakes; the simulation must catch each
	$(BIN)/python -m tests.simulation --mutants
	$(BIN)/python -m tests.simulation --mutants --orders
	$(BIN)/python -m tests.simulation --mutants --numbers
	$(BIN)/python -m tests.simulation --mutants --deliveries

.PHONY: mutate
mutate: $(DEV) ## Plant every small mistake in the rules of orders and refunds; tests must see 95 % (ONLY=a module)
	$(BIN)/python -m tests.mutation $(if $(ONLY),--only $(ONLY))

.PHONY: mutate-nightly
mutate-nightly: $(DEV) ## The same in the books, the units and the operations, which take long: for the night
	$(BIN)/python -m tests.mutation --nightly

.PHONY: refund-lifecycles
refund-lifecycles: $(DEV) ## Hold many refund lifecycles against their small model (LIVES=2000)
	REFUND_LIVES=$(LIVES) $(BIN)/pytest -q tests/refunds/test_refund_lifecycle_stateful.py

.PHONY: bench
bench: $(DEV) ## Measure ratios against peers and floors (PART=invoices: one); writes bench/results.json
	-@$(MAKE) --no-print-directory $(BENCH)
	$(BIN)/python -m bench $(PART)

.PHONY: replay-check
replay-check: $(DEV) ## Replay 10,000 booked events into the shadow; find three planted changes, and only those
	$(BIN)/python -m bench replay

.PHONY: restore-drill
restore-drill: setup ## Lose the table of an embedded stack and get it back, by the runbook's commands
	@$(BIN)/python -m infra.drills.restore_drill

.PHONY: check
check: $(DEV) $(SAM) $(LINTERS) ## Check format, lint, types, the template and (tests/house) the rules of the house
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/mypy layers/build_layer.py
	PYTHONPATH=.:layers/common $(BIN)/lint-imports --no-cache
	$(BIN)/python -m infra.whole_template
	$(BIN)/cfn-lint template.yaml .kassa/whole_template.yaml infra/deploy_role.yaml infra/sign_in.yaml
	.venv-sam/bin/sam validate --lint --region $(REGION)
	.venv-linters/bin/cfn-lint --config-file infra/lint/serverless.yaml .kassa/whole_template.yaml infra/deploy_role.yaml infra/sign_in.yaml
	.venv-linters/bin/checkov --config-file infra/lint/checkov.yaml
	.venv-linters/bin/python -W ignore infra/lint/policies.py
	$(BIN)/pytest -q tests/house

.PHONY: sam-check
sam-check: $(DEV) $(SAM) ## Prove sam validate, build, deploy, and an update with its rollback under traffic
	@$(BIN)/python -m infra.drills.sam_check
	@$(BIN)/python -m infra.drills.upgrade.drill

# --- Deploy ---

.PHONY: deploy-check
deploy-check: $(DEV) $(SAM) ## Look at account, region, limits and build before a deployment (ENV=dev|staging|prod)
	.venv-sam/bin/sam build
	@$(BIN)/python -m cli.doctor.deploy_check $(ENV)

.PHONY: deploy
deploy: deploy-check ## Deploy an environment of samconfig.toml (ENV=dev|staging|prod)
	.venv-sam/bin/sam deploy --config-env $(ENV) $(if $(STACK_ROLE),--role-arn $(STACK_ROLE))

# --- Upkeep ---

COMPILE = UV_CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/uv pip compile --quiet --universal \
	--generate-hashes --python-version 3.11 $(if $(UPGRADE),--upgrade)

.PHONY: lock
lock: $(DEV) ## Compile every requirements.in to hashed pins again (UPGRADE=1: newest versions)
	@for source in requirements/*.in; do \
		echo "locking $$source"; \
		$(COMPILE) $$([ $$source != requirements/judge.in ] || echo --no-deps) \
			$$source --output-file $${source%.in}.txt || exit 1; \
	done
	@for source in layers/*/requirements.in; do \
		echo "locking $$source to what is tested"; \
		$(COMPILE) --constraint requirements/dev.txt $$source --output-file $${source%.in}.txt || exit 1; \
	done

.PHONY: sbom
sbom: $(AUDIT) ## Write what each layer ships as CycloneDX into .kassa/sbom
	@mkdir -p .kassa/sbom
	@for locked in layers/*/requirements.txt; do \
		name=$$(basename $$(dirname $$locked)); \
		.venv-audit/bin/cyclonedx-py requirements --output-reproducible $$locked \
			--output-file .kassa/sbom/$$name.cdx.json || exit 1; \
		echo ".kassa/sbom/$$name.cdx.json"; \
	done

.PHONY: audit
audit: $(AUDIT) ## Ask the advisory database about every pin; it needs the internet
	@for locked in requirements/*.txt layers/*/requirements.txt; do \
		echo "auditing $$locked"; \
		.venv-audit/bin/pip-audit --strict --disable-pip --no-deps -r $$locked || exit 1; \
	done

.PHONY: clean
clean: ## Remove what was built and every environment
	rm -rf .venv .venv-* .aws-sam .kassa .pytest_cache .mypy_cache .ruff_cache .hypothesis
