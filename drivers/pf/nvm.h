/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The port's EEPROM, read only.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _CARVE_PF_NVM_H
#define _CARVE_PF_NVM_H

#include <linux/types.h>

struct carve_pf;

/**
 * carve_pf_nvm_words() - size of the EEPROM
 * @pf: the port
 *
 * Return: number of 16-bit words.
 */
unsigned int carve_pf_nvm_words(struct carve_pf *pf);

/**
 * carve_pf_nvm_read() - read words of the EEPROM
 * @pf: the port
 * @first: first word
 * @words: filled
 * @num: how many
 *
 * Sleeps.
 *
 * Return: 0, -ETIMEDOUT or -ENODEV.
 */
int carve_pf_nvm_read(struct carve_pf *pf, unsigned int first, u16 *words,
		      unsigned int num);

/**
 * carve_pf_nvm_verify() - is the EEPROM's checksum right
 * @pf: the port
 *
 * Sleeps.
 *
 * Return: 0, -EBADMSG when it is wrong, -ETIMEDOUT or -ENODEV when the EEPROM
 * can't be read.
 */
int carve_pf_nvm_verify(struct carve_pf *pf);

/**
 * carve_pf_nvm_check() - warn about an EEPROM with a wrong checksum
 * @pf: the port
 */
void carve_pf_nvm_check(struct carve_pf *pf);

/**
 * carve_pf_nvm_init_mac() - find the port's permanent address
 * @pf: the port, just reset
 *
 * Sets pf->perm_addr and the netdev's address: the one that the board's maker has
 * put into the EEPROM beside Intel's; else from RAR 0, which the chip loads from
 * the EEPROM for this port; else from the EEPROM itself; else at random.
 */
void carve_pf_nvm_init_mac(struct carve_pf *pf);

/**
 * carve_pf_nvm_version() - version of the EEPROM image as text
 * @pf: the port
 * @buf: filled, empty when it can't be read
 * @len: its size
 */
void carve_pf_nvm_version(struct carve_pf *pf, char *buf, size_t len);

#endif /* _CARVE_PF_NVM_H */
