# Waymark. `make help` lists what can be made.
#
# Objects of every kind stand under build/: build/obj (what is installed),
# build/asan (the same with ASan, UBSan and fuzzing hooks, by clang); BUILD=DIR puts
# them elsewhere. Every target
# may run with any -j; one that is not told uses all cores.

export BUILD ?= build
PREFIX  ?= /usr/local
DESTDIR ?=
CC      ?= cc
CLANG   ?= clang
CFLAGS  ?= -O2 -g
FUZZ_SECONDS ?= 60

# A -j on the command line wins over this one.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc 2>/dev/null || echo 2)
endif
MAKEFLAGS += --no-builtin-rules --no-print-directory

# Nobody's build fails on the warning of a newer compiler; ours does.
WERROR ?= $(if $(CI),1,0)

STANDARD := -std=c11 -D_GNU_SOURCE
WARNINGS := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith
INCLUDES := -Igenerator

MODULES   := libcmark-gfm libgit2 yaml-0.1 lua5.4 icu-uc icu-i18n lmdb libxxhash libcrypto
LIB_FLAGS  = $(shell pkg-config --cflags $(MODULES))
LIBS       = -lcmark-gfm-extensions $(shell pkg-config --libs $(MODULES)) -lm

SOURCES  := $(sort $(wildcard generator/*/*.c))
HEADERS  := $(sort $(wildcard generator/*/*.h generator/*/*.def))
MAIN     := generator/commands/main.c
UNITS    := $(patsubst tests/unit/%.c,%,$(sort $(wildcard tests/unit/*_test.c)))
FUZZERS  := $(patsubst tests/fuzz/%.c,%,$(sort $(wildcard tests/fuzz/*_fuzz.c)))
FORMATTED = $(SOURCES) $(filter %.h,$(HEADERS)) $(wildcard tests/*/*.c tests/*/*.h)

# A release archive carries its name in VERSION; a clone asks git.
VERSION  := $(or $(shell git -C . describe --tags --always --dirty 2>/dev/null),$(shell cat VERSION 2>/dev/null),unknown)
# Two programs made of the same sources share what they have cached.
SOURCES_ID := $(shell cat /dev/null $(SOURCES) $(HEADERS) 2>/dev/null | sha256sum | cut -c1-16)

.DELETE_ON_ERROR:
.PHONY: all dev site test test-unit test-asan test-rules test-script test-incremental test-determinism \
        test-browser test-foreign test-faults fuzz bench format format-check install uninstall clean help \
        packages-build packages-test packages-bench asan unit-programs asan-unit-programs fuzz-programs FORCE

all: $(BUILD)/waymark ## build/waymark

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | while IFS='	' read -r name text; do \
	    printf '  make %-18s %s\n' "$$name" "$$text"; done

dev: ## the same, with warnings as errors
	+@$(MAKE) all WERROR=1

# ---- what is missing on this machine ----

packages-build packages-test packages-bench: packages-%:
	@packages/install build $(filter-out build,$*)
	@if [ '$*' = test ]; then tests/npm; fi

# The libraries are looked for when their flags are expanded, so what needs them
# after an installation is made by a make of its own.
site: packages-build ## the site of this repository, in public/; installs what is missing
	+@$(MAKE) all
	$(BUILD)/waymark build

# ---- compiling: $(call objects,FOLDER,COMPILER,FLAGS) ----

define objects
$(BUILD)/$(1)/flags: FORCE
	@mkdir -p $$(@D)
	@echo '$(2) $(STANDARD) $(WARNINGS) $(3)' | cmp -s - $$@ || echo '$(2) $(STANDARD) $(WARNINGS) $(3)' > $$@

$(BUILD)/$(1)/version: FORCE
	@mkdir -p $$(@D)
	@echo '$(VERSION) $(SOURCES_ID)' | cmp -s - $$@ || echo '$(VERSION) $(SOURCES_ID)' > $$@

$(BUILD)/$(1)/%.o: %.c $(BUILD)/$(1)/flags
	@mkdir -p $$(@D)
	$$(call quiet,compile,$(1)/$$*) $(2) $(STANDARD) $(WARNINGS) $(if $(filter 1,$(WERROR)),-Werror) $(INCLUDES) \
	    -ffile-prefix-map=$(CURDIR)/= $(3) $$(LIB_FLAGS) $$(VERSION_FLAGS) -MMD -MP -c $$< -o $$@

$(BUILD)/$(1)/generator/base/version.o: VERSION_FLAGS = -DWAYMARK_VERSION='"$(VERSION)"' -DWAYMARK_SOURCES_ID='"$(SOURCES_ID)"'
$(BUILD)/$(1)/generator/base/version.o: $(BUILD)/$(1)/version

# All objects but main's, for the program, the unit tests and the fuzzers.
$(BUILD)/$(1)/libwaymark.a: $$(patsubst %.c,$(BUILD)/$(1)/%.o,$$(filter-out $(MAIN),$$(SOURCES)))
	@rm -f $$@
	$$(call quiet,archive,$(1)) ar rcsT $$@ $$^

$(BUILD)/$(1)/unit/%: $(BUILD)/$(1)/tests/unit/%.o $(BUILD)/$(1)/libwaymark.a
	@mkdir -p $$(@D)
	$$(call quiet,link,$(1)/unit/$$*) $(2) $(3) $$(LDFLAGS) $$^ -lcmocka $$(LIBS) -o $$@

-include $$(patsubst %.c,$(BUILD)/$(1)/%.d,$$(SOURCES)) $$(UNITS:%=$(BUILD)/$(1)/tests/unit/%.d) \
    $$(FUZZERS:%=$(BUILD)/$(1)/tests/fuzz/%.d)
endef

quiet = $(if $(V),,@printf '  %-8s %s\n' '$(1)' '$(2)';)

SANITIZE := -fsanitize=address,undefined -fno-sanitize-recover=undefined
$(eval $(call objects,obj,$(CC),$(CFLAGS)))
$(eval $(call objects,asan,$(CLANG),-O1 -g -fno-omit-frame-pointer $(SANITIZE) -fsanitize=fuzzer-no-link))

FORCE:

$(BUILD)/waymark: $(BUILD)/obj/$(MAIN:.c=.o) $(BUILD)/obj/libwaymark.a
	$(call quiet,link,waymark) $(CC) $(CFLAGS) $(LDFLAGS) -Wl,--as-needed -Wl,-O1 $^ $(LIBS) -o $@

$(BUILD)/asan/waymark: $(BUILD)/asan/$(MAIN:.c=.o) $(BUILD)/asan/libwaymark.a
	$(call quiet,link,asan/waymark) $(CLANG) $(SANITIZE) -fsanitize=fuzzer-no-link $^ $(LIBS) -o $@

$(BUILD)/asan/fuzz/%: $(BUILD)/asan/tests/fuzz/%.o $(BUILD)/asan/libwaymark.a
	@mkdir -p $(@D)
	$(call quiet,link,fuzz/$*) $(CLANG) $(SANITIZE) -fsanitize=fuzzer $^ $(LIBS) -o $@

asan: $(BUILD)/asan/waymark
unit-programs: $(UNITS:%=$(BUILD)/obj/unit/%)
asan-unit-programs: $(UNITS:%=$(BUILD)/asan/unit/%)
fuzz-programs: $(FUZZERS:%=$(BUILD)/asan/fuzz/%)

# ---- tests: every suite is a row of tests/run ----

test: packages-test ## everything below, in its short form
	+@$(MAKE) all unit-programs asan asan-unit-programs fuzz-programs
	@tests/run all

test-unit: packages-test ## the unit tests of every module
	+@$(MAKE) unit-programs
	@tests/run unit

test-asan: packages-test ## unit and script tests under ASan and UBSan
	+@$(MAKE) asan asan-unit-programs
	@tests/run asan script-asan

test-rules: packages-test ## direction of includes, libraries, globals, catalogue of diagnostics
	+@$(MAKE) all
	@tests/run rules

test-script: packages-test ## command-line cases; SCRIPT=name picks, UPDATE=1 shows and takes new output
	+@$(MAKE) all
	@tests/run script $(SCRIPT) $(if $(UPDATE),--update)

test-incremental: packages-test ## what each kind of edit may change; EDITS=200 random edits
	+@$(MAKE) all
	@EDITS=$(or $(EDITS),200) tests/run incremental

test-determinism: packages-test ## same bytes at any -j, folder, zone, locale; ROUNDS=20
	+@$(MAKE) all
	@ROUNDS=$(or $(ROUNDS),20) tests/run determinism

test-browser: packages-test ## reading, accessibility and HTML in Chromium and Firefox, from file://
	+@$(MAKE) all
	@tests/run browser

test-foreign: packages-test ## DIR=repository (bare or not): counts against an independent reader of Markdown
	+@$(MAKE) all
	@tests/run foreign $(DIR)

test-faults: packages-test ## write errors and kills at every moment of publishing; KILLS=300
	+@$(MAKE) all
	@KILLS=$(or $(KILLS),300) tests/run faults

fuzz: packages-test ## libFuzzer on every target in tests/fuzz, FUZZ_SECONDS each
	+@$(MAKE) fuzz-programs
	@FUZZ_SECONDS=$(FUZZ_SECONDS) tests/run fuzz

bench: packages-bench ## ratios against Hugo and cp -r on 10,000 pages; SAVE=1 keeps them as the baseline
	+@$(MAKE) all
	@tests/bench/run $(if $(SAVE),--save) $(if $(PAGES),--pages $(PAGES))

# ---- the rest ----

format: ## clang-format on every C file
	clang-format -i $(FORMATTED)

format-check: ## says which files clang-format would change
	@clang-format --dry-run --Werror $(FORMATTED)

install: all ## to $(DESTDIR)$(PREFIX)
	install -d '$(DESTDIR)$(PREFIX)/bin' '$(DESTDIR)$(PREFIX)/share/waymark'
	install -m 755 $(BUILD)/waymark '$(DESTDIR)$(PREFIX)/bin/waymark'
	cp -R themes '$(DESTDIR)$(PREFIX)/share/waymark/'

uninstall:
	rm -f '$(DESTDIR)$(PREFIX)/bin/waymark'
	rm -rf '$(DESTDIR)$(PREFIX)/share/waymark'

clean: ## removes build/; the published site stays
	rm -rf $(BUILD)
