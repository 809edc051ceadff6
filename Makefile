# SPDX-License-Identifier: Apache-2.0
# relaytap. "make demo" and "make check" do all set-up; "make help" lists the rest.
#
# All products go under .build/: rel (release), san (address and undefined-behaviour
# sanitizers, which the tests use), pure (libdissect for the purity check), fuzz.

O       ?= .build
CC      ?= gcc
PREFIX  ?= /usr/local
DESTDIR ?=
BINDIR  ?= $(PREFIX)/bin
MANDIR  ?= $(PREFIX)/share/man
SYSCONFDIR ?= $(PREFIX)/etc
DATADIR ?= $(PREFIX)/share/relaytap
UNITDIR ?= $(PREFIX)/lib/systemd/system
COMPDIR ?= $(PREFIX)/share/bash-completion/completions
VERSION := 0.1.0

PKGS := libpcap libndpi yaml-0.1 libpsl libzstd zlib json-c sqlite3 openssl \
        libmicrohttpd libseccomp libsystemd
PKG_CFLAGS := $(shell pkg-config --cflags $(PKGS) 2>/dev/null)
PKG_LIBS   := $(shell pkg-config --libs $(PKGS) 2>/dev/null)

WARN := -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes -Wmissing-prototypes \
        -Wvla -Wformat=2 -Wundef -Werror
HARD := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fstack-clash-protection \
        -fcf-protection -fPIE
LDHARD := -pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack
BASE := -std=c11 -D_GNU_SOURCE -I. -g -MMD -MP $(WARN) \
        -DRELAYTAP_VERSION='"$(VERSION)"'
SANFLAGS := -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer

REL_CFLAGS := $(BASE) -O2 $(HARD) $(CFLAGS)
SAN_CFLAGS := $(BASE) -O1 -fPIE $(SANFLAGS)

DISSECT := $(sort $(wildcard dissect/*.c))
SENSOR  := $(sort $(wildcard sensor/*.c sensor/*/*.c))
UNIT    := $(sort $(wildcard tests/unit/test_*.c))
FUZZ    := $(sort $(wildcard tests/fuzz/fuzz_*.c))
BENCH   := $(sort $(wildcard tests/bench/bench_*.c))

# The programs for the kernel need clang, bpftool and libbpf at build time. Without them
# the sensor captures by libpcap's classic filter only.
BPF := $(if $(and $(shell command -v clang),$(shell command -v bpftool || ls \
         /usr/sbin/bpftool 2>/dev/null),$(shell pkg-config --exists libbpf && echo 1)),1,)
ifeq ($(BPF),1)
BPFTOOL := $(or $(shell command -v bpftool),/usr/sbin/bpftool)
BPFSRC  := bpf/tap.bpf.c bpf/tap_xdp.bpf.c
SKEL    := $(patsubst bpf/%.bpf.c,$(O)/bpf/%.skel.h,$(BPFSRC))
SENSOR  := $(filter-out sensor/capture/capture_bpf_none.c,$(SENSOR))
PKG_CFLAGS += -isystem $(O)/bpf
PKG_LIBS   += $(shell pkg-config --libs libbpf)
else
SKEL    :=
BENCH   := $(filter-out tests/bench/bench_live.c tests/bench/bench_filter.c,$(BENCH))
SENSOR  := $(filter-out sensor/capture/capture_bpf.c,$(SENSOR))
endif
LIBSRC  := $(filter-out sensor/main.c,$(SENSOR))

obj = $(patsubst %.c,$(O)/$(1)/%.o,$(2))

.PHONY: all demo check install bench fuzz clean help setup unit golden fuzz-replay \
        check-rules check-clang bpf-tests store-tests score truth lab format-check golden-update check-kernels siem-formats siem-receivers siem-demo bench-live ops-check
.DEFAULT_GOAL := all
.SECONDARY:
.DELETE_ON_ERROR:

