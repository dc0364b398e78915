// SPDX-License-Identifier: GPL-2.0
/*
 * Reset and bring-up of the chip. The chip is set up once at probe and stays
 * so until remove; a reset in between puts everything back from the soft state.
 * Under rtnl, called by the reset work, ethtool, and main.c for PCI and power
 * events.
 *
 * Copyright (C) 2026 Carve developers
 */

#include <linux/bitfield.h>
#include <linux/delay.h>
#include <linux/if_ether.h>
#include <linux/pci.h>
#include <linux/rtnetlink.h>

#include <carve/channels.h>
#include <carve/io.h>

#include "control.h"
#include "filter_mac.h"
#include "filter_vlan.h"
#include "irq.h"
#include "link.h"
#include "pf.h"
#include "pool.h"
#include "ptp.h"
#include "reset.h"
#include "rss.h"
#include "rx_mode.h"
#include "stats.h"
#include "trace.h"

#define CARVE_MASTER_POLL_US		100
#define CARVE_MASTER_TIMEOUT_US		80000
#define CARVE_AUTO_RD_POLL_US		1000
#define CARVE_AUTO_RD_TIMEOUT_US	10000

#define CARVE_TCTL_COLLISION_THRESHOLD	15

static const char * const reset_reasons[CARVE_PF_RESET_NUM_REASONS] = {
	[CARVE_PF_RESET_TX_TIMEOUT]	= "a transmit timeout",
	[CARVE_PF_RESET_USER]		= "a user's request",
	[CARVE_PF_RESET_PCI_ERROR]	= "a PCI error",
	[CARVE_PF_RESET_PCI_FUNCTION]	= "a PCI function reset",
	[CARVE_PF_RESET_RESUME]		= "resume",
	[CARVE_PF_RESET_HW]		= "a fatal hardware error",
	[CARVE_PF_RESET_SELFTEST]	= "a self test",
};

static const char * const reset_keys[CARVE_PF_RESET_NUM_REASONS] = {
	[CARVE_PF_RESET_TX_TIMEOUT]	= "tx_timeout",
	[CARVE_PF_RESET_USER]		= "user",
	[CARVE_PF_RESET_PCI_ERROR]	= "pci_error",
	[CARVE_PF_RESET_PCI_FUNCTION]	= "pci_function",
	[CARVE_PF_RESET_RESUME]		= "resume",
	[CARVE_PF_RESET_HW]		= "hw_error",
	[CARVE_PF_RESET_SELFTEST]	= "selftest",
};

const char *carve_pf_reset_reason_name(enum carve_pf_reset_reason reason)
{
	return reset_keys[reason];
}

/* ---- the chip ---- */

static void reset_quiet(struct carve_nic *nic)
{
	carve_wr32(nic, CARVE_IMC, ~0);
	carve_wr32(nic, CARVE_VFRE, 0);
	carve_wr32(nic, CARVE_VFTE, 0);
	carve_wr32(nic, CARVE_RCTL, 0);
	carve_wr32(nic, CARVE_TCTL, CARVE_TCTL_PSP);
	carve_flush(nic);
	/* The chip ends the DMA that it has begun. */
	usleep_range(10000, 20000);
}

static void reset_disable_master(struct carve_nic *nic)
{
	int err;

	carve_rmw32(nic, CARVE_CTRL, CARVE_CTRL_GIO_MASTER_DISABLE,
		    CARVE_CTRL_GIO_MASTER_DISABLE);
	err = carve_poll32(nic, CARVE_STATUS, CARVE_STATUS_GIO_MASTER_EN, 0,
			   CARVE_MASTER_POLL_US, CARVE_MASTER_TIMEOUT_US);
	/* The reset ends the requests in any case. */
	if (err == -ETIMEDOUT)
		pci_dbg(nic->pdev, "PCIe requests are still pending\n");
}

/*
 * A completion that is given up too early makes the chip hang in a reset:
 * widen the default of 50 us to 10 ms or more. Where PCI configuration has the
 * field (version 2 of the capability) the one in GCR is not used.
 */
static u32 reset_widen_completion_timeout(struct carve_nic *nic, u32 gcr)
{
	if (FIELD_GET(CARVE_GCR_CMPL_TMOUT, gcr) !=
	    CARVE_GCR_CMPL_TMOUT_DEFAULT)
		return gcr;

	if (!(gcr & CARVE_GCR_CAP_VER2))
		return gcr | FIELD_PREP(CARVE_GCR_CMPL_TMOUT,
					CARVE_GCR_CMPL_TMOUT_10MS);

	pcie_capability_clear_and_set_word(nic->pdev, PCI_EXP_DEVCTL2,
					   PCI_EXP_DEVCTL2_COMP_TIMEOUT,
					   CARVE_PF_DEVCTL2_16MS);

	return gcr;
}

