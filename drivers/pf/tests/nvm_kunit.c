// SPDX-License-Identifier: GPL-2.0
/*
 * EEPROM checksum. Included by nvm.c.
 *
 * Copyright (C) 2026 Carve developers
 */

#include <kunit/test.h>

static void nvm_fill(u16 *words)
{
	u16 sum = 0;
	int i;

	for (i = 0; i < CARVE_NVM_CHECKSUM_WORDS - 1; i++) {
		words[i] = 0x1234 * (i + 1);
		sum += words[i];
	}
	words[i] = CARVE_NVM_CHECKSUM - sum;
}

static void nvm_accepts_right_checksum(struct kunit *test)
{
	u16 words[CARVE_NVM_CHECKSUM_WORDS];

	nvm_fill(words);
	KUNIT_EXPECT_TRUE(test, nvm_checksum_is_right(words));
}

static void nvm_rejects_a_flipped_bit_anywhere(struct kunit *test)
{
	u16 words[CARVE_NVM_CHECKSUM_WORDS];
	int i;

	for (i = 0; i < CARVE_NVM_CHECKSUM_WORDS; i++) {
		nvm_fill(words);
		words[i] ^= BIT(i % 16);
		KUNIT_EXPECT_FALSE_MSG(test, nvm_checksum_is_right(words),
				       "word %d", i);
	}
}

static void nvm_rejects_an_empty_eeprom(struct kunit *test)
{
	u16 words[CARVE_NVM_CHECKSUM_WORDS];

	memset(words, 0xff, sizeof(words));
	KUNIT_EXPECT_FALSE(test, nvm_checksum_is_right(words));
	memset(words, 0, sizeof(words));
	KUNIT_EXPECT_FALSE(test, nvm_checksum_is_right(words));
}

static struct kunit_case nvm_cases[] = {
	KUNIT_CASE(nvm_accepts_right_checksum),
	KUNIT_CASE(nvm_rejects_a_flipped_bit_anywhere),
	KUNIT_CASE(nvm_rejects_an_empty_eeprom),
	{}
};

static struct kunit_suite nvm_suite = {
	.name = "carve_pf_nvm",
	.test_cases = nvm_cases,
};

kunit_test_suite(nvm_suite);
