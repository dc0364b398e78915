# SPDX-License-Identifier: GPL-2.0
#
# Builds the Carve modules out of tree and runs their tests. Inside a kernel
# tree only Kbuild and Kconfig are read.

KDIR ?= /lib/modules/$(shell uname -r)/build
KUNIT ?=

kbuild = $(MAKE) -C $(KDIR) M=$(CURDIR) CONFIG_CARVE_CORE=m CONFIG_CARVE_PF=m \
	CONFIG_CARVE_VF=m $(if $(filter 1 y,$(KUNIT)),CONFIG_CARVE_KUNIT_TEST=y)

testing = tools/testing

modules:
	$(kbuild) modules

install: modules
	$(kbuild) modules_install
	depmod -a $(if $(INSTALL_MOD_PATH),-b $(INSTALL_MOD_PATH)) \
		$$($(MAKE) -s --no-print-directory -C $(KDIR) kernelrelease)

clean:
	$(kbuild) clean
	rm -rf build

prepare:
	$(testing)/prepare.sh

check: prepare
	$(testing)/check --kernel "$(KERNEL)" --test "$(TEST)"

check-quick: prepare
	$(testing)/check --quick --kernel "$(KERNEL)" --test "$(TEST)"

selftests:
	$(testing)/prepare.sh without-kernel
	$(testing)/ksft.sh
	$(testing)/ksft --kernel "$(KERNEL)" --driver "$(DRIVER)" --test "$(TEST)"

# One input with TIME=file.
fuzz:
	$(testing)/fuzz/run.sh $(TIME)

bench:
	$(testing)/prepare.sh without-kernel
	$(testing)/bench --kernel "$(KERNEL)" --row "$(ROW)" --stack "$(STACK)"

style: prepare
	tools/style.sh

demo demo-kvm:
	$(testing)/prepare.sh without-kernel
	INTERACTIVE="$(INTERACTIVE)" $(testing)/demo.sh $@

help:
	@echo 'make                 build carve_core.ko, carve_pf.ko and carve_vf.ko'
	@echo 'make install         install them and run depmod (INSTALL_MOD_PATH=dir for a staging tree)'
	@echo 'make clean           remove what was built'
	@echo 'make demo            show the job in a virtual machine (INTERACTIVE=1 ends in its shell)'
	@echo 'make demo-kvm        show a VF in a KVM guest, inside that virtual machine'
	@echo 'make check           all tests, on the debug kernel, 6.12 and 7.3'
	@echo 'make check-quick     KUnit and a short subset, between edits'
	@echo 'make selftests       the kernel'"'"'s own tests for network drivers, on the PF and a VF'
	@echo 'make fuzz            the mailbox under a fuzzer, for TIME=60 seconds'
	@echo 'make bench           measure igb/igbvf and Carve beside each other'
	@echo 'make style           checkpatch, warnings, sparse, layering, graft'
	@echo 'make prepare         only set up what the tests need'
	@echo
	@echo 'KDIR=dir             kernel headers to build against ($(KDIR))'
	@echo 'KUNIT=1              build the KUnit suites into the modules'
	@echo 'KERNEL=name          check: host (no machine), debug, 6.12 or 7.3 only; selftests, bench: 6.12 or 7.3'
	@echo 'TEST=pattern         check: suite or suite.test, with wildcards'
	@echo 'DRIVER=name          selftests: pf or vf only'
	@echo 'ROW=pattern          bench: only these rows'
	@echo 'STACK=name           bench: measure only stock or carve, the other from its last run'
	@echo 'CARVE_CACHE=dir      where the guest root and the debug kernel are kept'

.PHONY: modules install clean prepare check check-quick selftests bench fuzz style demo demo-kvm help