static void reset_set_completion_timeout(struct carve_nic *nic)
{
	u32 gcr;

	gcr = reset_widen_completion_timeout(nic, carve_rd32(nic, CARVE_GCR));
	/* A request is not sent twice. */
	carve_wr32(nic, CARVE_GCR, gcr & ~CARVE_GCR_CMPL_TMOUT_RESEND);
}

static void reset_whole_chip(struct carve_pf *pf)
{
	struct carve_nic *nic = &pf->nic;
	bool was_gone = carve_nic_is_gone(nic);

	/* Nobody is to count what the chip answers meanwhile. */
	mutex_lock(&pf->stats.lock);
	carve_rmw32(nic, CARVE_CTRL, CARVE_CTRL_RST, CARVE_CTRL_RST);
	/* The chip does not answer at once. */
	usleep_range(1000, 2000);
	/* Who asked it all the same has taken it for gone. */
	if (!was_gone)
		WRITE_ONCE(nic->regs, pf->bar);
	mutex_unlock(&pf->stats.lock);
	/*
	 * The EEPROM is loaded again. A board without EEPROM and the QEMU
	 * model never say so: that is no error.
	 */
	carve_poll32(nic, CARVE_EECD, CARVE_EECD_AUTO_RD, CARVE_EECD_AUTO_RD,
		     CARVE_AUTO_RD_POLL_US, CARVE_AUTO_RD_TIMEOUT_US);
}

/* After a reset queue 0 is enabled, and on the QEMU model every pool open. */
static void reset_close(struct carve_nic *nic)
{
	carve_wr32(nic, CARVE_IMC, ~0);
	carve_wr32(nic, CARVE_EIMC, ~0);
	carve_rd32(nic, CARVE_ICR);
	carve_wr32(nic, CARVE_VFRE, 0);
	carve_wr32(nic, CARVE_VFTE, 0);
	carve_wr32(nic, CARVE_PF_RXQ_BASE + CARVE_Q_DCTL, 0);
	carve_wr32(nic, CARVE_PF_TXQ_BASE + CARVE_Q_DCTL, 0);
	carve_flush(nic);
}

int carve_pf_hw_reset(struct carve_pf *pf)
{
	struct carve_nic *nic = &pf->nic;

	reset_quiet(nic);
	reset_disable_master(nic);
	reset_set_completion_timeout(nic);
	reset_whole_chip(pf);
	reset_close(nic);

	return carve_nic_is_gone(nic) ? -ENODEV : 0;
}

static void setup_receive(struct carve_nic *nic)
{
	carve_wr32(nic, CARVE_RLPML, CARVE_MAX_FRAME);
	/* PCSD: the hash in the descriptor, not a raw checksum. */
	carve_wr32(nic, CARVE_RXCSUM, CARVE_RXCSUM_IPOFL | CARVE_RXCSUM_TUOFL |
				      CARVE_RXCSUM_CRCOFL | CARVE_RXCSUM_PCSD);
	/* 82576 erratum: IPv6 extension headers must not be parsed. */
	carve_rmw32(nic, CARVE_RFCTL, CARVE_RFCTL_IPV6_EX_DIS |
				      CARVE_RFCTL_LEF,
		    CARVE_RFCTL_IPV6_EX_DIS | CARVE_RFCTL_LEF);
}

static void setup_transmit(struct carve_nic *nic)
{
	carve_rmw32(nic, CARVE_TCTL, CARVE_TCTL_EN | CARVE_TCTL_PSP |
				     CARVE_TCTL_CT | CARVE_TCTL_RTLC,
		    CARVE_TCTL_EN | CARVE_TCTL_PSP | CARVE_TCTL_RTLC |
		    FIELD_PREP(CARVE_TCTL_CT, CARVE_TCTL_COLLISION_THRESHOLD));
}

void carve_pf_hw_setup(struct carve_pf *pf)
{
	struct carve_nic *nic = &pf->nic;

	/* PFRSTD is not carried along: it announces the PF to the VFs. */
	carve_rmw32(nic, CARVE_CTRL_EXT,
		    CARVE_CTRL_EXT_DRV_LOAD | CARVE_CTRL_EXT_PFRSTD,
		    CARVE_CTRL_EXT_DRV_LOAD);
	carve_pf_irq_write_all(pf);
	/* Without VFs their queues are the PF's. */
	carve_wr32(nic, CARVE_IOVCTL, CARVE_IOVCTL_REUSE_VFQ);
	carve_wr32(nic, CARVE_VET, ETH_P_8021Q);
	carve_pf_link_write_all(pf);
	setup_receive(nic);
	carve_pf_mac_write_all(pf);
	carve_pf_vlan_write_all(pf);
	carve_pf_rss_write_all(pf);
	carve_pf_pools_write_all(pf);
	setup_transmit(nic);
	carve_pf_rx_mode_write_all(pf);
	carve_pf_ptp_write_all(pf);
	carve_flush(nic);
}

