# The pages' style sheet and script. Included by the Makefile; works alone too: make -f assets.mk assets
# Node is needed here, to build; never to run Onus.

ASSETS := internal/web/assets
ASSETS_PACKAGES := node_modules/.onus-installed

.PHONY: assets
assets: $(ASSETS)/dist/manifest.json

# Scripts of packages are not run: nothing we use needs one.
$(ASSETS_PACKAGES): package-lock.json
	npm ci --ignore-scripts --no-audit --no-fund
	touch $@

$(ASSETS)/dist/manifest.json: $(ASSETS_PACKAGES) $(wildcard $(ASSETS)/src/*.* $(ASSETS)/src/*/*.*) $(ASSETS)/build/main.go
	go run ./$(ASSETS)/build