all: $(O)/relaytap
ifneq ($(BPF),1)
	@echo "  NOTE    no clang, bpftool or libbpf: built without eBPF, live capture will be"
	@echo "          by libpcap's classic filter"
endif

help:
	@sed -n 's/^## //p' Makefile

## make            build $(O)/relaytap
## make demo       install what is missing, build, read a sample capture, show its verdict
## make siem-demo  show an alert of a sample capture as rsyslog receives and parses it
## make check      install what is missing, build, run every test
## make install    install program, manual pages, unit, schemas and the rest (DESTDIR, PREFIX)
## make bench      compare with the bare libpcap loop over a large generated capture
## make bench-live  compare live capture with libpcap and tcpdump (root)
## make check-kernels KERNELS="..."  test live capture on those kernels, by QEMU
## make live-latency  from the packet that proves a relay to the collector, by output (root)
## make lab        record real mail servers in every situation (root; tests/lab/README.md)
## make score      score the verdicts over captures whose truth is known (RELAYTAP_CAPTURES)
## make fuzz       run each fuzz target for FUZZ_SECONDS (60) seconds
## make clean      remove $(O)

setup:
	@sh tests/setup.sh

# The sub-make sees packages that setup has just installed.
demo: setup
	@$(MAKE) --no-print-directory $(O)/relaytap
	@sh tests/demo.sh $(O)/relaytap

check: setup
	@$(MAKE) --no-print-directory -j$$(nproc) check-all
	@# Collectors and sensors are stopped, killed and timed: nothing runs beside them.
	@$(MAKE) --no-print-directory siem-receivers
	@$(MAKE) --no-print-directory e2e
	@$(MAKE) --no-print-directory live-lab
	@echo "make check: all passed"

check-all: lab-images check-rules check-clang unit store-tests bpf-tests fuzz-replay golden truth siem-formats report-check ops-check


# --- objects -------------------------------------------------------------------------

$(O)/rel/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC      $<"
	@$(CC) $(REL_CFLAGS) $(if $(findstring sensor/,$<),$(PKG_CFLAGS)) -c -o $@ $<

$(O)/san/%.o: %.c
	@mkdir -p $(@D)
	@echo "  CC san  $<"
	@$(CC) $(SAN_CFLAGS) $(PKG_CFLAGS) -c -o $@ $<

# -fno-pie: otherwise constant tables of pointers count as writable (.data.rel.ro).
$(O)/pure/%.o: %.c
	@mkdir -p $(@D)
	@$(CC) $(BASE) -O2 -fno-pie -fno-stack-protector -c -o $@ $<

$(O)/%/libdissect.a:
	@rm -f $@; ar rcs $@ $^
$(O)/rel/libdissect.a: $(call obj,rel,$(DISSECT))
$(O)/san/libdissect.a: $(call obj,san,$(DISSECT))
$(O)/pure/libdissect.a: $(call obj,pure,$(DISSECT))

$(O)/%/libsensor.a:
	@rm -f $@; ar rcs $@ $^
$(O)/rel/libsensor.a: $(call obj,rel,$(LIBSRC))
$(O)/san/libsensor.a: $(call obj,san,$(LIBSRC))

$(O)/relaytap: $(O)/rel/sensor/main.o $(O)/rel/libsensor.a $(O)/rel/libdissect.a
	@echo "  LD      $@"
	@$(CC) $(LDHARD) $(LDFLAGS) -o $@ $^ $(PKG_LIBS)

$(O)/san/relaytap: $(O)/san/sensor/main.o $(O)/san/libsensor.a $(O)/san/libdissect.a
	@echo "  LD san  $@"
	@$(CC) $(SANFLAGS) -pie -o $@ $^ $(PKG_LIBS)

# --- programs for the kernel --------------------------------------------------------

