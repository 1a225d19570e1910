.PHONY: help run web screenshots test check bench test-services stop-services up down test-docker

help: ## Lists the commands
	@sed -n 's/^\([a-z-]*\):.*## /\1	/p' $(MAKEFILE_LIST) | expand -t 16

run: ## Builds and starts two instances with a balancer before them, until Ctrl-C
	@deploy/local/run.sh

web: ## Builds the page, which the program then has in it
	@deploy/local/web.sh

screenshots: ## Makes pictures of the page of a running `make run`, into docs/screenshots
	@deploy/local/screenshots.sh

test: ## Runs all tests
	@deploy/local/test.sh

check: ## Formatting, clippy, rustdoc, the types and style of the page, licences and bans of dependencies, unused dependencies, deployment files
	@deploy/local/check.sh

bench: ## Measures, beside bare Postgres, other servers and nginx; ARGS="commands memory" chooses sections, ARGS=page the page in a browser
	@deploy/local/bench.sh $(if $(ARGS),$(ARGS),--json $(CURDIR)/.local/bench.json --plots $(CURDIR)/docs/plots)

up: ## Builds the image and starts all of deploy/compose.yaml with Docker
	@deploy/local/compose.sh up

down: ## Stops what up started; the data stays
	@deploy/local/compose.sh down

test-docker: ## Runs all tests against compose's Postgres and Redis; skipped where images cannot be had
	@deploy/local/compose.sh test

test-services: ## Starts Postgres and Redis for single tests: eval "$(make -s test-services)"
	@deploy/local/test.sh start

stop-services: ## Stops what test-services started
	@deploy/local/test.sh stop
