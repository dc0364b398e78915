// SPDX-License-Identifier: GPL-2.0
/*
 * Runs one input of the fuzzer, a file, without libFuzzer: for machines that
 * have no clang.
 *
 * Copyright (C) 2026 Carve developers
 */
#define REPLAY_MAX_LEN		1024

int LLVMFuzzerTestOneInput(const u8 *input, size_t size);

int main(int argc, char **argv)
{
	u8 input[REPLAY_MAX_LEN];
	size_t len;
	FILE *file;

	fuzz_assert(argc == 2, "usage: %s INPUT", argv[0]);
	file = fopen(argv[1], "rb");
	fuzz_assert(file, "can't open %s", argv[1]);
	len = fread(input, 1, sizeof(input), file);
	fclose(file);

	return LLVMFuzzerTestOneInput(input, len);
}
