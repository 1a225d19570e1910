.PHONY: help run test check bench test-services stop-services

help: ## Lists the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 16

run: ## Builds and starts two instances with a balancer before them, until Ctrl-C
	@deploy/local/run.sh

test: ## Runs all tests
	@deploy/local/test.sh

check: ## Formatting, clippy, rustdoc, licences and bans of dependencies, unused dependencies
	@deploy/local/check.sh

bench: ## Measures, beside bare Postgres, other servers and nginx; ARGS="commands memory" chooses sections
	@deploy/local/bench.sh $(if $(ARGS),$(ARGS),--json $(CURDIR)/.local/bench.json --plots $(CURDIR)/docs/plots)

test-services: ## Starts Postgres and Redis for single tests: eval "$(make -s test-services)"
	@deploy/local/test.sh start

stop-services: ## Stops what test-services started
	@deploy/local/test.sh stop
