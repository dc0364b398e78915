// SPDX-License-Identifier: GPL-2.0
/*
 * EEPROM: MAC address, checksum, version. carve_pf.nvm_lock makes one user of
 * EERD at a time: ethtool comes under rtnl, devlink does not.
 *
 * Copyright (C) 2026 Carve developers
 */

#include <linux/bitfield.h>
#include <linux/etherdevice.h>
#include <linux/unaligned.h>

#include <carve/io.h>

#include "nvm.h"
#include "pf.h"

#define CARVE_NVM_POLL_US		10
#define CARVE_NVM_TIMEOUT_US		10000

/* Words 0x00 to 0x3f add up to this, the last one making it so. */
#define CARVE_NVM_CHECKSUM		0xbaba
#define CARVE_NVM_CHECKSUM_WORDS	0x40

#define CARVE_NVM_WORD_MAC		0x00
#define CARVE_NVM_MAC_WORDS		3
#define CARVE_NVM_WORD_VERSION		0x05
/* Where a maker keeps other addresses than Intel's, port 0's and port 1's. */
#define CARVE_NVM_WORD_ALT_MAC		0x37
#define CARVE_NVM_VERSION_MAJOR		GENMASK(15, 12)
#define CARVE_NVM_VERSION_MINOR		GENMASK(11, 4)

#define CARVE_NVM_MIN_WORDS		64
/* EERD reaches no further. */
#define CARVE_NVM_MAX_SIZE_EXP		14

static bool nvm_checksum_is_right(const u16 *words)
{
	u16 sum = 0;
	int i;

	for (i = 0; i < CARVE_NVM_CHECKSUM_WORDS; i++)
		sum += words[i];

	return sum == CARVE_NVM_CHECKSUM;
}

static int nvm_read_word(struct carve_pf *pf, unsigned int word, u16 *val)
{
	struct carve_nic *nic = &pf->nic;
	int err;

	guard(mutex)(&pf->nvm_lock);

	carve_wr32(nic, CARVE_EERD, FIELD_PREP(CARVE_EERD_ADDR, word) |
				    CARVE_EERD_START);
	err = carve_poll32(nic, CARVE_EERD, CARVE_EERD_DONE, CARVE_EERD_DONE,
			   CARVE_NVM_POLL_US, CARVE_NVM_TIMEOUT_US);
	if (err)
		return err;

	*val = FIELD_GET(CARVE_EERD_DATA, carve_rd32(nic, CARVE_EERD));

	return 0;
}

unsigned int carve_pf_nvm_words(struct carve_pf *pf)
{
	u32 eecd = carve_rd32(&pf->nic, CARVE_EECD);
	unsigned int exp;

	exp = FIELD_GET(CARVE_EECD_SIZE, eecd) + ilog2(CARVE_NVM_MIN_WORDS);

	return 1U << min(exp, CARVE_NVM_MAX_SIZE_EXP);
}

int carve_pf_nvm_read(struct carve_pf *pf, unsigned int first, u16 *words,
		      unsigned int num)
{
	unsigned int i;
	int err;

	for (i = 0; i < num; i++) {
		err = nvm_read_word(pf, first + i, &words[i]);
		if (err)
			return err;
	}

	return 0;
}

int carve_pf_nvm_verify(struct carve_pf *pf)
{
	u16 words[CARVE_NVM_CHECKSUM_WORDS];
	int err;

	err = carve_pf_nvm_read(pf, 0, words, ARRAY_SIZE(words));
	if (err)
		return err;

	return nvm_checksum_is_right(words) ? 0 : -EBADMSG;
}

void carve_pf_nvm_check(struct carve_pf *pf)
{
	int err = carve_pf_nvm_verify(pf);

	if (err == -EBADMSG)
		pci_warn(pf->nic.pdev, "EEPROM checksum is wrong\n");
	else if (err)
		pci_warn(pf->nic.pdev, "EEPROM can't be read: %pe\n",
			 ERR_PTR(err));
}

static void nvm_mac_from_rar(struct carve_pf *pf, u8 *addr)
{
	put_unaligned_le32(carve_rd32(&pf->nic, CARVE_RAL(0)), addr);
	put_unaligned_le16(FIELD_GET(CARVE_RAH_ADDR,
				     carve_rd32(&pf->nic, CARVE_RAH(0))),
			   addr + 4);
}

static int nvm_read_mac(struct carve_pf *pf, unsigned int first, u8 *addr)
{
	u16 words[CARVE_NVM_MAC_WORDS];
	int err, i;

	err = carve_pf_nvm_read(pf, first, words, ARRAY_SIZE(words));
	if (err)
		return err;

	for (i = 0; i < CARVE_NVM_MAC_WORDS; i++)
		put_unaligned_le16(words[i], addr + 2 * i);

	return 0;
}

static bool nvm_mac_of_maker(struct carve_pf *pf, u8 *addr)
{
	u16 place;

	if (carve_pf_nvm_read(pf, CARVE_NVM_WORD_ALT_MAC, &place, 1) ||
	    !place || place == U16_MAX)
		return false;

	return !nvm_read_mac(pf, place + pf->lan * CARVE_NVM_MAC_WORDS, addr) &&
	       is_valid_ether_addr(addr);
}

static int nvm_mac_from_eeprom(struct carve_pf *pf, u8 *addr)
{
	int err;

	err = nvm_read_mac(pf, CARVE_NVM_WORD_MAC, addr);
	if (err)
		return err;

	/* The words are port 0's; the chip derives port 1's the same way. */
	addr[ETH_ALEN - 1] ^= pf->lan;

	return 0;
}

void carve_pf_nvm_init_mac(struct carve_pf *pf)
{
	struct net_device *netdev = pf->nic.netdev;
	u8 addr[ETH_ALEN];
	int err = 0;

	if (!nvm_mac_of_maker(pf, addr))
		nvm_mac_from_rar(pf, addr);
	if (!is_valid_ether_addr(addr))
		err = nvm_mac_from_eeprom(pf, addr);

	if (!err && is_valid_ether_addr(addr)) {
		eth_hw_addr_set(netdev, addr);
	} else {
		eth_hw_addr_random(netdev);
		pci_warn(pf->nic.pdev,
			 "no MAC address in the EEPROM, using %pM\n",
			 netdev->dev_addr);
	}

	ether_addr_copy(pf->perm_addr, netdev->dev_addr);
}

void carve_pf_nvm_version(struct carve_pf *pf, char *buf, size_t len)
{
	u16 version;

	buf[0] = '\0';
	if (carve_pf_nvm_read(pf, CARVE_NVM_WORD_VERSION, &version, 1))
		return;

	scnprintf(buf, len, "%lx.%02lx",
		  FIELD_GET(CARVE_NVM_VERSION_MAJOR, (unsigned long)version),
		  FIELD_GET(CARVE_NVM_VERSION_MINOR, (unsigned long)version));
}

#if IS_ENABLED(CONFIG_CARVE_KUNIT_TEST)
#include "tests/nvm_kunit.c"
#endif