$(O)/bpf/%.bpf.o: bpf/%.bpf.c $(wildcard bpf/*.h)
	@mkdir -p $(@D)
	@echo "  BPF     $<"
	@clang -target bpf -O2 -g -Wall -Wextra -Werror \
		-I/usr/include/$$(gcc -print-multiarch) -c -o $@ $<

$(O)/bpf/%.skel.h: $(O)/bpf/%.bpf.o
	@$(BPFTOOL) gen skeleton $< name $* >$@

$(O)/rel/sensor/capture/capture_bpf.o $(O)/san/sensor/capture/capture_bpf.o \
$(O)/clang/sensor/capture/capture_bpf.ok: $(SKEL)

# --- unit tests ----------------------------------------------------------------------

UNITBIN := $(patsubst tests/unit/%.c,$(O)/unit/%,$(UNIT))

$(O)/unit/%: $(O)/san/tests/unit/%.o $(O)/san/libsensor.a $(O)/san/libdissect.a
	@mkdir -p $(@D)
	@$(CC) $(SANFLAGS) -pie -o $@ $^ $(PKG_LIBS) -lcmocka

unit: $(UNITBIN)
	@sh tests/unit/run.sh $(UNITBIN)

# One test alone: make unit-smtp_line
unit-%: $(O)/unit/test_%
	@$<

# --- tests of the live capture: need root, or say which they skip --------------------

BPFTEST    := $(if $(BPF),$(sort $(wildcard tests/bpf/test_*.c)))
BPFTESTBIN := $(patsubst tests/bpf/%.c,$(O)/bpf/%,$(BPFTEST))
KERNELTEST := $(addprefix $(O)/bpf/test_,tap_filter records_shunt body_shunt live_shunt live)

$(O)/bpf/test_%: $(O)/san/tests/bpf/test_%.o $(O)/san/libsensor.a $(O)/san/libdissect.a
	@$(CC) $(SANFLAGS) -pie -o $@ $^ $(PKG_LIBS) -lcmocka

bpf-tests: $(BPFTESTBIN) $(O)/san/relaytap
	@sh tests/bpf/run.sh $(BPFTESTBIN)
	@sh tests/bpf/watch.sh $(O)/san/relaytap

# On other kernels, each in a machine that QEMU makes; see tests/bpf/kernels.sh.
check-kernels: $(KERNELTEST) $(O)/relaytap
	@sh tests/bpf/kernels.sh $(O)/relaytap $(KERNELTEST) -- $(KERNELS)

# --- what must outlive the process -----------------------------------------------------

$(O)/store/%: $(O)/san/tests/store/%.o $(O)/san/libsensor.a $(O)/san/libdissect.a
	@mkdir -p $(@D)
	@$(CC) $(SANFLAGS) -pie -o $@ $^ $(PKG_LIBS) -lcmocka

.PHONY: store-tests
store-tests: $(O)/store/test_kill $(O)/store/fill $(O)/san/relaytap $(O)/relaytap
	@sh tests/unit/run.sh $(O)/store/test_kill
	@sh tests/store/commands.sh $(O)/san/relaytap $(O)/store/fill
	@python3 tests/store/many_check.py $(O)/relaytap

# --- real collectors of syslog --------------------------------------------------------

$(O)/siem/send: $(O)/san/tests/siem/send.o $(O)/san/libsensor.a $(O)/san/libdissect.a
	@mkdir -p $(@D)
	@$(CC) $(SANFLAGS) -pie -o $@ $^ $(PKG_LIBS)

siem-receivers: $(O)/siem/send $(O)/relaytap
	@sh tests/siem/demo.sh $(O)/relaytap >$(O)/siem-demo.txt || \
		{ cat $(O)/siem-demo.txt; exit 1; }
	@sh tests/siem/receivers.sh $(O)

# Shows an alert as rsyslog takes it in, over TLS and over RELP, field by field.
siem-demo: setup
	@$(MAKE) --no-print-directory $(O)/relaytap
	@sh tests/siem/demo.sh $(O)/relaytap

# --- the living sensor, end to end: needs root, or says that it skips ------------------

.PHONY: e2e
e2e: $(O)/relaytap
	@sh tests/live/live.sh $(O)/relaytap

## make live-lab   watch real mail servers, and compare with their capture (root; LAB="exim-*")
.PHONY: live-lab lab-images
LAB ?=
live-lab: $(O)/relaytap
	@python3 tests/live/live_lab.py $(O)/relaytap $(LAB)

# Made beside the other tests, since it waits for the mirror; live-lab says what is amiss.
lab-images:
	@[ "$$(id -u)" != 0 ] || tests/lab/run --build >/dev/null 2>&1 || :

.PHONY: live-latency
live-latency: $(O)/relaytap
	@python3 tests/live/live_latency.py $(O)/relaytap

# --- fuzzing -------------------------------------------------------------------------

REPLAYBIN := $(patsubst tests/fuzz/%.c,$(O)/replay/%,$(FUZZ))
FUZZBIN   := $(patsubst tests/fuzz/%.c,$(O)/fuzz/%,$(FUZZ))

$(O)/replay/%: $(O)/san/tests/fuzz/%.o $(O)/san/tests/fuzz/replay.o \
               $(O)/san/libsensor.a $(O)/san/libdissect.a
	@mkdir -p $(@D)
	@$(CC) $(SANFLAGS) -pie -o $@ $^ $(PKG_LIBS)

fuzz-replay: $(REPLAYBIN)
	@sh tests/fuzz/replay.sh $(O)/replay

$(O)/fuzz/%: tests/fuzz/%.c $(DISSECT) $(LIBSRC) $(SKEL)
	@mkdir -p $(@D)
	clang -std=c11 -D_GNU_SOURCE -I. -g -O1 $(PKG_CFLAGS) \
		-DRELAYTAP_VERSION='"$(VERSION)"' \
		-fsanitize=fuzzer,address,undefined -o $@ $(filter %.c,$^) $(PKG_LIBS)

fuzz: $(FUZZBIN)
	@sh tests/fuzz/run.sh $(O)/fuzz

# --- rules, goldens, bench -----------------------------------------------------------

check-rules: $(O)/pure/libdissect.a
	@sh tests/check/layers.sh
	@sh tests/check/purity.sh $(O)/pure/libdissect.a
	@sh tests/check/doors.sh
	@sh tests/check/size.sh
	@sh tests/check/selftest.sh

CLANGSYN := $(sort $(patsubst %.c,$(O)/clang/%.ok,$(DISSECT) $(SENSOR) $(UNIT) $(FUZZ) \
              sensor/capture/capture_bpf_none.c))

$(O)/clang/%.ok: %.c
	@mkdir -p $(@D)
	@clang $(BASE) -MF $(O)/clang/$*.d -MT $@ -O2 $(PKG_CFLAGS) -fsyntax-only $<
	@touch $@

check-clang: $(CLANGSYN)

# What operators install: all there, and agreeing with the program.
.PHONY: ops-check
ops-check: $(O)/relaytap $(O)/siem/emit
	@sh tests/ops/check.sh $(O)

# Reports of all captures, and of records that try to become markup.
.PHONY: report-check
report-check: $(O)/san/relaytap
	@sh tests/report/check.sh $(O)/san/relaytap

golden: $(O)/san/relaytap
	@sh tests/golden/run.sh $(O)/san/relaytap

# Captures of real servers, and public ones where RELAYTAP_CAPTURES or a folder "captures"
# beside this repository has them.
truth: $(O)/san/relaytap $(O)/relaytap
	@python3 tests/truth/transactions.py $(O)/san/relaytap
	@python3 tests/truth/score.py --quick $(O)/relaytap
	@python3 tests/truth/public.py --quick $(O)/san/relaytap

# Every format of alerts against readers made from the standards.
$(O)/siem/emit: $(O)/san/tests/siem/emit.o $(O)/san/libsensor.a $(O)/san/libdissect.a
	@mkdir -p $(@D)
	@$(CC) $(SANFLAGS) -pie -o $@ $^ $(PKG_LIBS)

siem-formats: $(O)/siem/emit
	@sh tests/siem/formats.sh $(O)/siem/emit $(O)

# Raises real mail servers in name spaces of their own and records them; needs root.
lab:
	@tests/lab/run --out $(O)/lab

score: $(O)/relaytap
	@python3 tests/truth/score.py $(O)/relaytap

golden-update: $(O)/relaytap
	@sh tests/golden/run.sh --update $(O)/relaytap

BENCHBIN := $(patsubst tests/bench/%.c,$(O)/bench/%,$(BENCH)) \
            $(addprefix $(O)/bench/,make_capture bare_loop cost)
MAKERS   := $(addprefix tests/bench/,wire.c talk.c script.c script_mail.c script_other.c)

$(O)/bench/make_capture: $(call obj,rel,$(MAKERS))

$(O)/bench/%: $(O)/rel/tests/bench/%.o $(O)/rel/libsensor.a $(O)/rel/libdissect.a
	@mkdir -p $(@D)
	@$(CC) $(LDHARD) -o $@ $^ $(PKG_LIBS)

bench: $(O)/relaytap $(BENCHBIN)
	@sh tests/bench/run.sh $(O)

bench-live: $(BENCHBIN) $(O)/bpf/test_live_body
	@sh tests/bench/live.sh $(O)

# What collectors, Prometheus and Grafana are given, and the schemas of all output.
SHARED := $(wildcard sensor/relaytap.*.json sensor/relaytap.*.ndjson sensor/relaytap.*.yml)

install: $(O)/relaytap
	install -D -m 755 $(O)/relaytap $(DESTDIR)$(BINDIR)/relaytap
	install -D -m 644 sensor/relaytap.8 $(DESTDIR)$(MANDIR)/man8/relaytap.8
	install -D -m 644 sensor/relaytap.conf.5 $(DESTDIR)$(MANDIR)/man5/relaytap.conf.5
	install -D -m 644 sensor/relaytap-events.7 $(DESTDIR)$(MANDIR)/man7/relaytap-events.7
	install -d $(DESTDIR)$(MANDIR)/man7
	sed 's#@DATADIR@#$(DATADIR)#' sensor/relaytap-formats.7 \
		>$(DESTDIR)$(MANDIR)/man7/relaytap-formats.7
	chmod 644 $(DESTDIR)$(MANDIR)/man7/relaytap-formats.7
	[ -e $(DESTDIR)$(SYSCONFDIR)/relaytap/relaytap.conf ] || install -D -m 644 \
		sensor/relaytap.conf $(DESTDIR)$(SYSCONFDIR)/relaytap/relaytap.conf
	install -d $(DESTDIR)$(DATADIR) $(DESTDIR)$(UNITDIR)
	install -m 644 $(SHARED) $(DESTDIR)$(DATADIR)
	sed 's#@BINDIR@#$(BINDIR)#; s#@SYSCONFDIR@#$(SYSCONFDIR)#' sensor/relaytap.service \
		>$(DESTDIR)$(UNITDIR)/relaytap.service
	chmod 644 $(DESTDIR)$(UNITDIR)/relaytap.service
	install -D -m 644 sensor/relaytap.sysusers \
		$(DESTDIR)$(PREFIX)/lib/sysusers.d/relaytap.conf
	install -D -m 644 sensor/relaytap.logrotate $(DESTDIR)$(SYSCONFDIR)/logrotate.d/relaytap
	install -D -m 644 sensor/relaytap.bash-completion $(DESTDIR)$(COMPDIR)/relaytap

clean:
	rm -rf $(O)

-include $(shell find $(O) -name '*.d' -type f -not -path '*/syslog-ng/*' 2>/dev/null)
