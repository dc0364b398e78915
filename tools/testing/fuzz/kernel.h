/* SPDX-License-Identifier: GPL-2.0 */
/*
 * As much of the kernel as the PF's mailbox side needs, in user space. Included
 * before every file; <linux/...> that the system lacks are empty files. Locks
 * only know whether they are held; time passes when the fuzzer says so.
 *
 * Copyright (C) 2026 Carve developers
 */
#ifndef _FUZZ_KERNEL_H
#define _FUZZ_KERNEL_H

#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_link.h>
#include <linux/if_vlan.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef unsigned long long u64;	/* %llu prints it, as in the kernel */
typedef u64 netdev_features_t;

#define U32_MAX			UINT32_MAX
#define __iomem
#define __force
#undef __counted_by
#define __counted_by(n)
#define __packed		__attribute__((packed))
#define fallthrough		__attribute__((fallthrough))
#define likely(x)		(x)
#define unlikely(x)		(x)
#undef static_assert
#define static_assert(expr, ...) _Static_assert(expr, #expr)
#define READ_ONCE(x)		(*(volatile __typeof__(x) *)&(x))
#define xchg(ptr, val)							\
	({								\
		__typeof__(*(ptr)) _old = *(ptr);			\
									\
		*(ptr) = (val);						\
		_old;							\
	})
#define WRITE_ONCE(x, val)	(*(volatile __typeof__(x) *)&(x) = (val))
#define ARRAY_SIZE(a)		(sizeof(a) / sizeof((a)[0]))
#define IS_ENABLED(option)	0

#define container_of(ptr, type, member) \
	((type *)((char *)(ptr) - offsetof(type, member)))