void carve_pf_hw_release(struct carve_pf *pf)
{
	carve_pf_hw_reset(pf);
	carve_rmw32(&pf->nic, CARVE_CTRL_EXT, CARVE_CTRL_EXT_DRV_LOAD, 0);
}

/* ---- reset with settings kept ---- */

static void reset_stop(struct carve_pf *pf)
{
	ASSERT_RTNL();

	carve_pf_control_prepare_reset(pf, CARVE_MBX_REASON_PF_RESET);
	carve_channels_suspend(&pf->nic);
	carve_pf_ptp_pause(pf);
	carve_pf_irq_disarm(pf);
}

/* VFs get the port back even when the PF's own channels do not start. */
static int reset_bring_up(struct carve_pf *pf)
{
	int err;

	err = carve_pf_hw_reset(pf);
	if (err)
		return err;

	/* No queue runs now: see carve_pf_queue_stuck(). */
	pci_set_master(pf->nic.pdev);
	clear_bit(CARVE_PF_RESET_HW, &pf->reset.pending);
	carve_pf_hw_setup(pf);
	err = carve_channels_resume(&pf->nic);
	carve_pf_irq_arm(pf);
	carve_pf_control_finish_reset(pf);
	carve_pf_link_after_reset(pf);

	return err;
}

static int reset_start(struct carve_pf *pf, enum carve_pf_reset_reason reason)
{
	int err;

	ASSERT_RTNL();

	err = reset_bring_up(pf);
	WRITE_ONCE(pf->reset.count[reason], pf->reset.count[reason] + 1);
	trace_carve_pf_reset(pf, reason, err);

	return err;
}

int carve_pf_reset_around(struct carve_pf *pf,
			  enum carve_pf_reset_reason reason,
			  void (*between)(struct carve_pf *pf, void *arg),
			  void *arg)
{
	struct net_device *netdev = pf->nic.netdev;
	int err;

	ASSERT_RTNL();

	/* A suspended device is reset when it comes back. */
	if (!netif_device_present(netdev))
		return -ENODEV;

	netdev_warn(netdev, "resetting the port after %s\n", reset_reasons[reason]);
	carve_pf_stats_gather(pf);
	reset_stop(pf);
	if (between && !carve_pf_hw_reset(pf))
		between(pf, arg);
	err = reset_start(pf, reason);
	if (err) {
		netif_device_detach(netdev);
		netdev_err(netdev, "reset failed, netdev detached: %pe\n",
			   ERR_PTR(err));
	}

	return err;
}

int carve_pf_reset_locked(struct carve_pf *pf,
			  enum carve_pf_reset_reason reason)
{
	return carve_pf_reset_around(pf, reason, NULL, NULL);
}

int carve_pf_reset_now(struct carve_pf *pf, enum carve_pf_reset_reason reason)
{
	int err;

	rtnl_lock();
	err = carve_pf_reset_locked(pf, reason);
	rtnl_unlock();

	return err;
}

void carve_pf_reset_prepare(struct carve_pf *pf)
{
	rtnl_lock();
	netif_device_detach(pf->nic.netdev);
	reset_stop(pf);
	rtnl_unlock();
}

int carve_pf_reset_finish(struct carve_pf *pf,
			  enum carve_pf_reset_reason reason)
{
	struct net_device *netdev = pf->nic.netdev;
	int err;

	rtnl_lock();
	/* Somebody may have read all ones in the meantime. */
	WRITE_ONCE(pf->nic.regs, pf->bar);
	err = reset_start(pf, reason);
	if (!err) {
		netif_device_attach(netdev);
		/* The stack tells a detached netdev of no change. */
		netif_addr_lock_bh(netdev);
		carve_pf_rx_mode_sync(pf);
		netif_addr_unlock_bh(netdev);
	}
	rtnl_unlock();

	if (err)
		netdev_err(netdev, "port not back after %s: %pe\n",
			   reset_reasons[reason], ERR_PTR(err));
	else
		netdev_info(netdev, "port is back after %s\n",
			    reset_reasons[reason]);

	return err;
}

static void reset_work(struct work_struct *work)
{
	struct carve_pf *pf = container_of(work, struct carve_pf, reset.work);
	unsigned long pending = xchg(&pf->reset.pending, 0);

	if (pending)
		carve_pf_reset_now(pf, __ffs(pending));
}

void carve_pf_reset_schedule(struct carve_pf *pf,
			     enum carve_pf_reset_reason reason)
{
	set_bit(reason, &pf->reset.pending);
	queue_work(pf->wq, &pf->reset.work);
}

void carve_pf_queue_stuck(struct carve_nic *nic)
{
	pci_clear_master(nic->pdev);
	carve_pf_reset_schedule(to_carve_pf(nic), CARVE_PF_RESET_HW);
}

void carve_pf_reset_init(struct carve_pf *pf)
{
	INIT_WORK(&pf->reset.work, reset_work);
}

void carve_pf_reset_fini(struct carve_pf *pf)
{
	disable_work_sync(&pf->reset.work);
}
