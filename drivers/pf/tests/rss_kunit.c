// SPDX-License-Identifier: GPL-2.0
/*
 * Redirection table and hash. Included by rss.c.
 *
 * Copyright (C) 2026 Carve developers
 */

#include <kunit/test.h>

static const u8 rss_test_queues[CARVE_MAX_CHANNELS] = {
	7, 0, 1, 2, 3, 4, 5, 6,
};

static void rss_even_table_uses_each_channel_equally(struct kunit *test)
{
	u8 indir[CARVE_RSS_INDIR_ENTRIES];
	int n, i, ch, count;

	for (n = 1; n <= CARVE_MAX_CHANNELS; n++) {
		rss_fill_even(indir, n);
		for (ch = 0; ch < n; ch++) {
			count = 0;
			for (i = 0; i < CARVE_RSS_INDIR_ENTRIES; i++)
				count += indir[i] == ch;
			KUNIT_EXPECT_GE(test, count,
					CARVE_RSS_INDIR_ENTRIES / n);
			KUNIT_EXPECT_LE(test, count,
					CARVE_RSS_INDIR_ENTRIES / n + 1);
		}
	}
}

static void rss_table_names_hardware_queues_not_channels(struct kunit *test)
{
	u8 indir[CARVE_RSS_INDIR_ENTRIES], reta[CARVE_RSS_INDIR_ENTRIES];

	rss_fill_even(indir, CARVE_MAX_CHANNELS);
	rss_fill_reta(reta, indir, rss_test_queues, CARVE_MAX_CHANNELS);
	KUNIT_EXPECT_MEMEQ(test, reta, rss_test_queues,
			   sizeof(rss_test_queues));
}

static void rss_table_never_names_a_channel_that_is_down(struct kunit *test)
{
	u8 indir[CARVE_RSS_INDIR_ENTRIES], reta[CARVE_RSS_INDIR_ENTRIES];
	int i;

	rss_fill_even(indir, CARVE_MAX_CHANNELS);
	rss_fill_reta(reta, indir, rss_test_queues, 2);
	for (i = 0; i < CARVE_RSS_INDIR_ENTRIES; i++)
		KUNIT_EXPECT_TRUE(test, reta[i] == rss_test_queues[0] ||
				  reta[i] == rss_test_queues[1]);
}

static void rss_one_channel_gets_all(struct kunit *test)
{
	u8 indir[CARVE_RSS_INDIR_ENTRIES], reta[CARVE_RSS_INDIR_ENTRIES];
	int i;

	rss_fill_even(indir, 4);
	rss_fill_reta(reta, indir, rss_test_queues, 1);
	for (i = 0; i < CARVE_RSS_INDIR_ENTRIES; i++)
		KUNIT_EXPECT_EQ(test, reta[i], CARVE_PF_POOL);
}

static void rss_ports_count_where_they_are_wanted(struct kunit *test)
{
	const u32 tcp = CARVE_MRQC_TCPV4 | CARVE_MRQC_TCPV6 |
			CARVE_MRQC_TCPV6_EX;
	const u32 udp = CARVE_MRQC_UDPV4 | CARVE_MRQC_UDPV6 |
			CARVE_MRQC_UDPV6_EX;
	const u32 addrs = CARVE_MRQC_IPV4 | CARVE_MRQC_IPV6;
	struct carve_pf *pf;
	u32 mode;

	pf = kunit_kzalloc(test, sizeof(*pf), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, pf);
	pf->nic.config.num_channels = 1;
	carve_pf_rss_init(pf);
	mode = FIELD_PREP(CARVE_MRQC_MODE, CARVE_MRQC_MODE_VMDQ);

	KUNIT_EXPECT_EQ(test, rss_mrqc(pf), mode | addrs | tcp);
	pf->rss.tcp4 = false;
	KUNIT_EXPECT_EQ(test, rss_mrqc(pf),
			mode | addrs | (tcp & ~CARVE_MRQC_TCPV4));
	pf->rss.tcp6 = false;
	KUNIT_EXPECT_EQ(test, rss_mrqc(pf), mode | addrs);
	pf->rss.udp4 = true;
	pf->rss.udp6 = true;
	KUNIT_EXPECT_EQ(test, rss_mrqc(pf), mode | addrs | udp);
}

static struct kunit_case rss_cases[] = {
	KUNIT_CASE(rss_even_table_uses_each_channel_equally),
	KUNIT_CASE(rss_table_names_hardware_queues_not_channels),
	KUNIT_CASE(rss_table_never_names_a_channel_that_is_down),
	KUNIT_CASE(rss_one_channel_gets_all),
	KUNIT_CASE(rss_ports_count_where_they_are_wanted),
	{}
};

static struct kunit_suite rss_suite = {
	.name = "carve_pf_rss",
	.test_cases = rss_cases,
};

kunit_test_suite(rss_suite);