/* A promise of the driver was broken: the fuzzer has found something. */
#define fuzz_bug(fmt, ...)						\
	do {								\
		fprintf(stderr, "%s:%d: " fmt "\n", __FILE__, __LINE__,	\
			##__VA_ARGS__);					\
		abort();						\
	} while (0)
#define fuzz_assert(cond, fmt, ...)					\
	do {								\
		if (!(cond))						\
			fuzz_bug(fmt, ##__VA_ARGS__);			\
	} while (0)

/* Numbers */
#define min(a, b)		((a) < (b) ? (a) : (b))
#define max(a, b)		((a) > (b) ? (a) : (b))
#define min_t(type, a, b)	min((type)(a), (type)(b))
#define max_t(type, a, b)	max((type)(a), (type)(b))
#define clamp(val, low, high)	min(max(val, low), high)
#define DIV_ROUND_UP(n, d)	(((n) + (d) - 1) / (d))
#define div_u64(n, d)		((u64)(n) / (d))

/* Bits */
#define BITS_PER_LONG		64
#define BIT(n)			(1UL << (n))
#define GENMASK(h, l)		(((~0UL) << (l)) & (~0UL >> (63 - (h))))
#define FUZZ_SHIFT(mask)	(__builtin_ctzll(mask))
#define FIELD_MAX(mask)		((mask) >> FUZZ_SHIFT(mask))
#define FIELD_PREP(mask, val)	(((u64)(val) << FUZZ_SHIFT(mask)) & (mask))
#define FIELD_PREP_CONST(mask, val) FIELD_PREP(mask, val)
#define FIELD_GET(mask, reg)	(((reg) & (mask)) >> FUZZ_SHIFT(mask))
#define hweight32(val)		((unsigned int)__builtin_popcount(val))
#define __ffs(val)		((unsigned long)__builtin_ctzl(val))

#define BITS_TO_LONGS(n)	DIV_ROUND_UP(n, BITS_PER_LONG)
#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]

static inline bool test_bit(unsigned int n, const unsigned long *map)
{
	return map[n / BITS_PER_LONG] >> n % BITS_PER_LONG & 1;
}

static inline void __set_bit(unsigned int n, unsigned long *map)
{
	map[n / BITS_PER_LONG] |= BIT(n % BITS_PER_LONG);
}

static inline void __clear_bit(unsigned int n, unsigned long *map)
{
	map[n / BITS_PER_LONG] &= ~BIT(n % BITS_PER_LONG);
}

static inline void __assign_bit(unsigned int n, unsigned long *map, bool on)
{
	if (on)
		__set_bit(n, map);
	else
		__clear_bit(n, map);
}

static inline bool test_and_clear_bit(unsigned int n, unsigned long *map)
{
	bool old = test_bit(n, map);

	__clear_bit(n, map);
	return old;
}

#define set_bit			__set_bit
#define clear_bit		__clear_bit

static inline unsigned int find_next_bit(const unsigned long *map,
					 unsigned int size, unsigned int n)
{
	while (n < size && !test_bit(n, map))
		n = map[n / BITS_PER_LONG] >> n % BITS_PER_LONG ? n + 1 :
		    (n / BITS_PER_LONG + 1) * BITS_PER_LONG;
	return min(n, size);
}

#define for_each_set_bit(bit, map, size)				\
	for ((bit) = find_next_bit(map, size, 0); (bit) < (size);	\
	     (bit) = find_next_bit(map, size, (bit) + 1))

/* Addresses and VLANs */
#define VLAN_HLEN		4
#define VLAN_ETH_FRAME_LEN	1518
#define VLAN_N_VID		4096
#define VLAN_PRIO_MASK		0xe000
#define VLAN_VID_MASK		0x0fff

static inline void ether_addr_copy(u8 *dst, const u8 *src)
{
	memmove(dst, src, ETH_ALEN);
}

static inline void eth_zero_addr(u8 *addr)
{
	memset(addr, 0, ETH_ALEN);
}

static inline bool ether_addr_equal(const u8 *a, const u8 *b)
{
	return !memcmp(a, b, ETH_ALEN);
}

static inline bool is_zero_ether_addr(const u8 *addr)
{
	static const u8 zero[ETH_ALEN];

	return ether_addr_equal(addr, zero);
}

static inline bool is_multicast_ether_addr(const u8 *addr)
{
	return addr[0] & 1;
}

static inline bool is_valid_ether_addr(const u8 *addr)
{
	return !is_multicast_ether_addr(addr) && !is_zero_ether_addr(addr);
}

/* Time */
#define HZ			250
#define MSEC_PER_SEC		1000U
#define NSEC_PER_MSEC		1000000ULL
#define NSEC_PER_SEC		1000000000ULL
#define MAX_JIFFY_OFFSET	((~0UL >> 1) - 1)
#define time_before(a, b)	((long)((a) - (b)) < 0)
#define time_after(a, b)	time_before(b, a)
#define time_before_eq(a, b)	(!time_after(a, b))
#define time_after_eq(a, b)	(!time_before(a, b))

extern unsigned long jiffies;

typedef int64_t time64_t;

static inline time64_t ktime_get_real_seconds(void)
{
	return jiffies / HZ;
}

static inline unsigned long secs_to_jiffies(unsigned int s)
{
	return (unsigned long)s * HZ;
}

static inline unsigned long msecs_to_jiffies(unsigned int ms)
{
	return DIV_ROUND_UP((unsigned long)ms * HZ, 1000);
}

static inline u64 ktime_get_ns(void)
{
	return jiffies * (NSEC_PER_SEC / HZ);
}

/* Locks */
struct mutex {
	bool held;
};

typedef struct mutex spinlock_t;

#define lockdep_is_held(l)	((l)->held)
#define lockdep_assert_held(l)	fuzz_assert((l)->held, "lock not held")

static inline void mutex_init(struct mutex *lock)
{
	lock->held = false;
}

static inline void mutex_lock(struct mutex *lock)
{
	fuzz_assert(!lock->held, "deadlock");
	lock->held = true;
}

static inline void mutex_unlock(struct mutex *lock)
{
	fuzz_assert(lock->held, "unlocked twice");
	lock->held = false;
}

#define spin_lock_init		mutex_init
#define spin_lock		mutex_lock
#define spin_unlock		mutex_unlock
#define spin_lock_bh		mutex_lock
#define spin_unlock_bh		mutex_unlock
#define spin_lock_irqsave(l, f)	((f) = 0, mutex_lock(l))
#define spin_unlock_irqrestore(l, f) ((void)(f), mutex_unlock(l))

/* Work: run by fuzz_run_work() when it is due */
struct workqueue_struct;

#define FUZZ_MAX_WORK		8

struct delayed_work;
extern struct delayed_work *fuzz_work[FUZZ_MAX_WORK];
extern unsigned int fuzz_num_work;

struct work_struct {
	void (*func)(struct work_struct *work);
};

struct delayed_work {
	struct work_struct work;
	bool pending;
	unsigned long due;
};

static inline void fuzz_init_work(struct delayed_work *work,
				  void (*func)(struct work_struct *work))
{
	fuzz_assert(fuzz_num_work < FUZZ_MAX_WORK, "FUZZ_MAX_WORK");
	work->work.func = func;
	work->pending = false;
	fuzz_work[fuzz_num_work++] = work;
}

#define INIT_DELAYED_WORK	fuzz_init_work

static inline struct delayed_work *to_delayed_work(struct work_struct *work)
{
	return container_of(work, struct delayed_work, work);
}

static inline bool queue_delayed_work(struct workqueue_struct *wq,
				      struct delayed_work *work,
				      unsigned long delay)
{
	if (work->pending)
		return false;
	work->pending = true;
	work->due = jiffies + delay;
	return true;
}

static inline bool mod_delayed_work(struct workqueue_struct *wq,
				    struct delayed_work *work,
				    unsigned long delay)
{
	bool pending = work->pending;

	work->pending = true;
	work->due = jiffies + delay;
	return pending;
}

static inline bool cancel_delayed_work_sync(struct delayed_work *work)
{
	bool pending = work->pending;

	work->pending = false;
	return pending;
}

#define system_freezable_wq	NULL
#define system_long_wq		NULL
#define schedule_delayed_work(work, delay) queue_delayed_work(NULL, work, delay)
#define alloc_ordered_workqueue(...) ((struct workqueue_struct *)1)
#define destroy_workqueue(wq)	((void)(wq))

/* Devices: only pointed to */
struct kernel_ethtool_ts_info;
struct netlink_ext_ack;
struct pci_dev;
struct phylink;
struct ptp_clock;
struct sk_buff;

typedef int64_t ktime_t;

struct cyclecounter {
	int unused;
};

struct ethtool_ts_stats {
	int unused;
};

struct kernel_hwtstamp_config {
	int unused;
};

struct ptp_clock_info {
	int unused;
};

struct timecounter {
	int unused;
};

struct xdp_rxq_info {
	int type;
};

struct phylink_config {
	int type;
};

struct phylink_pcs {
	int type;
};

struct devlink;
struct devlink_port {
	unsigned int index;
};

struct u64_stats_sync {
	int seq;
};

struct net_device {
	unsigned long state;	/* aligns what follows */
};

#define netdev_priv(dev)	((void *)((dev) + 1))
#define pci_name(pdev)		"0000:00:00.0"

/* Tracepoints: nobody looks */
#define TRACE_DEFINE_ENUM(value) _Static_assert(1, #value)
#define TP_PROTO(...)		__VA_ARGS__
#define TRACE_EVENT(name, proto, ...) \
	static inline void trace_##name(proto) { }
#define DECLARE_EVENT_CLASS(...)
#define DEFINE_EVENT(class, name, proto, ...) \
	static inline void trace_##name(proto) { }

/* The log */
void __attribute__((format(printf, 1, 2))) fuzz_log(const char *fmt, ...);

#define pci_err(pdev, ...)	fuzz_log(__VA_ARGS__)
#define pci_warn(pdev, ...)	fuzz_log(__VA_ARGS__)
#define pci_info(pdev, ...)	fuzz_log(__VA_ARGS__)

#endif /* _FUZZ_KERNEL_H */
