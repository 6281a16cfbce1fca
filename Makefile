# yunjuan 云卷. Two commands do everything: `make demo` and `make test`. `make help` lists the rest.
MODE    ?= release
Q       := $(if $(V),,@)
PREFIX  ?= /usr/local
DESTDIR ?=
BUILD   := build/$(MODE)
PKGS    := libgit2 yaml-0.1 libcmark-gfm lua5.4 libcrypto libzip libdeflate zlib libzstd libutf8proc gmime-3.0 xlsxwriter
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Wformat=2 \
	   -Wundef -Wimplicit-fallthrough
VERSION := $(shell sed -n 's/^\#\# \([0-9.]*\).*/\1/p' CHANGELOG.md | head -n 1)

# The linker sees all rooms at once; clang would need a linker of its own for that.
CFLAGS_release := -O3 -DNDEBUG $(if $(findstring clang,$(shell $(CC) --version)),,-flto=auto)
CFLAGS_debug   := -O0 -g
CFLAGS_asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -DARENA_DEBUG
CFLAGS_tsan    := -O1 -g -fsanitize=thread
CFLAGS_cov     := -O0 -g --coverage
ifndef CFLAGS_$(MODE)
$(error MODE=$(MODE): choose release, debug, asan, tsan or cov)
endif

CPPFLAGS += -D_GNU_SOURCE -DYUNJUAN_VERSION='"$(VERSION)"' -Igen
CFLAGS   += -std=c11 $(CFLAGS_$(MODE)) $(WARN) $(if $(CI),-Werror)
# pkg-config is asked when it is there; `deps` brings it.
PKG_CFLAGS = $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
# Lua goes into the program: a hook starts sooner with one library less to load.
PKG_LIBS   = $(subst -llua5.4,-l:liblua5.4.a,$(shell pkg-config --libs $(PKGS) 2>/dev/null)) \
	     -lcmark-gfm-extensions -lcmark-gfm

SRC   := $(sort $(wildcard gen/*/*.c))
OBJ   := $(SRC:%.c=$(BUILD)/%.o) $(BUILD)/embedded.o
DATA  := $(shell find lua templates content gen/law/prelude*.lua -type f 2>/dev/null | LC_ALL=C sort)
PROG  := $(BUILD)/yunjuan
HOOK  := $(BUILD)/yunjuan-hook
UNITS := $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(sort $(wildcard tests/unit/*.c)))
FUZZ  := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(sort $(wildcard tests/fuzz/*_fuzzer.c)))

.PHONY: all deps deps-test deps-bench demo test check fuzz lint stats bench install uninstall dist clean help
.DEFAULT_GOAL := all

all: deps ## build the program: build/$(MODE)/yunjuan
	@$(MAKE) --no-print-directory $(PROG) $(HOOK)

deps:
	@sh tests/deps.sh build
deps-test:
	@sh tests/deps.sh build test
deps-bench:
	@sh tests/deps.sh build test bench

demo: all ## replay the sample year into build/demo and build its dashboard
	@$(PROG) demo build/demo

test: deps-test ## every test, with sanitizers; ends with "N passed, N failed"
	@$(MAKE) --no-print-directory $(PROG) $(HOOK)
	@$(MAKE) --no-print-directory MODE=asan programs
	@sh tests/all.sh

check: deps-test ## the tests of one MODE only, without the demo
	@$(MAKE) --no-print-directory programs
	@YJ_MODE=$(MODE) sh tests/all.sh quick

.PHONY: programs
programs: $(PROG) $(HOOK) $(UNITS) $(FUZZ)

fuzz: deps-test ## replay the fuzz corpora under the sanitizers
	@$(MAKE) --no-print-directory MODE=asan programs
	@sh tests/fuzz.sh

lint: deps-test ## cppcheck, shellcheck, luac -p, clang-format, the house's own checks
	@sh tests/lint.sh

stats: deps-test ## sizes of functions and files
	@sh tests/stats.sh

bench: deps-bench all ## the ratios of README's table (minutes)
	@$(MAKE) --no-print-directory $(BUILD)/bench/bag
	@sh tests/bench/bag.sh
	@sh tests/bench/run.sh

$(BUILD)/%.o: %.c Makefile
	@mkdir -p $(@D) && echo "  CC    $<"
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(PKG_CFLAGS) -MMD -MP -c -o $@ $<

$(BUILD)/embed: gen/embed.c Makefile
	@mkdir -p $(@D)
	$(Q)$(CC) -std=c11 -O1 $(WARN) $(PKG_CFLAGS) -o $@ $< -l:liblua5.4.a -ldl -lm

$(BUILD)/embedded.c: $(BUILD)/embed $(DATA)
	@$(BUILD)/embed $(DATA) > $@.tmp && mv $@.tmp $@

$(BUILD)/embedded.o: $(BUILD)/embedded.c
	$(Q)$(CC) $(CPPFLAGS) -std=c11 -O0 -c -o $@ $<

$(PROG): $(OBJ) $(BUILD)/gen/main.o
	@echo "  LINK  $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -o $@ $^ $(PKG_LIBS) -lpthread -lm

# Of the same objects those that judging needs, with their libraries: what a hook does not call is not loaded.
$(BUILD)/libyunjuan.a: $(OBJ)
	$(Q)rm -f $@ && $(AR) rcs $@ $^

$(HOOK): $(BUILD)/gen/main_hook.o $(BUILD)/libyunjuan.a
	@echo "  LINK  $@"
	$(Q)$(CC) $(CFLAGS) $(LDFLAGS) -Wl,--as-needed -o $@ $^ $(PKG_LIBS) -lpthread -lm

$(BUILD)/unit/%: tests/unit/%.c $(OBJ)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(PKG_CFLAGS) -Itests/unit -o $@ $< $(OBJ) $(PKG_LIBS) -lpthread -lm

$(BUILD)/bench/bag: tests/bench/bag.c $(OBJ)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(PKG_CFLAGS) -o $@ $< $(OBJ) $(PKG_LIBS) -lpthread -lm

$(BUILD)/fuzz/%: tests/fuzz/%.c tests/fuzz/driver.c tests/fuzz/fuzz.h $(OBJ)
	@mkdir -p $(@D)
	$(Q)$(CC) $(CPPFLAGS) $(CFLAGS) $(PKG_CFLAGS) -o $@ $< tests/fuzz/driver.c $(OBJ) $(PKG_LIBS) -lpthread -lm

install: all ## to DESTDIR/PREFIX
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 755 $(PROG) $(HOOK) $(DESTDIR)$(PREFIX)/bin
	install -m 644 docs/yunjuan.1 $(DESTDIR)$(PREFIX)/share/man/man1/yunjuan.1

uninstall: ## what install laid down
	rm -f $(DESTDIR)$(PREFIX)/bin/yunjuan $(DESTDIR)$(PREFIX)/bin/yunjuan-hook $(DESTDIR)$(PREFIX)/share/man/man1/yunjuan.1

dist: ## build/yunjuan-VERSION.tar.gz from the last commit
	@mkdir -p build
	git archive --prefix=yunjuan-$(VERSION)/ -o build/yunjuan-$(VERSION).tar.gz HEAD

clean: ## remove build/
	rm -rf build

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1	\2/p' Makefile

-include $(OBJ:.o=.d) $(BUILD)/gen/main.d $(BUILD)/gen/main_hook.d
